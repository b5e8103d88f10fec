;; Reports a metric twice, with a name that leads out of any folder, and without a unit.
(data (i32.const 2068) "\00\10\00\00\02\00\00\00")
(data (i32.const 4096) "\00\11\00\00\07\00\00\00" "\00\00\00\00\00\00\f0\7f" "\00\00\00\00\00\00\00\00")
(data (i32.const 4128) "\00\11\00\00\07\00\00\00" "\00\00\00\00\00\00\f0\3f" "\00\00\00\00\00\00\00\00")
(data (i32.const 4352) "../../x")
