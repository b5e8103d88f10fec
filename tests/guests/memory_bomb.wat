;; Takes memory until there is none, then dies of it as an allocator does.
(func $run (param i32 i32) (result i32)
    (loop $more
        (br_if $more (i32.ne (memory.grow (i32.const 64)) (i32.const -1))))
    unreachable)
