;; Reports a summary of 70,000 zero bytes.
(func $run (param i32 i32) (result i32)
    (drop (call $fine))
    (i32.store (i32.const 2060) (i32.const 16384))
    (i32.store (i32.const 2064) (i32.const 70000))
    (i32.const 2048))
