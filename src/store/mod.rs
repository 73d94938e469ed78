//! The durable store: live tables in memory, records on disk, one writer.
//!
//! A write is a function over the current rows, pending ones included, that yields changed rows and records or a refusal. The
//! writer thread runs what is queued one after the other, commits as much as it can run in a few milliseconds as one durable entry of
//! a journal (group commit), publishes to memory, then answers; another thread moves rows from the journal into the database. So order
//! per key is the queue's order, several rows change together or not at all, readers see only committed rows, a full disk refuses the
//! write with the store unchanged, and no lock is held across an `.await`.
//!
//! # What a reader may rely on
//!
//! - On disk, a write is there whole or not at all, whenever the power fails.
//! - A write that was answered with an error is not there: what a failed commit may have left on disk is undone as soon as the
//!   disk works again. (Only a server that dies before that can find such a write at its next start, whole as any other.)
//! - Inside a write, `Txn` shows everything that was accepted before it, all of it and nothing else.
//! - Outside, rows are published after they are durable and before the writer is answered: who was answered sees the rows.
//! - `Table::get` gives one whole row of one commit. `Table::range` and `Index::range` give one table, or one index, between
//!   two commits, never in the middle of one. *Two* reads (two gets, an index and its table, two tables, a table and records)
//!   may see different commits: a reader that follows an index must expect its row to be gone, or to be newer.
//!
//! # Files
//!
//! | file | noun |
//! |---|---|
//! | `builder.rs` | what is declared before the store is opened |
//! | `handle.rs` | `Store`: write, reset, close |
//! | `table.rs` | live rows; the only file that names dashmap |
//! | `divided.rs` | live rows of which many parts are on disk by themselves |
//! | `index.rs` | ordered secondary indexes of live rows |
//! | `records.rs` | rows that live on disk only |
//! | `txn.rs`, `pending.rs` | what a write sees, and what it has changed so far |
//! | `read.rs` | one function for reading outside and inside of writes |
//! | `writer.rs`, `queue.rs`, `job.rs` | the one writer thread, what is queued for it, and one queued write |
//! | `disk.rs` | the door to durability; `durable.rs` and `volatile.rs` are behind it |
//! | `durable.rs` | a journal and a database: `journal/`, `database.rs` (the only file that names redb), and `keeper.rs`, the thread that moves rows from the one to the other |
//! | `folder.rs` | the data folder and its lock |
//! | `faults.rs` | a disk that fails on demand, for tests |
//! | `key.rs`, `row.rs`, `range.rs`, `error.rs` | small words |

mod builder;
mod database;
mod disk;
mod divided;
mod durable;
mod error;
pub mod faults;
mod folder;
mod handle;
mod index;
mod job;
mod journal;
mod keeper;
pub mod key;
mod pending;
mod queue;
mod range;
mod read;
mod records;
mod row;
mod table;
mod txn;
mod volatile;
mod writer;

#[cfg(test)]
mod tests;

pub use builder::{Builder, Location};
pub use divided::{Divided, DividedTable};
pub use error::{StoreError, WriteError};
pub use handle::Store;
pub use index::Index;
pub use key::Key;
pub use range::Direction;
pub use read::{Committed, Read};
pub use records::Records;
pub use row::Row;
pub use table::Table;
pub use txn::Txn;
