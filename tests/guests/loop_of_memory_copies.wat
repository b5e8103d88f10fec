;; Copies 32 MiB again and again: one instruction that cannot be interrupted in the middle.
(memory (export "memory") 1000)
(func $run (param i32 i32) (result i32)
    (loop $again
        (memory.copy (i32.const 0) (i32.const 33554432) (i32.const 31000000))
        (br $again))
    unreachable)
