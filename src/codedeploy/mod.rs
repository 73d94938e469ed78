//! CodeDeploy: applications, deployment groups, configurations, revisions, on-premises instances and deployments (contract codedeploy.md).
//!
//! `operations/` has one file per AWS operation; `service::service` is the table of contents.

pub mod agents;
pub mod balancers;
pub mod configs;
pub mod deployment_view;
pub mod deployments;
pub mod errors;
pub mod events;
pub mod fleet;
pub mod groups;
pub mod instances;
pub mod launch;
pub mod operations;
pub mod pages;
pub mod pipeline_deployment;
pub mod plan;
pub mod refused;
pub mod resource;
pub mod revisions;
pub mod server_plan;
pub mod service;
pub mod store;
pub mod tag_filters;
pub mod tags;
pub mod targets;
pub mod validate;
pub mod view;
pub mod violations;

pub use service::{CodeDeploy, NOT_BUILT, service};
