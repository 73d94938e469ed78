//! GetDeploymentSpecification: what an agent needs to know to deploy, signed.

use super::caller::{Refused, check, unknown};
use super::envelope::seal;
use super::protocol::{
    DEPLOYMENT_SYSTEM, DeploymentSpecification, Envelope, GetDeploymentSpecificationInput,
    GetDeploymentSpecificationOutput, SIGNED,
};
use super::specification::{
    AgentActionOverrides, AgentOverrides, GitHubRevision, Revision, S3Revision, Specification,
};
use crate::aws::Scope;
use crate::codedeploy::CodeDeploy;
use crate::codedeploy::deployments::Fixed;
use crate::engine::deployment::DeploymentState;
use crate::engine::deployment::server::agent::execution_of;
use codedeploy_api::model::{BundleType, GitHubLocation, RevisionLocation, S3Location};

/// The specification of a deployment that goes to the agent's instance.
pub async fn get_deployment_specification(
    service: &CodeDeploy,
    scope: &Scope,
    input: GetDeploymentSpecificationInput,
) -> Result<GetDeploymentSpecificationOutput, Refused> {
    let host = &input.host_identifier;
    check(service, scope, host)?;
    let execution = &input.deployment_execution_id;
    let absent = || unknown("deployment execution", execution);
    let (id, number) = execution_of(execution).ok_or_else(absent)?;
    let (fixed, state) = service.deployment(scope, id).ok_or_else(absent)?;
    let instance = state.fleet().and_then(|fleet| fleet.instances.get(number));
    if instance.is_none_or(|one| one.host != *host) {
        return Err(absent());
    }
    let text = serde_json::to_vec(&specification(&fixed, &state));
    let text = text.map_err(|error| Refused::Server(error.to_string()))?;
    let keys = service.keys.pair().await;
    let sealed = keys.and_then(|pair| seal(&text, &pair));
    let payload = sealed.map_err(|error| Refused::Server(error.to_string()))?;
    Ok(GetDeploymentSpecificationOutput {
        deployment_system: DEPLOYMENT_SYSTEM.to_owned(),
        deployment_specification: DeploymentSpecification {
            generic_envelope: Envelope {
                format: SIGNED.to_owned(),
                payload,
            },
        },
    })
}

fn specification(fixed: &Fixed, state: &DeploymentState) -> Specification {
    let (info, plan) = (&fixed.info, &state.plan);
    let style = info.deployment_style.as_ref();
    let kind = style.and_then(|style| style.deployment_type);
    let behavior = info.file_exists_behavior;
    Specification {
        deployment_id: plan.id.clone(),
        deployment_group_id: fixed.group_id.clone(),
        deployment_group_name: plan.group.clone(),
        application_name: plan.application.clone(),
        deployment_creator: info.creator.map(|creator| creator.as_str().to_owned()),
        deployment_type: kind.map(|kind| kind.as_str().to_owned()),
        app_spec_filename: None,
        agent_action_overrides: behavior.map(|behavior| AgentActionOverrides {
            agent_overrides: AgentOverrides {
                file_exists_behavior: behavior.as_str().to_owned(),
            },
        }),
        revision: info.revision.as_ref().map(revision).unwrap_or_default(),
        git_hub_access_token: None,
    }
}

fn revision(of: &RevisionLocation) -> Revision {
    match (&of.s3_location, &of.git_hub_location) {
        (Some(at), _) => Revision::S3 { at: object(at) },
        (None, Some(at)) => Revision::GitHub { at: commit(at) },
        (None, None) => Revision::default(),
    }
}

fn object(of: &S3Location) -> S3Revision {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    S3Revision {
        bucket: of.bucket.clone().unwrap_or_default(),
        key: of.key.clone().unwrap_or_default(),
        bundle_type: of.bundle_type.map_or("", BundleType::as_str).to_owned(),
        version: given(&of.version),
        e_tag: given(&of.e_tag),
    }
}

fn commit(of: &GitHubLocation) -> GitHubRevision {
    let repository = of.repository.clone().unwrap_or_default();
    let (account, name) = repository.split_once('/').unwrap_or_default();
    GitHubRevision {
        account: account.to_owned(),
        repository: name.to_owned(),
        commit_id: of.commit_id.clone().unwrap_or_default(),
        bundle_type: None,
    }
}
