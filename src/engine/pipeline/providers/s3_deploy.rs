//! S3 deploy: an artifact as one object, or each file in it as an object.

use super::super::Effect;
use super::super::effect::DeployToS3;
use super::super::event::{Outcome, Success};
use super::super::execution::{ActionError, ActionResult, ErrorCode};
use super::super::prepare::Job;
use crate::aws::Time;
use crate::companions::{ObjectError, ObjectRef};

pub(super) fn effect(job: &Job) -> Result<Effect, ActionError> {
    let object_key = job.config("ObjectKey").map(|key| placeholders(job, key));
    let extract = extract(job)?;
    if !extract && object_key.is_none() {
        return Err(ActionError::configuration(
            "When the extract feature is disabled, you must provide an object. Edit your pipeline to fix the configuration.",
        ));
    }
    let artifact = job.run.inputs.first().ok_or_else(|| {
        ActionError::configuration("An Amazon S3 deploy action must have an input artifact.")
    })?;
    let owned = |key: &str| job.config(key).map(str::to_owned);
    Ok(Effect::DeployToS3(Box::new(DeployToS3 {
        order: job.order(),
        artifact: artifact.object(),
        bucket: job.required("BucketName")?.to_owned(),
        object_key,
        extract,
        canned_acl: owned("CannedACL"),
        cache_control: owned("CacheControl"),
        kms_key: owned("KMSEncryptionKeyARN"),
    })))
}

/// The key of a file in an extracted artifact. Backslashes become slashes; a leading slash stays. An error when the name
/// would lead out of the target.
pub fn entry_key(prefix: Option<&str>, entry: &str) -> Result<String, ActionError> {
    let name = entry.replace('\\', "/");
    if name.contains("../") {
        return Err(ActionError::configuration(format!(
            "The file name {entry} contains invalid sequence: dot-dot-slash."
        )));
    }
    Ok(match prefix {
        Some(prefix) => format!("{prefix}/{name}"),
        None => name,
    })
}

/// The content type of an extracted file, by its extension.
pub fn content_type(name: &str) -> &'static str {
    let file = name.rsplit('/').next().unwrap_or_default();
    let extension = file
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        Some("html") => "text/html",
        Some("css") => "text/css",
        Some("txt") => "text/plain",
        Some("js") => "application/x-javascript",
        Some("json") => "application/json",
        Some("xml") => "application/xml",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("gif") => "image/gif",
        _ => "application/octet-stream",
    }
}

/// The outcome when everything is written.
pub fn deployed(job: &DeployToS3) -> Outcome {
    let target = match &job.object_key {
        Some(key) => format!("{}/{key}", job.bucket),
        None => job.bucket.clone(),
    };
    Outcome::Succeeded(Success {
        result: ActionResult {
            external_id: Some(target),
            summary: Some("Deployment Succeeded".to_owned()),
            ..ActionResult::default()
        },
        ..Success::default()
    })
}

/// The artifact is not a zip, or a damaged one.
pub fn malformed() -> ActionError {
    ActionError::new(ErrorCode::JobFailed, "The archive is malformed.")
}

/// Why the artifact cannot be read.
pub fn unreadable(at: &ObjectRef, error: &ObjectError) -> ActionError {
    let ObjectRef { bucket, key, .. } = at;
    match error {
        ObjectError::NoSuchBucket(_) | ObjectError::NoSuchKey(_) => {
            ActionError::configuration(format!(
                "Could not access the input artifact in Amazon S3: \"{bucket}/{key}\". It was removed or the artifact store was changed."
            ))
        }
        ObjectError::AccessDenied(_) => ActionError::new(
            ErrorCode::PermissionError,
            format!("The pipeline has no permission to read the artifact \"{bucket}/{key}\"."),
        ),
        ObjectError::Failed(what) => ActionError::new(
            ErrorCode::JobFailed,
            format!("The artifact \"{bucket}/{key}\" could not be read: {what}"),
        ),
    }
}

