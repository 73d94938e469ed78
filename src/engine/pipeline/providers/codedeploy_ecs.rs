//! CodeDeployToECS: a task definition and an AppSpec from templates, and a deployment of them.
//!
//! Source: contract, codepipeline section 6.5. Texts that are not there are ours.

use super::super::Effect;
use super::super::effect::{DeployTaskSet, FileAt};
use super::super::execution::ActionError;
use super::super::prepare::Job;
use super::ecs::registrable;
use crate::companions::containers::ServiceError;
use crate::engine::pipeline::run::ErrorCode;
use serde_json::Value;

/// Images that an action may name.
const IMAGES: usize = 4;
/// Bytes of an artifact, and of a file in it.
pub const LARGEST: u64 = 3 * 1024 * 1024;

pub(super) fn effect(job: &Job) -> Result<Effect, ActionError> {
    let file = |artifact: &str, path: &str, otherwise: &str| {
        let artifact = job.required(artifact)?;
        let path = job.config(path).unwrap_or(otherwise);
        at(job, artifact, path)
    };
    let definition = file(
        "TaskDefinitionTemplateArtifact",
        "TaskDefinitionTemplatePath",
        "taskdef.json",
    )?;
    let app_spec = file(
        "AppSpecTemplateArtifact",
        "AppSpecTemplatePath",
        "appspec.yaml",
    )?;
    let mut images = Vec::new();
    for number in 1..=IMAGES {
        let artifact = job.config(&format!("Image{number}ArtifactName"));
        let container = job.config(&format!("Image{number}ContainerName"));
        match (artifact, container) {
            (None, None) => {}
            (Some(artifact), Some(container)) => {
                let detail = at(job, artifact, "imageDetail.json")?;
                images.push((container.to_owned(), detail));
            }
            _ => {
                return Err(ActionError::configuration(format!(
                    "Image{number}ArtifactName and Image{number}ContainerName must be given together."
                )));
            }
        }
    }
    Ok(Effect::DeployTaskSet(Box::new(DeployTaskSet {
        order: job.order(),
        pipeline: job.plan.pipeline.clone(),
        application: job.required("ApplicationName")?.to_owned(),
        group: job.required("DeploymentGroupName")?.to_owned(),
        definition,
        app_spec,
        images,
    })))
}

fn at(job: &Job, artifact: &str, path: &str) -> Result<FileAt, ActionError> {
    let input = job.run.inputs.iter().find(|input| input.name == artifact);
    let input = input.ok_or_else(|| {
        ActionError::configuration(format!(
            "The artifact '{artifact}' is not an input artifact of the action."
        ))
    })?;
    Ok(FileAt {
        artifact: artifact.to_owned(),
        at: input.object(),
        path: path.to_owned(),
    })
}

/// The first one in AWS's words, the others like it.
pub fn no_definition(file: &FileAt) -> ActionError {
    unreadable("task definition", file)
}

pub fn no_app_spec(file: &FileAt) -> ActionError {
    unreadable("AppSpec", file)
}

pub fn no_image(file: &FileAt) -> ActionError {
    unreadable("image", file)
}

fn unreadable(what: &str, file: &FileAt) -> ActionError {
    ActionError::configuration(format!(
        "Exception while trying to read the {what} artifact file from: {}",
        file.artifact
    ))
}

/// `ImageURI` of an image's detail.
pub fn image(file: &FileAt, bytes: &[u8]) -> Result<String, ActionError> {
    let detail: Option<Value> = serde_json::from_slice(bytes).ok();
    let uri = detail
        .as_ref()
        .and_then(|detail| detail["ImageURI"].as_str());
    uri.map(str::to_owned).ok_or_else(|| no_image(file))
}

/// The task definition with images in the place of their names.
pub fn definition(
    file: &FileAt,
    template: &[u8],
    images: &[(String, String)],
) -> Result<Value, ActionError> {
    let mut text = String::from_utf8_lossy(template).into_owned();
    for (name, image) in images {
        let quoted = Value::from(image.as_str()).to_string();
        text = text.replace(&format!("<{name}>"), quoted.trim_matches('"'));
    }
    let parsed = serde_json::from_str(&text).map_err(|error| {
        ActionError::configuration(format!(
            "The task definition file {} of the artifact {} is not valid JSON: {error}",
            file.path, file.artifact
        ))
    })?;
    Ok(registrable(parsed))
}

/// The AppSpec with the registered task definition.
pub fn app_spec(template: &[u8], definition: &str) -> String {
    String::from_utf8_lossy(template).replace("<TASK_DEFINITION>", definition)
}

/// Why the task definition was not registered.
pub fn not_registered(error: &ServiceError) -> ActionError {
    ActionError::new(
        ErrorCode::JobFailed,
        format!("The task definition cannot be registered: {error}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::companions::ObjectRef;
    use serde_json::json;

    fn file() -> FileAt {
        FileAt {
            artifact: "Source".to_owned(),
            at: ObjectRef {
                bucket: "b".to_owned(),
                key: "k".to_owned(),
                version: None,
            },
            path: "taskdef.json".to_owned(),
        }
    }

    // Witness: contract codepipeline §6.5.
    #[test]
    fn placeholders_are_filled_in() {
        let image = image(&file(), br#"{"ImageURI": "repo@sha256:1"}"#).unwrap();
        let images = [("IMAGE1_NAME".to_owned(), image)];
        let template = br#"{"family": "f", "revision": 2, "containerDefinitions": [{"name": "web", "image": "<IMAGE1_NAME>"}]}"#;
        assert_eq!(
            definition(&file(), template, &images).unwrap(),
            json!({"family": "f", "containerDefinitions": [{"name": "web", "image": "repo@sha256:1"}]})
        );
        assert_eq!(
            app_spec(b"TaskDefinition: <TASK_DEFINITION>", "arn"),
            "TaskDefinition: arn"
        );
    }

    // Witness: contract codepipeline §6.5 for the first text.
    #[test]
    fn what_cannot_be_read_is_told() {
        assert_eq!(
            no_definition(&file()).message,
            "Exception while trying to read the task definition artifact file from: Source"
        );
        assert!(image(&file(), b"[]").is_err());
        assert!(definition(&file(), b"{", &[]).is_err());
    }
}
