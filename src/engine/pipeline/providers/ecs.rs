//! ECS: new images for the containers of a service, as a new revision of its task definition; then the service is waited for.
//!
//! Source: contract, codepipeline sections 5.12, 5.14 and 6.5. Texts that are not there are ours.

use super::super::effect::DeployService;
use super::super::event::{ActionToken, Failure, Outcome, Success};
use super::super::plan::{ActionPlan, Category};
use super::super::prepare::{Job, Start};
use super::super::run::{ActionError, ActionResult, ActionRun, ErrorCode};
use super::super::state::Live;
use super::super::{Effect, Pipeline};
use crate::aws::{Region, Scope};
use crate::companions::containers::{ServiceError, ServiceInfo, ServiceRef};
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

/// Bytes of a file of image definitions.
pub const LARGEST: u64 = 100 * 1024;
/// Minutes that a service may take, and takes when nothing is said.
const LONGEST: u64 = 60;

/// One entry of a file of image definitions.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    pub name: String,
    pub image_uri: String,
}

pub(super) fn start(job: &Job) -> Result<Start, ActionError> {
    let artifact = job.run.inputs.first().ok_or_else(|| {
        ActionError::configuration("An Amazon ECS deploy action must have an input artifact.")
    })?;
    let minutes = timeout(job.config("DeploymentTimeout"))?;
    let effect = Effect::DeployService(Box::new(DeployService {
        order: job.order(),
        artifact: artifact.object(),
        file: job
            .config("FileName")
            .unwrap_or("imagedefinitions.json")
            .to_owned(),
        place: ServiceRef {
            cluster: job.required("ClusterName")?.to_owned(),
            service: job.required("ServiceName")?.to_owned(),
        },
    }));
    Ok(Start {
        deadline: Some(job.now + minutes),
        ..Start::ask(effect)
    })
}

fn timeout(given: Option<&str>) -> Result<Duration, ActionError> {
    let Some(given) = given else {
        return Ok(Duration::from_secs(LONGEST * 60));
    };
    match given.trim().parse::<u64>() {
        Ok(minutes) if (1..=LONGEST).contains(&minutes) => Ok(Duration::from_secs(minutes * 60)),
        _ => Err(ActionError::configuration(format!(
            "The DeploymentTimeout '{given}' is not a number of minutes from 1 to {LONGEST}."
        ))),
    }
}

/// Reads a file of image definitions.
pub fn images(file: &str, bytes: &[u8]) -> Result<Vec<Image>, ActionError> {
    let images: Vec<Image> = serde_json::from_slice(bytes).map_err(|error| {
        ActionError::configuration(format!(
            "The image definition file {file} is not a JSON array of objects with name and imageUri: {error}"
        ))
    })?;
    match images.is_empty() {
        true => Err(ActionError::configuration(format!(
            "The image definition file {file} contains no image."
        ))),
        false => Ok(images),
    }
}

/// The file is not in the artifact, or is too large.
pub fn no_images(file: &str, bucket: &str, key: &str) -> ActionError {
    ActionError::configuration(format!(
        "Did not find the image definition file {file} in the input artifacts ZIP file. Verify the file is stored in your pipeline's Amazon S3 artifact bucket: {bucket} key: {key}"
    ))
}

/// What DescribeTaskDefinition shows as what RegisterTaskDefinition takes, with these images.
pub fn revised(mut definition: Value, images: &[Image]) -> Result<Value, ActionError> {
    for image in images {
        let containers = definition["containerDefinitions"].as_array_mut();
        let mut containers = containers.into_iter().flatten();
        let container = containers.find(|container| container["name"] == image.name.as_str());
        let container = container.ok_or_else(|| {
            ActionError::configuration(format!(
                "The task definition of the service has no container with the name {}.",
                image.name
            ))
        })?;
        container["image"] = Value::from(image.image_uri.clone());
    }
    Ok(registrable(definition))
}

/// Without what only answers have.
pub fn registrable(mut definition: Value) -> Value {
    if let Some(members) = definition.as_object_mut() {
        for member in READ_ONLY {
            members.remove(*member);
        }
    }
    definition
}

const READ_ONLY: &[&str] = &[
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
    "deregisteredAt",
];

