//! Jobs: what workers and functions do for actions, kept beyond the action and even the pipeline they are for.
//!
//! A job is offered to workers while its action waits for it; its result is remembered, so that the same result may come again.
//!
//! | file | noun |
//! |---|---|
//! | `rows.rs` | a job as it is now, and the tables |
//! | `queues.rs` | where workers of a type find its jobs |
//! | `offers.rs` | a job on its way to a worker |
//! | `data.rs` | what a worker is told of its job |
//! | `results.rs` | what a worker says of its job |
//! | `partners.rs` | the clients that partners' workers act for |
//!
//! Source: contract, codepipeline section 7.

pub mod data;
pub mod offers;
pub mod partners;
pub mod queues;
pub mod results;
pub mod rows;

pub use rows::{JobKey, JobRow, JobStatus, JobTables, Side};
