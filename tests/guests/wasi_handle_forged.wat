;; Prints to a handle that nobody gave it.
(import "wasi:cli/stderr@0.2.0" "get-stderr" (func $stderr (result i32)))
(import "wasi:io/streams@0.2.0" "[method]output-stream.blocking-write-and-flush"
    (func $print (param i32 i32 i32 i32)))
(func $run (param i32 i32) (result i32)
    (call $print (i32.add (call $stderr) (i32.const 7)) (i32.const 3000) (i32.const 1) (i32.const 4000))
    unreachable)
