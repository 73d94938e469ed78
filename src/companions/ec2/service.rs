//! The table of contents: one line per operation.

use super::operations::*;
use crate::server::{Service, Typed, fault};
use slipway_runtime::MissingHandlers;

pub fn service() -> Result<Service, MissingHandlers> {
    let routes = ec2_api::Ec2Builder::new(Typed {
        dialect: fault::broken_query,
    })
    .create_tags(create_tags)
    .delete_tags(delete_tags)
    .describe_instance_status(describe_instance_status)
    .describe_instances(describe_instances)
    .describe_tags(describe_tags)
    .terminate_instances(terminate_instances)
    .build()?;
    let model = ec2_api::ALL_MODEL_OPERATIONS;
    Ok(Service::new("ec2", "ec2", &ec2_api::SERVICE, routes, model))
}
