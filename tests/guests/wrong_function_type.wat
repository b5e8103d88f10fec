;; Calls a function by table with another type than it has.
(type $other (func (result i64)))
(table 1 funcref)
(elem (i32.const 0) $nothing)
(func $nothing)
(func $run (param i32 i32) (result i32)
    (drop (call_indirect (type $other) (i32.const 0)))
    unreachable)
