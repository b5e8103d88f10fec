;; Grows a table until it may not, then dies of it.
(table $functions 1 funcref)
(func $run (param i32 i32) (result i32)
    (loop $more
        (br_if $more
            (i32.ne (table.grow $functions (ref.null func) (i32.const 10000)) (i32.const -1))))
    unreachable)
