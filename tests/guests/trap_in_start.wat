;; Traps while it gets ready.
(func $broken unreachable)
(start $broken)