/// Why the bucket cannot be written to.
pub fn unwritable(bucket: &str, key: &str, error: &ObjectError) -> ActionError {
    match error {
        ObjectError::NoSuchBucket(_) | ObjectError::NoSuchKey(_) => {
            ActionError::configuration(format!(
                "The deployment bucket \"{bucket}\" does not exist. Edit your pipeline or create the bucket."
            ))
        }
        ObjectError::AccessDenied(_) => ActionError::new(
            ErrorCode::PermissionError,
            format!(
                "You do not have sufficient permissions to call s3.putObject for the deployment bucket, {bucket}."
            ),
        ),
        ObjectError::Failed(what) => ActionError::new(
            ErrorCode::JobFailed,
            format!("The object \"{bucket}/{key}\" could not be written: {what}"),
        ),
    }
}

fn extract(job: &Job) -> Result<bool, ActionError> {
    let value = job
        .run
        .resolved
        .get("Extract")
        .map(String::as_str)
        .unwrap_or_default();
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(ActionError::configuration(format!(
            "Invalid value for configuration property '{value}': 'Extract'. Edit your pipeline and set 'Extract' to either 'true' or 'false'."
        ))),
    }
}

/// Fills in `{datetime}` and `{uuid}`.
fn placeholders(job: &Job, key: &str) -> String {
    let uuid = job.execution.seed.uuid(&["object key", &job.run.id]);
    key.replace("{datetime}", &datetime(job.now))
        .replace("{uuid}", &uuid)
}

/// `YYYY-MM-DD_HH-MM-SS`, UTC.
fn datetime(time: Time) -> String {
    let stamp = jiff::Timestamp::from_millisecond(time.millis()).unwrap_or_default();
    stamp.strftime("%Y-%m-%d_%H-%M-%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Witness: contract §6.3, extracted keys.
    #[test]
    fn extracted_files_are_put_below_the_object_key() {
        for (prefix, entry, key) in [
            (None, "index.html", "index.html"),
            (Some("site"), "a/b.css", "site/a/b.css"),
            (Some("prefix/"), "entry", "prefix//entry"),
            (None, "/leading.txt", "/leading.txt"),
            (None, "dir\\file.txt", "dir/file.txt"),
            (None, "a..b", "a..b"),
        ] {
            assert_eq!(entry_key(prefix, entry).unwrap(), key);
        }
    }

    /// Witness: contract §6.3, entries with `../`.
    #[test]
    fn entries_that_escape_are_refused() {
        for entry in ["../up", "a/../../b", "..\\up"] {
            let error = entry_key(Some("site"), entry).unwrap_err();
            let text = format!("The file name {entry} contains invalid sequence: dot-dot-slash.");
            assert_eq!(
                (error.code, error.message),
                (ErrorCode::ConfigurationError, text)
            );
        }
    }

    /// Witness: contract §6.3, content types, row by row; `jpeg` is our reading.
    #[test]
    fn content_types_follow_the_extension_in_any_case() {
        for (name, kind) in [
            ("a.html", "text/html"),
            ("A.CSS", "text/css"),
            ("a.txt", "text/plain"),
            ("x/y.js", "application/x-javascript"),
            ("a.b.json", "application/json"),
            ("a.xml", "application/xml"),
            ("a.Svg", "image/svg+xml"),
            ("p.png", "image/png"),
            ("p.JPG", "image/jpeg"),
            ("p.jpeg", "image/jpeg"),
            ("f.woff2", "application/octet-stream"),
            ("y.js.map", "application/octet-stream"),
            ("a.bin", "application/octet-stream"),
            ("a.html/none", "application/octet-stream"),
            ("none", "application/octet-stream"),
        ] {
            assert_eq!(content_type(name), kind);
        }
    }

    #[test]
    fn dates_in_keys_have_the_documented_form() {
        assert_eq!(
            datetime(Time::from_millis(1_700_000_000_000)),
            "2023-11-14_22-13-20"
        );
    }
}
