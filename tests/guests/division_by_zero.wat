;; Divides by zero.
(func $run (param i32 i32) (result i32) (i32.div_u (i32.const 1) (i32.sub (local.get 1) (local.get 1))))
