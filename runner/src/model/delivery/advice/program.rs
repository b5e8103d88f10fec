//! A program of this machine.

use super::super::Cause;
use super::DEFECT;

/// What to do about it.
pub(super) fn advice(cause: &Cause) -> &'static str {
    match cause {
        Cause::NoProgram(_) => {
            "correct the path; it must be a program that the account that runs checkrun may start (`chmod +x`, and `#!` with its interpreter in the first line of a script)"
        }
        Cause::Silent(_) => {
            "it was ended, with all that it had started. Let it do its work in less time, or hand it to something else that does"
        }
        Cause::Broken(_) => "try again; if it stays so, this machine's log knows why",
        Cause::ProgramFailed(None, _) => {
            "somebody or something ended it: look for `Out of memory` in this machine's log"
        }
        Cause::ProgramFailed(Some(75), _) => "it asks to be run again later (75 is EX_TEMPFAIL)",
        Cause::ProgramFailed(Some(126 | 127), _) => {
            "a shell says so of a command that it does not find or may not start: PATH is only /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin, and no other variable of checkrun's environment is there"
        }
        Cause::ProgramFailed(Some(_), _) => {
            "what it means, the program knows: run it by hand with the same JSON on its standard input. It gets only PATH and variables that begin with CHECKRUN_"
        }
        Cause::NoAddress(_)
        | Cause::NoConnection(_)
        | Cause::Closed
        | Cause::Nonsense
        | Cause::NoHttp
        | Cause::EndlessReply
        | Cause::NoTls
        | Cause::Injected
        | Cause::NoAuthorities(_)
        | Cause::Certificate(..)
        | Cause::NoHandshake(_)
        | Cause::NoLogin
        | Cause::Busy(_)
        | Cause::Refused(_)
        | Cause::Elsewhere(_)
        | Cause::NotWritten(_)
        | Cause::Malformed(_)
        | Cause::OtherMeans => DEFECT,
    }
}
