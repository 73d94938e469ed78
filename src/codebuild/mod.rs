//! CodeBuild: projects and builds, as a service on the build engine.
//!
//! `operations/` has one file per AWS operation; `service::service` is the table of contents.

pub mod defaults;
pub mod errors;
pub mod launch;
pub mod names;
pub mod operations;
pub mod pipeline_build;
pub mod plan;
pub mod service;
pub mod settings;
pub mod store;
pub mod validate;
pub mod view;
pub mod violations;

pub use service::{CodeBuild, NOT_BUILT, service};
