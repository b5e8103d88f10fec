;; Takes handles of its standard error for ever and gives none back.
(import "wasi:cli/stderr@0.2.0" "get-stderr" (func $stderr (result i32)))
(func $run (param i32 i32) (result i32)
    (loop $again (drop (call $stderr)) (br $again))
    unreachable)
