;; The smallest pack: one check, `empty`, that reports "ok" without asking anything.
;; Laid out by hand after the canonical ABI of checkrun:check@0.1.0.
(module
  (memory (export "memory") 1)
  (global $free (mut i32) (i32.const 1024))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.set $free (i32.add (local.get $at) (local.get 3)))
    (local.get $at))

  ;; texts
  (data (i32.const 8) "bench")
  (data (i32.const 16) "1.0.0")
  (data (i32.const 24) "empty")
  (data (i32.const 32) "ok")

  ;; pack-info at 64: name, version, description, checks
  (data (i32.const 64) "\08\00\00\00\05\00\00\00" "\10\00\00\00\05\00\00\00" "\18\00\00\00\05\00\00\00" "\80\00\00\00\01\00\00\00")
  ;; check-info at 128: id, title, description, five empty lists, interval
  (data (i32.const 128) "\18\00\00\00\05\00\00\00" "\18\00\00\00\05\00\00\00" "\18\00\00\00\05\00\00\00")
  (data (i32.const 192) "\3c\00\00\00")
  (func (export "checkrun:check/checks@0.1.0#describe") (result i32) (i32.const 64))

  ;; ok(report) at 256: status ok, summary, no metrics, no findings
  (data (i32.const 268) "\20\00\00\00\02\00\00\00")
  (func (export "checkrun:check/checks@0.1.0#run") (param i32 i32) (result i32) (i32.const 256)))
