//! What a person can ask of a build, one file each.

pub mod run_command;
pub mod start;
pub mod stop;
