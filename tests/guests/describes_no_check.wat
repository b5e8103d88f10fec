;; Describes itself as a pack called `Guest!` without any check.
(func $describe (result i32)
    (i32.store (i32.const 1024) (i32.const 1500))
    (i32.store (i32.const 1028) (i32.const 6))
    (i32.const 1024))
(data (i32.const 1500) "Guest!")
