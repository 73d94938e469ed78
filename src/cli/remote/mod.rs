//! What the commands for people share that are clients of a running server.
//!
//! `endpoint.rs` says which server, `caller.rs` calls it, `storage.rs` stores objects and makes roles, `api.rs` has the operations that are used, `changes.rs` waits for news;
//! `snapshot.rs`, `waits.rs` and `refusals.rs` make one picture of an execution from the answers, `journal.rs` its events and log lines, of which `run.rs` is one attempt.

pub mod api;
pub mod caller;
pub mod changes;
pub mod endpoint;
pub mod journal;
pub mod refusals;
mod run;
pub mod snapshot;
pub mod storage;
pub mod tail;
pub mod wait_texts;
pub mod waits;
