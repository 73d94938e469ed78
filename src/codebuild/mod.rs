//! CodeBuild: projects and builds as a service on the build engine, and what is kept around them.
//!
//! `operations/` has one file per AWS operation; `service::service` is the table of contents.

pub mod auto_retry;
pub mod badges;
pub mod batch;
pub mod batches;
pub mod commands;
pub mod coverages;
pub mod credentials;
pub mod defaults;
pub mod deliveries;
pub mod errors;
pub mod events;
pub mod filters;
pub mod fleets;
pub mod images;
pub mod launch;
pub mod named;
pub mod names;
pub mod operations;
pub mod pages;
pub mod pipeline_build;
pub mod plan;
pub mod policies;
pub mod report_groups;
pub mod reported;
pub mod reports;
pub mod sandboxes;
pub mod service;
pub mod settings;
pub mod store;
pub mod trends;
pub mod validate;
pub mod view;
pub mod violations;
pub mod webhooks;

pub use service::{CodeBuild, NOT_BUILT, service};
