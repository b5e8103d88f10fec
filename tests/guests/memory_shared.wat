;; Uses a memory that threads could share.
(memory (export "memory") 2 4 shared)
