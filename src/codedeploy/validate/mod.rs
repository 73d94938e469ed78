//! Rules that the model does not express.

pub mod balancing;
pub mod configs;
pub mod deployments;
pub mod groups;
pub mod instances;
pub mod replacements;
pub mod revisions;

use super::errors;
use crate::aws::{Account, Arn};
use codedeploy_api::error::InvalidRoleException;

/// `arn:aws:iam::<account>:role/<path and name>`.
pub fn role(text: &str) -> Result<(), InvalidRoleException> {
    let arn = Arn::parse(text).filter(|arn| arn.service == "iam" && arn.region.is_empty());
    let arn = arn.filter(|arn| Account::parse(&arn.account).is_some());
    let named = arn.is_some_and(|arn| {
        let name = arn.resource.strip_prefix("role/");
        name.is_some_and(|name| !name.is_empty())
    });
    match named {
        true => Ok(()),
        false => Err(errors::role_malformed(text)),
    }
}
