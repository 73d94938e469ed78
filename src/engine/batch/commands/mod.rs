//! What a person can ask of a batch, one file each.

pub mod retry;
pub mod start;
pub mod stop;
