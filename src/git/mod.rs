//! Git repositories, fetched by the `git` command of this machine.
//!
//! Invariant: nothing a customer writes is ever a shell's text or an option; credentials are in a file of the child alone, never in
//! arguments or messages; no hook, no setting and no prompt of this machine's user takes part. Knows neither services nor engines.
//!
//! | file | noun |
//! |---|---|
//! | `address` | where a repository is, as far as it may be fetched |
//! | `rewrite` | addresses that lead elsewhere by configuration |
//! | `refs` | what a repository offers, and which of it a version means |
//! | `settings` | the child's whole configuration |
//! | `child` | one run of `git`, bounded in time and output |
//! | `fetch` | from an address and a version to a working tree, or to what it changes |
//! | `signature` | what tells that a delivery is a Git host's |
//! | `error` | why not |

pub mod address;
mod child;
mod error;
pub mod fetch;
pub mod refs;
pub mod rewrite;
mod settings;
pub mod signature;

pub use address::Login;
pub use error::GitError;
pub use fetch::{Compared, Fetched, Git, Wanted};
pub use rewrite::{Rewrite, Rewrites};
