//! Rules of deployments and of what is said of their targets.
//!
//! Source: contract, codedeploy sections 1.3, 2.1 and 5.1.

use crate::codedeploy::deployments::is_id;
use crate::codedeploy::errors;
use codedeploy_api::error::*;
use codedeploy_api::input::CreateDeploymentInput;
use codedeploy_api::model::{ComputePlatform, DeploymentType};

/// Characters of a description.
const LONGEST: usize = 256;

/// An id of a deployment: there, and well-formed.
pub fn id<E>(id: &str) -> Result<(), E>
where
    E: From<DeploymentIdRequiredException> + From<InvalidDeploymentIdException>,
{
    named::<E>(id)?;
    match is_id(id) {
        true => Ok(()),
        false => Err(errors::invalid_deployment_id(id).into()),
    }
}

/// An id of a deployment is there. What else has to be there is asked before anything is looked at or looked for.
pub fn named<E: From<DeploymentIdRequiredException>>(id: &str) -> Result<(), E> {
    match id.is_empty() {
        true => Err(errors::deployment_id_missing().into()),
        false => Ok(()),
    }
}

pub fn description(text: Option<&str>) -> Result<(), DescriptionTooLongException> {
    match text.map_or(0, |text| text.chars().count()) > LONGEST {
        true => Err(errors::description_too_long(LONGEST)),
        false => Ok(()),
    }
}

/// Members of a request that only some platforms and styles know, in the contract's order.
pub fn options(
    platform: ComputePlatform,
    style: Option<DeploymentType>,
    input: &CreateDeploymentInput,
) -> Result<(), CreateDeploymentError> {
    let is_server = platform == ComputePlatform::Server;
    if !is_server && input.ignore_application_stop_failures == Some(true) {
        let text = errors::only_for_server("ignoreApplicationStopFailures");
        return Err(InvalidIgnoreApplicationStopFailuresValueException::new(text).into());
    }
    if !is_server && input.update_outdated_instances_only == Some(true) {
        let text = errors::only_for_server("updateOutdatedInstancesOnly");
        return Err(InvalidUpdateOutdatedInstancesOnlyValueException::new(text).into());
    }
    match &input.target_instances {
        Some(_) if !is_server || style != Some(DeploymentType::BlueGreen) => Err(
            errors::invalid_target_instances("they are for BLUE_GREEN deployments to instances")
                .into(),
        ),
        _ => Ok(()),
    }
}
