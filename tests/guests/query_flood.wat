;; Asks the database for ever and does not care about the answers.
(import "checkrun:check/database@0.1.0" "query"
    (func $query (param i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(data (i32.const 3000) "select 1")
(func $run (param i32 i32) (result i32)
    (loop $again
        (call $query (i32.const 3000) (i32.const 8) (i32.const 0) (i32.const 0)
            (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 4000))
        (global.set $heap (i32.const 65536))
        (br $again))
    unreachable)
