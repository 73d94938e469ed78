//! S3 source: a byte-identical copy of an object's version in the artifact store.

use super::super::Effect;
use super::super::effect::FetchSource;
use super::super::event::{Outcome, Success};
use super::super::execution::{ActionError, ActionResult, ErrorCode, Execution, Revision};
use super::super::plan::ActionPlan;
use super::super::prepare::Job;
use crate::companions::{ObjectError, ObjectInfo, ObjectRef};
use crate::engine::world::BuildTarget;
use std::collections::BTreeMap;

/// Object metadata that describes the revision, without `x-amz-meta-`.
const SUMMARY: &str = "codepipeline-artifact-revision-summary";

pub(super) fn effect(job: &Job) -> Result<Effect, ActionError> {
    let pin = job.execution.pins.get(&job.action.name);
    let output = job.run.outputs.first().ok_or_else(|| {
        ActionError::configuration("An Amazon S3 source action must have an output artifact.")
    })?;
    Ok(Effect::FetchSource(Box::new(FetchSource {
        order: job.order(),
        from: ObjectRef {
            bucket: job.required("S3Bucket")?.to_owned(),
            key: job.required("S3ObjectKey")?.to_owned(),
            version: pin.and_then(|pin| pin.revision.clone()),
        },
        into: BuildTarget {
            artifact: output.name.clone(),
            bucket: output.bucket.clone(),
            key: output.key.clone(),
            kms_key: job.store.kms_key.clone(),
        },
    })))
}

/// The key that the execution was started with, in place of the declared one (contract §5.4).
pub(super) fn overridden(
    action: &ActionPlan,
    execution: &Execution,
    resolved: &mut BTreeMap<String, String>,
) {
    let pin = execution.pins.get(&action.name);
    if let Some(key) = pin.and_then(|pin| pin.object_key.clone()) {
        resolved.insert("S3ObjectKey".to_owned(), key);
    }
}

/// The source object's extension with its dot; empty when it has none.
pub(super) fn extension(resolved: &BTreeMap<String, String>) -> String {
    let name = resolved
        .get("S3ObjectKey")
        .and_then(|key| key.rsplit('/').next())
        .unwrap_or_default();
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && !extension.is_empty() => {
            format!(".{extension}")
        }
        _ => String::new(),
    }
}

/// The outcome of a copy of this version.
pub fn fetched(bucket: &str, info: &ObjectInfo, version: &str) -> Outcome {
    let described = info.metadata.get(SUMMARY).cloned();
    let summary = described.unwrap_or_else(|| format!("Amazon S3 version id: {version}"));
    let variables = [
        ("BucketName", bucket),
        ("ETag", &info.etag),
        ("ObjectKey", &info.key),
        ("VersionId", version),
    ];
    Outcome::Succeeded(Success {
        result: ActionResult {
            external_id: Some(version.to_owned()),
            summary: Some(summary.clone()),
            ..ActionResult::default()
        },
        variables: variables
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        revision: Some(Revision {
            id: version.to_owned(),
            summary: Some(summary),
            ..Revision::default()
        }),
    })
}

/// Why the source cannot be read.
pub fn unreadable(at: &ObjectRef, error: &ObjectError) -> ActionError {
    let ObjectRef { bucket, key, .. } = at;
    match error {
        ObjectError::NoSuchBucket(_) | ObjectError::NoSuchKey(_) => {
            ActionError::configuration(format!(
                "Could not access the Amazon S3 object: \"{bucket}/{key}\". Make sure that the names of the bucket and object are both correct."
            ))
        }
        ObjectError::AccessDenied(_) => ActionError::new(
            ErrorCode::PermissionError,
            format!(
                "The pipeline has no permission to read the Amazon S3 object \"{bucket}/{key}\"."
            ),
        ),
        ObjectError::Failed(what) => ActionError::new(
            ErrorCode::JobFailed,
            format!("The Amazon S3 object \"{bucket}/{key}\" could not be copied: {what}"),
        ),
    }
}

/// The largest artifact that an S3 source may have (contract §4.5).
const LARGEST: u64 = 7 << 30;

/// Refuses what is too large before any of it is copied; our words.
pub fn check_size(at: &ObjectRef, info: &ObjectInfo) -> Result<(), ActionError> {
    match info.size > LARGEST {
        true => Err(ActionError::configuration(format!(
            "The Amazon S3 object \"{}/{}\" is larger than 7 GB, the limit of source artifacts.",
            at.bucket, at.key
        ))),
        false => Ok(()),
    }
}

/// The most entries of a zip that an S3 source may have (contract §4.5); folders that have an entry of their own count.
pub const MOST_ENTRIES: u64 = 100_000;

/// The archive was not kept; our words.
pub fn too_many_entries(at: &ObjectRef) -> ActionError {
    ActionError::configuration(format!(
        "The Amazon S3 object \"{}/{}\" is an archive of more than 100,000 files, the limit of source artifacts.",
        at.bucket, at.key
    ))
}

/// The bucket has no versions to follow.
pub fn unversioned(bucket: &str) -> ActionError {
    ActionError::configuration(format!(
        "The Amazon S3 bucket \"{bucket}\" is not versioned. A source bucket must have versioning enabled."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::Time;

    /// Witness: contract §4.5, source artifact of S3: 7 GB.
    #[test]
    fn seven_gigabytes_are_enough() {
        let at = ObjectRef {
            bucket: "b".to_owned(),
            key: "k".to_owned(),
            version: None,
        };
        let of = |size| ObjectInfo {
            key: "k".to_owned(),
            size,
            etag: String::new(),
            version: None,
            modified: Time::from_millis(0),
            metadata: BTreeMap::new(),
        };
        assert_eq!(check_size(&at, &of(LARGEST)), Ok(()));
        let error = check_size(&at, &of(LARGEST + 1)).unwrap_err();
        assert_eq!(error.code, ErrorCode::ConfigurationError);
    }
}
