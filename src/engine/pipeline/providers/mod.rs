//! The providers of actions, one file each: what a configuration asks of the world, and what came of it.
//!
//! A provider that is not offered fails its action and says so; nothing is ever passed over.

mod catalogue;
pub mod codebuild;
pub mod s3_deploy;
pub mod s3_source;

pub(super) use catalogue::{effect, extension, is_codebuild};
