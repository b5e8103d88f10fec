;; Wants 125 MiB from the beginning.
(memory (export "memory") 2000)
