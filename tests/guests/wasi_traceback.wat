;; Prints a traceback as Python does, then aborts.
(import "wasi:cli/stderr@0.2.0" "get-stderr" (func $stderr (result i32)))
(import "wasi:io/streams@0.2.0" "[method]output-stream.blocking-write-and-flush"
    (func $print (param i32 i32 i32 i32)))
(data (i32.const 3000) "Traceback (most recent call last):\0a  File \"/0/app.py\", line 14, in run\0aValueError: odd \1b[31m\0a")
(func $run (param i32 i32) (result i32)
    (call $print (call $stderr) (i32.const 3000) (i32.const 93) (i32.const 4000))
    unreachable)
