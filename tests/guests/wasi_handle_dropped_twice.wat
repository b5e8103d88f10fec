;; Gives the same handle back twice.
(import "wasi:cli/stderr@0.2.0" "get-stderr" (func $stderr (result i32)))
(import "wasi:io/streams@0.2.0" "[resource-drop]output-stream" (func $drop (param i32)))
(func $run (param i32 i32) (result i32)
    (local $stream i32)
    (local.set $stream (call $stderr))
    (call $drop (local.get $stream))
    (call $drop (local.get $stream))
    unreachable)
