//! Mail: how it is sent ([`settings`]), and the addresses of those who send and get it ([`address`]).

pub mod address;
pub mod settings;

pub use address::{Address, AddressError, Mailbox};
pub use settings::{Login, MailServer, MailSettings, MailWay, Protection};
