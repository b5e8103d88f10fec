;; Panics as a Rust pack does: the SDK's hook logs the text, then the trap comes.
(import "checkrun:check/log@0.1.0" "write" (func $log (param i32 i32 i32)))
(data (i32.const 3000) "panicked at src/lib.rs:7:5: index out of bounds: the len is 0 but the index is 3")
(func $run (param i32 i32) (result i32)
    (call $log (i32.const 3) (i32.const 3000) (i32.const 80))
    unreachable)
