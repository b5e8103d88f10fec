;; Asks the database while it is loaded.
(import "checkrun:check/database@0.1.0" "query"
    (func $query (param i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(func $describe (result i32)
    (call $query (i32.const 3000) (i32.const 8) (i32.const 0) (i32.const 0)
        (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 4000))
    unreachable)
