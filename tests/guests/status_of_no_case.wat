;; Reports a status that the contract does not have.
(func $run (param i32 i32) (result i32)
    (i32.store8 (i32.const 2056) (i32.const 200))
    (call $fine))
