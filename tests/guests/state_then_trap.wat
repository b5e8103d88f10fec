;; Remembers something, then traps: nothing may be remembered.
(import "checkrun:check/state@0.1.0" "set" (func $set (param i32 i32 i32 i32 i32)))
(data (i32.const 3000) "keyvalue")
(func $run (param i32 i32) (result i32)
    (call $set (i32.const 3000) (i32.const 3) (i32.const 3003) (i32.const 5) (i32.const 4000))
    unreachable)
