;; Reports 100,000 empty findings and has them all.
(memory (export "memory") 200)
(func $run (param i32 i32) (result i32)
    (i32.store (i32.const 2076) (i32.const 65536))
    (i32.store (i32.const 2080) (i32.const 100000))
    (call $fine))
