//! Sandboxes: live places for commands, made as a build's is; and the commands that ran there.
//!
//! Source: contract, codebuild sections 3.8 and 12.5.

pub mod rows;
pub mod start;
pub mod view;
