;; Logs bytes that are no UTF-8.
(import "checkrun:check/log@0.1.0" "write" (func $log (param i32 i32 i32)))
(data (i32.const 3000) "\ff\fe\80")
(func $run (param i32 i32) (result i32)
    (call $log (i32.const 0) (i32.const 3000) (i32.const 3))
    unreachable)
