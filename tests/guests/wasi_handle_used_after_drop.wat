;; Prints to a handle that it has given back.
(import "wasi:cli/stderr@0.2.0" "get-stderr" (func $stderr (result i32)))
(import "wasi:io/streams@0.2.0" "[method]output-stream.blocking-write-and-flush"
    (func $print (param i32 i32 i32 i32)))
(import "wasi:io/streams@0.2.0" "[resource-drop]output-stream" (func $drop (param i32)))
(func $run (param i32 i32) (result i32)
    (local $stream i32)
    (local.set $stream (call $stderr))
    (call $drop (local.get $stream))
    (call $print (local.get $stream) (i32.const 3000) (i32.const 1) (i32.const 4000))
    unreachable)
