//! Rows as clients see them.

mod cluster;
mod service;
mod task;

pub use cluster::cluster;
pub use service::{Counts, counts, service, task_set};
pub use task::task;