/// What a look at the service means for the attempt; nothing: it is still waited for.
pub(in super::super) fn seen(run: &ActionRun, service: Option<&ServiceInfo>) -> Option<Outcome> {
    let id = run.result.external_id.clone()?;
    let failed = |message: String| {
        Some(Outcome::Failed(Failure {
            error: ActionError::new(ErrorCode::JobFailed, message),
            external_id: Some(id.clone()),
        }))
    };
    let Some(service) = service else {
        return failed("The Amazon ECS service was deleted during the deployment.".to_owned());
    };
    let Some(rollout) = service.rollouts.iter().find(|rollout| rollout.id == id) else {
        return failed(format!(
            "The deployment {id} of the Amazon ECS service {} was replaced by another one.",
            service.name
        ));
    };
    match rollout.state.as_str() {
        "COMPLETED" => Some(Outcome::Succeeded(Success {
            result: ActionResult {
                external_id: Some(id),
                summary: Some("Deployment Succeeded".to_owned()),
                ..ActionResult::default()
            },
            ..Success::default()
        })),
        "FAILED" => {
            let reason = rollout.reason.clone();
            failed(reason.unwrap_or_else(|| {
                format!(
                    "The deployment {id} of the Amazon ECS service {} failed.",
                    service.name
                )
            }))
        }
        _ => None,
    }
}

/// The services that running actions of a pipeline wait for: scope, cluster and service; and the attempts that do. For an index, so
/// that news of a service finds its pipelines.
pub fn awaited(pipeline: &Pipeline) -> Vec<((Scope, String, String), ActionToken)> {
    let live = pipeline.live.iter();
    live.flat_map(|live| {
        let running = live.execution.running();
        running.filter_map(|run| awaited_by(live, run))
    })
    .collect()
}

fn awaited_by(live: &Live, run: &ActionRun) -> Option<((Scope, String, String), ActionToken)> {
    let action = live.planned(&run.id).filter(|action| is_ecs(action))?;
    run.result.external_id.as_ref()?;
    let name = |key: &str| run.resolved.get(key).cloned();
    let at = (
        live.plan.scope_of(action),
        name("ClusterName")?,
        name("ServiceName")?,
    );
    Some((at, ActionToken(run.id.clone())))
}

pub(in super::super) fn is_ecs(action: &ActionPlan) -> bool {
    let kind = &action.kind;
    (kind.category, kind.owner.as_str(), kind.provider.as_str()) == (Category::Deploy, "AWS", "ECS")
}

/// Where the console shows a service's deployments.
pub fn link(region: &Region, run: &ActionRun) -> String {
    let name = |key: &str| run.resolved.get(key).map_or("", String::as_str);
    format!(
        "https://console.aws.amazon.com/ecs/home?region={region}#/clusters/{}/services/{}/deployments",
        name("ClusterName"),
        name("ServiceName")
    )
}

/// Why the service was not changed.
pub fn refused(place: &ServiceRef, error: &ServiceError) -> ActionError {
    let ServiceRef { cluster, service } = place;
    match error {
        ServiceError::NoSuchCluster => {
            ActionError::configuration(format!("The Amazon ECS cluster {cluster} does not exist."))
        }
        ServiceError::NoSuchService => ActionError::configuration(format!(
            "The Amazon ECS service {service} does not exist in the cluster {cluster}."
        )),
        error => ActionError::new(
            ErrorCode::JobFailed,
            format!("The Amazon ECS service {service} cannot be deployed to: {error}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    // Witness: contract codepipeline §6.5.
    #[test]
    fn images_become_a_definition_that_can_be_registered() {
        let images = images(
            "imagedefinitions.json",
            br#"[{"name": "web", "imageUri": "web:2"}]"#,
        );
        let known = json!({"family": "f", "revision": 3, "taskDefinitionArn": "arn", "status": "ACTIVE", "cpu": "256",
            "containerDefinitions": [{"name": "side", "image": "side:1"}, {"name": "web", "image": "web:1", "memory": 64}]});
        assert_eq!(
            revised(known.clone(), &images.unwrap()).unwrap(),
            json!({"family": "f", "cpu": "256",
                "containerDefinitions": [{"name": "side", "image": "side:1"}, {"name": "web", "image": "web:2", "memory": 64}]})
        );
        let strange = Image {
            name: "other".to_owned(),
            image_uri: "x".to_owned(),
        };
        let said = revised(known, &[strange]).unwrap_err();
        assert_eq!(
            said.message,
            "The task definition of the service has no container with the name other."
        );
        for odd in ["", "{}", "[]", "[{\"name\": \"web\"}]"] {
            assert!(super::images("f", odd.as_bytes()).is_err(), "{odd}");
        }
    }

    // Witness: contract codepipeline §5.14: at most 60 minutes.
    #[test]
    fn a_service_may_take_an_hour_at_most() {
        assert_eq!(timeout(None).unwrap(), Duration::from_secs(3600));
        assert_eq!(timeout(Some("5")).unwrap(), Duration::from_secs(300));
        for odd in ["0", "61", "x", ""] {
            assert!(timeout(Some(odd)).is_err(), "{odd}");
        }
    }
}
