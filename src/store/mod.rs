//! The durable store: live tables in memory, records on disk, one writer.
//!
//! A write is a function over the current rows, pending ones included, that yields changed rows and records or a refusal. The
//! writer thread runs what is queued one after the other, commits everything queued as one durable transaction (group commit),
//! publishes to memory, then answers. So order per key is the queue's order, several rows change together or not at all, readers
//! see only committed rows, a full disk refuses the write with the store unchanged, and no lock is held across an `.await`.

pub mod key;

pub use key::Key;
