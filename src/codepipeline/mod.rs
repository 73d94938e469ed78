//! CodePipeline: declarations, executions and what people may do with them, as a service on the pipeline engine.
//!
//! `operations/` has one file per AWS operation; `service::service` is the table of contents.

pub mod action_types;
pub mod catalogue;
pub mod custom_types;
pub mod descriptions;
pub mod echo;
pub mod errors;
pub mod events;
pub mod gate_view;
pub mod history;
pub mod jobs;
pub mod launch;
pub mod links;
pub mod operations;
pub mod plan;
pub mod quotas;
pub mod resource;
pub mod retention;
pub mod rule_types;
pub mod service;
pub mod state_view;
pub mod store;
pub mod tags;
pub mod transitions;
pub mod validate;
pub mod view;
pub mod violations;
pub mod webhooks;

pub use service::{CodePipeline, NOT_BUILT, service};
pub(crate) use validate::rules_of;
