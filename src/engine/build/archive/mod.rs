//! Archives on their way into and out of a sandbox: zip to tar, tar to a spool, a spool to zip, zips to one zip.
//!
//! Plain blocking code over readers and writers; whoever calls it runs it on a thread of its own. Nothing is held in memory but
//! names; what comes in is bounded in entries, bytes and ratio, and no name leaves its directory.

pub mod cached;
pub mod certificates;
mod limits;
mod merge;
mod names;
mod peek;
pub mod spool;
pub mod tarball;
mod tree;
mod unzip;
pub mod zipper;

#[cfg(test)]
mod tests;

pub use limits::{ArchiveError, Limits};
pub use merge::merge;
pub use names::relative;
pub use peek::peek;
pub use spool::Spool;
pub use tree::tree_to_tar;
pub use unzip::zip_to_tar;
