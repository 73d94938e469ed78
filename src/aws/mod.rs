//! Small shared words: scopes, ARNs, identifiers, pages, time. No behaviour of any one service.

pub mod arn;
pub mod constraint;
pub mod ids;
pub mod page;
pub mod scope;
pub mod time;

pub use arn::Arn;
pub use scope::{Account, Region, Scope};
pub use time::Time;
