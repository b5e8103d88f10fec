//! Mail: how it is sent ([`settings`]), who gets which ([`route`]), the addresses in both
//! ([`address`]), what became of one ([`delivery`]) and what to do about that ([`advice`]).

pub mod address;
pub mod advice;
pub mod delivery;
pub mod route;
pub mod settings;

pub use address::{Address, AddressError, Mailbox};
pub use delivery::{
    Attempt, Cause, CertificateProblem, Delivery, End, Fate, Next, Phase, Reply, Step,
};
pub use route::Route;
pub use settings::{Login, MailServer, MailSettings, MailWay, Protection};
