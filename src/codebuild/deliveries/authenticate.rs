//! Whether the sender of a delivery knows the webhook's secret.
//!
//! Invariant: how long a comparison takes tells nothing about the right answer.

use super::decide::Delivery;
use crate::git::signature;
use codebuild_api::model::ServerType;

/// GitHub signs the body, GitLab sends the secret, Bitbucket has none: there the URL itself is the secret.
pub fn is_authentic(server: ServerType, secret: Option<&str>, delivery: &Delivery) -> bool {
    match (server, secret) {
        (ServerType::Bitbucket, _) => true,
        (_, None) => false,
        (ServerType::Github | ServerType::GithubEnterprise, Some(secret)) => {
            let (sha256, sha1) = (delivery.sha256.as_deref(), delivery.sha1.as_deref());
            signature::is_signed(secret, &delivery.body, sha256, sha1)
        }
        (ServerType::Gitlab | ServerType::GitlabSelfManaged, Some(secret)) => {
            let given = delivery.token.as_deref().unwrap_or_default();
            signature::is_same(secret, given)
        }
    }
}
