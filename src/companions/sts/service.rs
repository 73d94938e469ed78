//! The table of contents: one line per operation.

use super::operations::*;
use crate::server::{Service, Typed, fault};
use slipway_runtime::MissingHandlers;

pub fn service() -> Result<Service, MissingHandlers> {
    let routes = sts_api::StsBuilder::new(Typed {
        dialect: fault::broken_query,
    })
    .assume_role(assume_role)
    .get_caller_identity(get_caller_identity)
    .build()?;
    let model = sts_api::ALL_MODEL_OPERATIONS;
    Ok(Service::new("sts", "sts", &sts_api::SERVICE, routes, model))
}
