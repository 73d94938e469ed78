//! Rules of revision locations.
//!
//! Source: contract, codedeploy section 3.2.1.

use crate::codedeploy::errors;
use crate::codedeploy::revisions::{content, digest};
use codedeploy_api::error::InvalidRevisionException;
use codedeploy_api::model::{
    BundleType, ComputePlatform, GitHubLocation, RevisionLocation, RevisionLocationType, S3Location,
};

/// A location by which a revision is looked up: of contents the digest is enough.
pub fn lookup(location: &RevisionLocation) -> Result<(), InvalidRevisionException> {
    let Some(kind) = location.revision_type else {
        return refused("a revisionType is required");
    };
    let filled = [
        (RevisionLocationType::S3, location.s3_location.is_some()),
        (
            RevisionLocationType::GitHub,
            location.git_hub_location.is_some(),
        ),
        (RevisionLocationType::String, location.string.is_some()),
        (
            RevisionLocationType::AppSpecContent,
            location.app_spec_content.is_some(),
        ),
    ];
    let filled = filled.into_iter().filter(|(_, is_filled)| *is_filled);
    let filled: Vec<_> = filled.map(|(of, _)| of).collect();
    if filled != [kind] {
        return refused("the location of its revisionType is required, and no other");
    }
    match (&location.s3_location, &location.git_hub_location) {
        (Some(s3), _) => object(s3),
        (_, Some(git)) => commit(git),
        _ => text(location),
    }
}

/// A location that is registered with an application of this platform.
pub fn register(
    platform: ComputePlatform,
    location: &RevisionLocation,
) -> Result<(), InvalidRevisionException> {
    lookup(location)?;
    let kind = location.revision_type;
    let bundle = location.s3_location.as_ref().and_then(|s3| s3.bundle_type);
    match (platform, kind, bundle) {
        (ComputePlatform::Server, _, Some(BundleType::Yaml | BundleType::Json)) => {
            refused("for the compute platform Server the bundleType is tar, tgz or zip")
        }
        (ComputePlatform::Server, Some(RevisionLocationType::AppSpecContent), _)
        | (ComputePlatform::Server | ComputePlatform::Ecs, Some(RevisionLocationType::String), _)
        | (ComputePlatform::Lambda | ComputePlatform::Ecs, Some(RevisionLocationType::GitHub), _) => {
            refused(&format!(
                "the compute platform {} does not take this revisionType",
                platform.as_str()
            ))
        }
        (_, Some(RevisionLocationType::String | RevisionLocationType::AppSpecContent), _)
            if content(location).0.is_none() =>
        {
            refused("a content is required")
        }
        _ => Ok(()),
    }
}

fn object(s3: &S3Location) -> Result<(), InvalidRevisionException> {
    let given = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    match given(&s3.bucket) && given(&s3.key) && s3.bundle_type.is_some() {
        true => Ok(()),
        false => refused("an S3 location needs a bucket, a key and a bundleType"),
    }
}

fn commit(git: &GitHubLocation) -> Result<(), InvalidRevisionException> {
    let repository = git.repository.as_deref().unwrap_or_default();
    let parts: Vec<&str> = repository.split('/').collect();
    if parts.len() != 2 || parts.iter().any(|part| part.is_empty()) {
        return refused("a GitHub repository has the form owner/repository");
    }
    let id = git.commit_id.as_deref().unwrap_or_default();
    match id.len() == 40 && id.bytes().all(|b| b.is_ascii_hexdigit()) {
        true => Ok(()),
        false => refused("a commitId has 40 hexadecimal digits"),
    }
}

fn text(location: &RevisionLocation) -> Result<(), InvalidRevisionException> {
    match content(location) {
        (None | Some(""), None | Some("")) => refused("a content or its sha256 is required"),
        (Some(content), Some(given))
            if !given.is_empty() && !given.eq_ignore_ascii_case(&digest(content)) =>
        {
            refused("the sha256 is not that of the content")
        }
        _ => Ok(()),
    }
}

fn refused(why: &str) -> Result<(), InvalidRevisionException> {
    Err(errors::invalid_revision(why))
}
