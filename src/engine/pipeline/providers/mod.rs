//! The providers of actions and rules, one file each: what a configuration asks of the world, and what came of it.
//!
//! A provider that is not offered fails its action and says so; nothing is ever passed over.

pub mod alarm;
mod approval;
mod catalogue;
pub mod codebuild;
pub mod codedeploy;
pub mod codedeploy_ecs;
mod commands;
mod cron;
mod deployment_window;
pub mod ecs;
pub mod lambda;
pub mod nested;
pub mod s3_deploy;
pub mod s3_source;
mod variable_check;
pub mod worker;

pub(super) use catalogue::{continued, extension, is_build, link, overridden, start, wake};
pub use catalogue::{is_for_workers, is_function};
