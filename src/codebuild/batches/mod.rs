//! Batches of builds: what is kept of them, how they and their builds start, how the wire shows them.
//!
//! Source: contract, codebuild sections 3.3 and 11.

pub mod child;
pub mod rows;
pub mod settings;
pub mod start;
pub mod view;
