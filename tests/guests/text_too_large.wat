;; Logs a text of 5 MiB, all of which is there.
(import "checkrun:check/log@0.1.0" "write" (func $log (param i32 i32 i32)))
(memory (export "memory") 100)
(func $run (param i32 i32) (result i32)
    (call $log (i32.const 0) (i32.const 65536) (i32.const 5242880))
    unreachable)
