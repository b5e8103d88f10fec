;; Prints 4 KiB a thousand times, whatever the answer, then aborts.
(import "wasi:cli/stderr@0.2.0" "get-stderr" (func $stderr (result i32)))
(import "wasi:io/streams@0.2.0" "[method]output-stream.blocking-write-and-flush"
    (func $print (param i32 i32 i32 i32)))
(global $times (mut i32) (i32.const 0))
(func $run (param i32 i32) (result i32)
    (local $stream i32)
    (local.set $stream (call $stderr))
    (memory.fill (i32.const 16384) (i32.const 120) (i32.const 4096))
    (loop $again
        (call $print (local.get $stream) (i32.const 16384) (i32.const 4096) (i32.const 4000))
        (global.set $times (i32.add (global.get $times) (i32.const 1)))
        (br_if $again (i32.lt_u (global.get $times) (i32.const 1000))))
    unreachable)
