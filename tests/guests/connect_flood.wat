;; Opens connections for ever.
(import "checkrun:check/database@0.1.0" "connect" (func $connect (param i32)))
(func $run (param i32 i32) (result i32)
    (loop $again
        (call $connect (i32.const 4000))
        (global.set $heap (i32.const 65536))
        (br $again))
    unreachable)
