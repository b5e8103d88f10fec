;; Asks for more memory than there is, is told so, and goes on without.
(func $run (param i32 i32) (result i32)
    (drop (memory.grow (i32.const 60000)))
    (call $fine))
