;; Logs 1,000 lines, then reports.
(import "checkrun:check/log@0.1.0" "write" (func $log (param i32 i32 i32)))
(global $line (mut i32) (i32.const 0))
(func $run (param i32 i32) (result i32)
    (loop $again
        (call $log (i32.const 1) (i32.const 2100) (i32.const 4))
        (global.set $line (i32.add (global.get $line) (i32.const 1)))
        (br_if $again (i32.lt_u (global.get $line) (i32.const 1000))))
    (call $fine))
