;; Works on a newer server only, connects, asks it for ever all the same, and would report that all is well.
(import "checkrun:check/database@0.1.0" "connect" (func $connect (param i32)))
(import "checkrun:check/database@0.1.0" "query"
    (func $query (param i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(data (i32.const 3000) "select 1")
;; As the description that is added, with one engine: postgresql from 99.1.2.
(func $describe (result i32)
    (i32.store (i32.const 1024) (i32.const 1500)) (i32.store (i32.const 1028) (i32.const 5))
    (i32.store (i32.const 1032) (i32.const 1505)) (i32.store (i32.const 1036) (i32.const 5))
    (i32.store (i32.const 1048) (i32.const 1100)) (i32.store (i32.const 1052) (i32.const 1))
    (i32.store (i32.const 1100) (i32.const 1510)) (i32.store (i32.const 1104) (i32.const 5))
    (i32.store (i32.const 1132) (i32.const 1400)) (i32.store (i32.const 1136) (i32.const 1))
    (i32.store (i32.const 1404) (i32.const 1)) (i32.store (i32.const 1408) (i32.const 99))
    (i32.store (i32.const 1412) (i32.const 1)) (i32.store (i32.const 1416) (i32.const 2))
    (i32.const 1024))
(data (i32.const 1500) "guest1.0.0check")
(func $run (param i32 i32) (result i32)
    (call $connect (i32.const 4000))
    (loop $again
        (call $query (i32.const 3000) (i32.const 8) (i32.const 0) (i32.const 0)
            (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 4000))
        (global.set $heap (i32.const 65536))
        (br $again))
    (call $fine))
