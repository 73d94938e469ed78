//! The specification of a deployment as agents read it: JSON inside of a signed envelope.
//!
//! Source: contract, codedeploy section 8.8, "Specification JSON".

use serde::{Deserialize, Serialize};

/// What an agent needs to know to deploy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Specification {
    /// `d-…`, or the deployment's ARN, which ends with it.
    pub deployment_id: String,
    pub deployment_group_id: String,
    pub deployment_group_name: String,
    pub application_name: String,
    /// Such as `user` or `codeDeployRollback`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_creator: Option<String>,
    /// `IN_PLACE` or `BLUE_GREEN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_type: Option<String>,
    /// Absent: `appspec.yml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_spec_filename: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_action_overrides: Option<AgentActionOverrides>,
    pub revision: Revision,
    /// Absent: anonymous.
    #[serde(
        rename = "GitHubAccessToken",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub git_hub_access_token: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AgentActionOverrides {
    pub agent_overrides: AgentOverrides,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AgentOverrides {
    /// `DISALLOW`, `OVERWRITE` or `RETAIN`.
    pub file_exists_behavior: String,
}

/// Where the bundle is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "RevisionType")]
pub enum Revision {
    S3 {
        #[serde(rename = "S3Revision")]
        at: S3Revision,
    },
    GitHub {
        #[serde(rename = "GitHubRevision")]
        at: GitHubRevision,
    },
}

impl Default for Revision {
    fn default() -> Self {
        Self::S3 {
            at: S3Revision::default(),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct S3Revision {
    pub bucket: String,
    pub key: String,
    /// `tar`, `tgz` or `zip`.
    pub bundle_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(rename = "ETag", default, skip_serializing_if = "Option::is_none")]
    pub e_tag: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GitHubRevision {
    /// Owner of the repository.
    pub account: String,
    pub repository: String,
    pub commit_id: String,
    /// Absent: `tar`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle_type: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Witness: contract codedeploy §8.8.
    #[test]
    fn members_have_the_names_that_agents_look_for() {
        let of = |revision| Specification {
            deployment_id: "d-AAAAAAAAA".to_owned(),
            deployment_group_id: "1".to_owned(),
            deployment_group_name: "g".to_owned(),
            application_name: "a".to_owned(),
            agent_action_overrides: Some(AgentActionOverrides {
                agent_overrides: AgentOverrides {
                    file_exists_behavior: "RETAIN".to_owned(),
                },
            }),
            revision,
            ..Specification::default()
        };
        let s3 = of(Revision::S3 {
            at: S3Revision {
                bucket: "b".to_owned(),
                key: "k".to_owned(),
                bundle_type: "zip".to_owned(),
                version: None,
                e_tag: Some("e".to_owned()),
            },
        });
        let expected = json!({
            "DeploymentId": "d-AAAAAAAAA", "DeploymentGroupId": "1", "DeploymentGroupName": "g", "ApplicationName": "a",
            "AgentActionOverrides": {"AgentOverrides": {"FileExistsBehavior": "RETAIN"}},
            "Revision": {"RevisionType": "S3", "S3Revision": {"Bucket": "b", "Key": "k", "BundleType": "zip", "ETag": "e"}}});
        assert_eq!(serde_json::to_value(&s3).unwrap(), expected);
        let back: Specification = serde_json::from_value(expected).unwrap();
        assert_eq!(back, s3);
        let git = of(Revision::GitHub {
            at: GitHubRevision {
                account: "o".to_owned(),
                repository: "r".to_owned(),
                commit_id: "c".to_owned(),
                bundle_type: None,
            },
        });
        let shown = serde_json::to_value(&git).unwrap();
        assert_eq!(
            shown["Revision"],
            json!({"RevisionType": "GitHub", "GitHubRevision": {"Account": "o", "Repository": "r", "CommitId": "c"}})
        );
    }
}
