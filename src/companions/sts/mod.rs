//! STS: who a caller is, and sessions of roles with keys of our own.
//!
//! | file | noun |
//! |---|---|
//! | `companion` | `Sts`: sessions and their keys |
//! | `operations` | one file per operation |
//! | `service` | the table of contents |

mod companion;
mod operations;
mod service;

pub use companion::{Assumed, Session, Sts, Tables};
pub use service::service;
