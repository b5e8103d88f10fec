;; Grows, asks for more than can exist, and grows again: a refusal gives nothing back that it has.
(import "wasi:cli/environment@0.2.0" "get-environment" (func $environment (param i32)))
(func $run (param i32 i32) (result i32)
    (loop $more
        (drop (memory.grow (i32.const 65535)))
        (br_if $more (i32.ne (memory.grow (i32.const 512)) (i32.const -1))))
    unreachable)
