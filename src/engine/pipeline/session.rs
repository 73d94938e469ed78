//! The session that a job's worker or function gets.
//!
//! Source: contract, codepipeline sections 6.7 and 7.1.

use super::execution::ArtifactAt;
use crate::companions::{SessionLimits, SessionWish};
use std::time::Duration;

/// How long credentials of a job are good; they are renewed with each invocation and each question for them.
const GOOD: Duration = Duration::from_secs(15 * 60);

/// A session of the role that acts, limited to the job's artifacts.
pub fn job_session<'a>(
    role: &str,
    by: &str,
    job: &str,
    artifacts: impl IntoIterator<Item = &'a ArtifactAt>,
) -> SessionWish {
    let place = |at: &ArtifactAt| (at.bucket.clone(), at.key.clone());
    SessionWish {
        role_arn: role.to_owned(),
        by: by.to_owned(),
        name: job.to_owned(),
        lasts: GOOD,
        limits: Some(SessionLimits {
            objects: artifacts.into_iter().map(place).collect(),
        }),
    }
}
