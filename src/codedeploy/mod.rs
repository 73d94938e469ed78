//! CodeDeploy: applications, deployment groups, configurations, revisions and on-premises instances (contract codedeploy.md).
//!
//! `operations/` has one file per AWS operation; `service::service` is the table of contents.

pub mod configs;
pub mod errors;
pub mod groups;
pub mod instances;
pub mod operations;
pub mod pages;
pub mod refused;
pub mod resource;
pub mod revisions;
pub mod service;
pub mod store;
pub mod tag_filters;
pub mod tags;
pub mod validate;
pub mod view;
pub mod violations;

pub use service::{CodeDeploy, NOT_BUILT, service};
