//! Roles and the sessions that engines have of them.
//!
//! Invariant: secrets of a session are never shown.

use crate::aws::Time;
use std::time::Duration;

/// Temporary credentials that our front layer resolves to an account and a session.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SessionCredentials {
    pub access_key_id: String,
    pub secret_access_key: String,
    pub session_token: String,
    pub expires: Time,
}

impl std::fmt::Debug for SessionCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionCredentials")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// A session that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionWish {
    pub role_arn: String,
    /// Who assumes the role: a service such as `codebuild.amazonaws.com`, or the ARN of another role.
    pub by: String,
    /// The session's name.
    pub name: String,
    pub lasts: Duration,
    /// `None`: the session may do all that the role may.
    pub limits: Option<SessionLimits>,
}

/// What a session may do, where that is less than its role may: read and write these objects, and ask who it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SessionLimits {
    /// Buckets and keys.
    pub objects: Vec<(String, String)>,
}

impl SessionLimits {
    pub fn allow(&self, bucket: &str, key: &str) -> bool {
        let mut objects = self.objects.iter();
        objects.any(|(of, known)| (of.as_str(), known.as_str()) == (bucket, key))
    }
}

/// Why a role could not be assumed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    #[error("role {0} does not exist")]
    NoSuchRole(String),
    #[error("role {0} does not trust {1}")]
    NotTrusted(String, String),
    #[error("{0}")]
    Failed(String),
}
