;; Reports 600 metrics.
(func $run (param i32 i32) (result i32)
    (i32.store (i32.const 2068) (i32.const 8192))
    (i32.store (i32.const 2072) (i32.const 600))
    (call $fine))
