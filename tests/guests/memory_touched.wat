;; Really uses 60 MiB, to see that the process gets them back.
(func $run (param i32 i32) (result i32)
    (drop (memory.grow (i32.const 958)))
    (memory.fill (i32.const 65536) (i32.const 7) (i32.const 62000000))
    (call $fine))
