//! What a batch needs to know from its first breath: resolved when it is started, never changes.

use super::spec::{BatchSpec, Task};
use crate::aws::arn::Arn;
use crate::aws::{Scope, Time};
use crate::engine::build::plan::Artifacts;
use crate::engine::build::state::Context;
use crate::engine::pipeline::Seed;
use crate::engine::world::BuildListener;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// One batch: the project's settings and overrides are already merged, and lie with the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchPlan {
    pub scope: Scope,
    pub project: String,
    /// The part of the batch's id after the colon: a lower-case UUID.
    pub uuid: String,
    /// 1, 2, 3, … per project; builds have numbers of their own.
    pub number: u64,
    pub initiator: String,
    /// The ids of the batch's builds are drawn from it.
    pub seed: Seed,
    pub restrictions: Restrictions,
    /// Of the whole batch, counted from its start or its newest retry.
    pub timeout_minutes: u32,
    /// Where the artifacts of all builds are put together; empty when they are not.
    pub combined: Vec<Combined>,
    /// The pipeline that waits for the end.
    pub listener: Option<BuildListener>,
    pub start: Time,
}

/// What the builds of a batch may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restrictions {
    pub builds: u32,
    /// Empty: all.
    pub computes: Vec<String>,
    /// Names or ARNs; empty: all.
    pub fleets: Vec<String>,
    /// What a task gets that does not say otherwise.
    pub compute: String,
}

/// One place where artifacts of the same name are put together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Combined {
    /// `None`: the primary artifacts.
    pub identifier: Option<String>,
    pub at: Artifacts,
    pub encryption_key: String,
}

impl BatchPlan {
    /// `project:uuid`.
    pub fn id(&self) -> String {
        format!("{}:{}", self.project, self.uuid)
    }

    /// The row's key.
    pub fn key(&self) -> (Scope, String) {
        (self.scope.clone(), self.id())
    }

    pub fn arn(&self) -> String {
        arn(&self.scope, &self.id())
    }

    pub fn timeout(&self) -> Duration {
        Duration::from_secs(u64::from(self.timeout_minutes) * 60)
    }

    /// The UUID of the build that a group's attempt gets.
    pub fn build_uuid(&self, group: &str, attempt: u32) -> String {
        self.seed.uuid(&[group, &attempt.to_string()])
    }

    /// Why a buildspec asks for more than the project allows.
    pub fn refusal(&self, spec: &BatchSpec) -> Option<Context> {
        let allowed = &self.restrictions;
        let count = spec.tasks.len();
        if u32::try_from(count).unwrap_or(u32::MAX) > allowed.builds {
            return Some(refused(format!(
                "The batch has {count} builds, and maximumBuildsAllowed is {}",
                allowed.builds
            )));
        }
        spec.tasks.iter().find_map(|task| allowed.refusal(task))
    }
}

impl Restrictions {
    fn refusal(&self, task: &Task) -> Option<Context> {
        let name = &task.identifier;
        if let Some(fleet) = &task.env.fleet {
            let known = |allowed: &String| same_fleet(allowed, fleet);
            let allowed = self.fleets.is_empty() || self.fleets.iter().any(known);
            return (!allowed).then(|| {
                refused(format!(
                    "The build {name} has the fleet {fleet}, which is not among the fleetsAllowed"
                ))
            });
        }
        let compute = task.env.compute.as_ref().unwrap_or(&self.compute);
        let allowed = self.computes.is_empty() || self.computes.contains(compute);
        (!allowed).then(|| {
            refused(format!(
                "The build {name} has the compute type {compute}, which is not among the computeTypesAllowed"
            ))
        })
    }
}

/// A fleet may be named or given as its ARN, `…:fleet/<name>:<uuid>`.
fn same_fleet(one: &str, other: &str) -> bool {
    let name = |text: &str| {
        let resource = Arn::parse(text).map(|arn| arn.resource);
        let resource = resource.as_deref().unwrap_or(text);
        let named = resource.strip_prefix("fleet/").unwrap_or(resource);
        named.split(':').next().unwrap_or_default().to_owned()
    };
    one == other || name(one) == name(other)
}

fn refused(message: String) -> Context {
    Context::new("CLIENT_ERROR", message)
}

/// `arn:aws:codebuild:R:A:build-batch/P:U`.
pub fn arn(scope: &Scope, id: &str) -> String {
    Arn::regional("codebuild", scope, format!("build-batch/{id}")).to_string()
}
