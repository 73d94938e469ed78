//! What a person can ask of a deployment, one file each.

pub mod answer_hook;
pub mod continue_deployment;
pub mod skip_wait;
pub mod start;
pub mod stop;
