//! Tags of functions: fifty at most, named by the function's ARN.

use super::errors;
use super::names;
use super::store::FunctionKey;
use crate::aws::Scope;
use lambda_api::error::{InvalidParameterValueException, ResourceNotFoundException};
use slipway_runtime::CommonError;
use std::collections::BTreeMap;

const MOST: usize = 50;

/// The function whose tags a request is about.
pub fn resource<E>(scope: &Scope, arn: &str) -> Result<FunctionKey, E>
where
    E: From<ResourceNotFoundException> + From<InvalidParameterValueException> + From<CommonError>,
{
    names::unqualified(scope, arn)
}

/// Adds tags, or replaces their values.
pub fn put(
    tags: &mut BTreeMap<String, String>,
    new: BTreeMap<String, String>,
) -> Result<(), InvalidParameterValueException> {
    tags.extend(new);
    match tags.len() > MOST {
        true => Err(errors::too_many_tags()),
        false => Ok(()),
    }
}
