;; Asks the database one question, then reports.
(import "checkrun:check/database@0.1.0" "query"
    (func $query (param i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(data (i32.const 3000) "select\0a  pg_sleep(3600)")
(func $run (param i32 i32) (result i32)
    (call $query (i32.const 3000) (i32.const 23) (i32.const 0) (i32.const 0)
        (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 4000))
    (call $fine))
