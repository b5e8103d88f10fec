;; Never gets ready: the start function runs before any export is called.
(func $forever (loop $again (br $again)))
(start $forever)
