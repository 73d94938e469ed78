//! Small shared words: scopes, ARNs, identifiers, pages, tags, time. No behaviour of any one service.

pub mod scope;
pub mod time;

pub use scope::{Account, Region, Scope};
pub use time::Time;
