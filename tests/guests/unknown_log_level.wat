;; Logs at a level that the contract does not have.
(import "checkrun:check/log@0.1.0" "write" (func $log (param i32 i32 i32)))
(func $run (param i32 i32) (result i32)
    (call $log (i32.const 9) (i32.const 2100) (i32.const 1))
    unreachable)
