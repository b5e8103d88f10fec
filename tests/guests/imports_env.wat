;; Imports what a browser or an older WASI would have.
(import "env" "abort" (func (param i32)))
(import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
