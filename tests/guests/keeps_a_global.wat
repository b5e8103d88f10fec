;; Traps when it is called a second time in the same instance; every run has its own.
(global $calls (mut i32) (i32.const 0))
(func $run (param i32 i32) (result i32)
    (if (global.get $calls) (then unreachable))
    (global.set $calls (i32.const 1))
    (call $fine))
