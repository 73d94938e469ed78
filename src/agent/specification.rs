//! What the server says about a deployment, once it is out of its envelope.
//!
//! Source: contract, codedeploy section 8.8, the table of keys.

use super::appspec::{DEFAULT_NAME, FileExistsBehavior};
use super::errors::{Done, Fault};
use super::root::is_plain;
use serde::Deserialize;

/// A deployment, as far as the agent has to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Specification {
    pub deployment_id: String,
    pub group_id: String,
    pub group_name: String,
    pub application: String,
    pub creator: String,
    pub kind: String,
    pub appspec_name: String,
    /// What the AppSpec may overrule.
    pub file_exists_behavior: FileExistsBehavior,
    pub possible_events: Option<Vec<String>>,
    pub revision: Revision,
}

/// Where the revision is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revision {
    S3 {
        bucket: String,
        key: String,
        kind: BundleKind,
        version: Option<String>,
        etag: Option<String>,
    },
    GitHub {
        account: String,
        repository: String,
        commit: String,
        kind: BundleKind,
        token: Option<String>,
    },
}

/// How a bundle is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BundleKind {
    Tar,
    Tgz,
    Zip,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Raw {
    deployment_id: Option<String>,
    deployment_group_id: Option<String>,
    deployment_group_name: Option<String>,
    application_name: Option<String>,
    deployment_creator: Option<String>,
    deployment_type: Option<String>,
    app_spec_filename: Option<String>,
    agent_action_overrides: Option<RawActions>,
    all_possible_lifecycle_events: Option<Vec<String>>,
    revision: Option<RawRevision>,
    #[serde(rename = "GitHubAccessToken")]
    token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawActions {
    agent_overrides: Option<RawOverrides>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawOverrides {
    file_exists_behavior: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawRevision {
    revision_type: Option<String>,
    #[serde(rename = "S3Revision")]
    s3: Option<RawS3>,
    #[serde(rename = "GitHubRevision")]
    github: Option<RawGitHub>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawS3 {
    bucket: Option<String>,
    key: Option<String>,
    bundle_type: Option<String>,
    version: Option<String>,
    #[serde(rename = "ETag")]
    etag: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawGitHub {
    account: Option<String>,
    repository: Option<String>,
    commit_id: Option<String>,
    bundle_type: Option<String>,
}

impl Specification {
    pub fn parse(json: &[u8]) -> Done<Self> {
        let raw: Raw = serde_json::from_slice(json)
            .map_err(|error| Fault::unknown(format!("Deployment Spec is not valid: {error}")))?;
        let needed = |value: Option<String>, name: &str| {
            let value = value.filter(|value| !value.is_empty());
            value.ok_or_else(|| Fault::unknown(format!("Deployment Spec has no {name}")))
        };
        let deployment_id = needed(raw.deployment_id, "DeploymentId")?;
        let deployment_id = of_arn(&deployment_id).to_owned();
        let group_id = needed(raw.deployment_group_id, "DeploymentGroupId")?;
        for (name, id) in [
            ("DeploymentId", &deployment_id),
            ("DeploymentGroupId", &group_id),
        ] {
            if !is_plain(id) {
                let text = format!("Deployment Spec has an invalid {name}: {id}");
                return Err(Fault::unknown(text));
            }
        }
        let overrides = raw.agent_action_overrides.and_then(|of| of.agent_overrides);
        let behavior = overrides.and_then(|of| of.file_exists_behavior);
        let behavior = behavior.filter(|of| !of.is_empty());
        let behavior = behavior.map(|of| FileExistsBehavior::parse(&of.to_uppercase()));
        Ok(Self {
            deployment_id,
            group_id,
            group_name: needed(raw.deployment_group_name, "DeploymentGroupName")?,
            application: needed(raw.application_name, "ApplicationName")?,
            creator: raw.deployment_creator.unwrap_or_else(|| "user".to_owned()),
            kind: raw.deployment_type.unwrap_or_else(|| "IN_PLACE".to_owned()),
            appspec_name: appspec_name(raw.app_spec_filename)?,
            file_exists_behavior: behavior.transpose()?.unwrap_or_default(),
            possible_events: raw
                .all_possible_lifecycle_events
                .filter(|of| !of.is_empty()),
            revision: revision(raw.revision, raw.token)?,
        })
    }

    /// Whether this takes a blue/green deployment back.
    pub fn is_blue_green_rollback(&self) -> bool {
        self.kind == "BLUE_GREEN" && self.creator == "codeDeployRollback"
    }
}

/// The name stays below the revision's folder.
fn appspec_name(given: Option<String>) -> Done<String> {
    let Some(name) = given.filter(|name| !name.is_empty()) else {
        return Ok(DEFAULT_NAME.to_owned());
    };
    match crate::engine::build::archive::relative(&name) {
        Some(path) if !path.as_str().is_empty() => Ok(path.into_string()),
        _ => Err(Fault::unknown(format!(
            "Deployment Spec has an invalid AppSpecFilename: {name}"
        ))),
    }
}

/// `arn:…:deployment/d-1` → `d-1`.
fn of_arn(id: &str) -> &str {
    match id.starts_with("arn:") {
        true => id.rsplit('/').next().unwrap_or(id),
        false => id,
    }
}

fn revision(raw: Option<RawRevision>, token: Option<String>) -> Done<Revision> {
    let raw = raw.ok_or_else(|| Fault::unknown("Must specify a revison"))?;
    let kind = raw.revision_type;
    let kind = kind.ok_or_else(|| Fault::unknown("Must specify a revision source"))?;
    match (kind.as_str(), raw.s3, raw.github) {
        ("S3", Some(of), _) => s3(of),
        ("GitHub", _, Some(of)) => github(of, token),
        _ => Err(Fault::unknown(
            "Exactly one of S3Revision, GitHubRevision, or LocalRevision must be specified",
        )),
    }
}

fn s3(of: RawS3) -> Done<Revision> {
    let (Some(bucket), Some(key), Some(kind)) = (of.bucket, of.key, of.bundle_type) else {
        return Err(Fault::unknown(
            "S3Revision in Deployment Spec must specify Bucket, Key and BundleType",
        ));
    };
    let kind = match kind.as_str() {
        "tar" => BundleKind::Tar,
        "tgz" => BundleKind::Tgz,
        "zip" => BundleKind::Zip,
        _ => {
            let text = "BundleType in S3Revision must be tar, tgz or zip";
            return Err(Fault::unknown(text));
        }
    };
    Ok(Revision::S3 {
        bucket,
        key,
        kind,
        version: of.version.filter(|of| !of.is_empty()),
        etag: of.etag.filter(|of| !of.is_empty()),
    })
}

fn github(of: RawGitHub, token: Option<String>) -> Done<Revision> {
    let (Some(account), Some(repository), Some(commit)) = (of.account, of.repository, of.commit_id)
    else {
        return Err(Fault::unknown(
            "GitHubRevision in Deployment Spec must specify Account, Repository and CommitId",
        ));
    };
    let kind = match of.bundle_type.as_deref() {
        Some("zip") => BundleKind::Zip,
        _ => BundleKind::Tar,
    };
    Ok(Revision::GitHub {
        account,
        repository,
        commit,
        kind,
        token: token.filter(|of| !of.is_empty()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    pub fn sample() -> Value {
        json!({"DeploymentId": "d-1", "DeploymentGroupId": "g-1", "DeploymentGroupName": "group", "ApplicationName": "app",
            "Revision": {"RevisionType": "S3", "S3Revision": {"Bucket": "b", "Key": "k.zip", "BundleType": "zip"}}})
    }

    fn parse(change: impl FnOnce(&mut Value)) -> Result<Specification, String> {
        let mut value = sample();
        change(&mut value);
        Specification::parse(value.to_string().as_bytes()).map_err(|fault| fault.message)
    }

    /// Witness: contract §8.8, the keys of the specification.
    #[test]
    fn what_is_left_out_has_the_stock_agents_defaults() {
        let spec = parse(|_| {}).unwrap();
        assert_eq!(
            (spec.creator.as_str(), spec.kind.as_str()),
            ("user", "IN_PLACE")
        );
        assert_eq!(spec.appspec_name, "appspec.yml");
        assert_eq!(spec.file_exists_behavior, FileExistsBehavior::Disallow);
        assert_eq!(spec.possible_events, None);
        let revision = Revision::S3 {
            bucket: "b".into(),
            key: "k.zip".into(),
            kind: BundleKind::Zip,
            version: None,
            etag: None,
        };
        assert_eq!(spec.revision, revision);
    }

    /// Witness: contract §8.8, DeploymentId and AgentActionOverrides.
    #[test]
    fn ids_come_as_arns_and_behaviors_in_any_case() {
        let spec = parse(|spec| {
            spec["DeploymentId"] = json!("arn:aws:codedeploy:us-east-1:1:deployment/d-9");
            spec["AgentActionOverrides"] =
                json!({"AgentOverrides": {"FileExistsBehavior": "overwrite"}});
        });
        let spec = spec.unwrap();
        assert_eq!(spec.deployment_id, "d-9");
        assert_eq!(spec.file_exists_behavior, FileExistsBehavior::Overwrite);
    }

    #[test]
    fn github_revisions_have_a_token_or_none() {
        let revision = json!({"RevisionType": "GitHub",
            "GitHubRevision": {"Account": "o", "Repository": "r", "CommitId": "c"}});
        let spec = parse(|spec| spec["Revision"] = revision).unwrap();
        assert!(matches!(
            spec.revision,
            Revision::GitHub {
                token: None,
                kind: BundleKind::Tar,
                ..
            }
        ));
    }

    /// Witness: contract §8.8, the column "Required".
    #[test]
    fn what_is_needed_is_named() {
        for key in [
            "DeploymentId",
            "DeploymentGroupId",
            "DeploymentGroupName",
            "ApplicationName",
        ] {
            for value in [Value::Null, json!("")] {
                let error = parse(|spec| spec[key] = value).unwrap_err();
                assert_eq!(error, format!("Deployment Spec has no {key}"));
            }
        }
        let refused = |change: fn(&mut Value)| parse(change).unwrap_err();
        assert!(refused(|spec| spec["DeploymentGroupId"] = json!("../x")).contains("invalid"));
        assert!(refused(|spec| spec["AppSpecFilename"] = json!("../x")).contains("invalid"));
        assert!(
            refused(|spec| spec["Revision"]["S3Revision"]["BundleType"] = json!("rar"))
                .contains("tar, tgz or zip")
        );
        assert!(
            refused(|spec| spec["Revision"]["RevisionType"] = json!("GitHub"))
                .starts_with("Exactly one of")
        );
        assert!(refused(|spec| *spec = json!([])).starts_with("Deployment Spec is not valid"));
    }
}
