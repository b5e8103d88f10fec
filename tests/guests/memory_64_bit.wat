;; Uses a 64-bit memory.
(memory (export "memory") i64 2)
(func $realloc (param i32 i32 i32 i32) (result i32) unreachable)
(func $describe (result i32) unreachable)
(func $run (param i32 i32) (result i32) unreachable)
