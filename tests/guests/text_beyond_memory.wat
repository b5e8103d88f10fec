;; Logs a text that would be 2 GiB long.
(import "checkrun:check/log@0.1.0" "write" (func $log (param i32 i32 i32)))
(func $run (param i32 i32) (result i32)
    (call $log (i32.const 0) (i32.const 0) (i32.const 0x7fffffff))
    unreachable)
