;; Reports a metric that is NaN.
(data (i32.const 2068) "\00\10\00\00\01\00\00\00")
;; A metric: name, value, unit, labels.
(data (i32.const 4096) "\00\11\00\00\05\00\00\00" "\00\00\00\00\00\00\f8\7f" "\05\11\00\00\05\00\00\00")
(data (i32.const 4352) "ratiocount")
