//! StartPipelineExecution: begins an execution, or answers with the one that the same request began before.

use super::super::begin::{self, Beginning};
use super::super::execution::{Listener, Pin, Trigger};
use super::super::plan::Plan;
use super::super::state::{Pipeline, StartToken};
use super::super::turn::Turn;
use super::super::{Seed, machine::Pipelines};
use crate::aws::Time;
use crate::engine::Step;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// What comes with the wish.
#[derive(Clone, Debug)]
pub struct StartExecution {
    pub seed: Seed,
    pub trigger: Trigger,
    /// Names and values; names that the pipeline does not declare are ignored.
    pub variables: Vec<(String, String)>,
    /// `clientRequestToken`.
    pub token: Option<String>,
    pub revisions: Vec<SourceOverride>,
    /// The action of another pipeline that waits for the end.
    pub listener: Option<Listener>,
}

/// An item of `sourceRevisions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceOverride {
    pub action: String,
    pub kind: RevisionKind,
    pub value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RevisionKind {
    CommitId,
    ImageDigest,
    #[serde(rename = "S3_OBJECT_VERSION_ID")]
    S3ObjectVersionId,
    #[serde(rename = "S3_OBJECT_KEY")]
    S3ObjectKey,
}

/// Why no execution begins.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartRefused {
    #[error("Variable names must be unique. The following variable name is already in use: {0}")]
    DuplicateVariable(String),
    #[error("the pipeline has no source action named {0}")]
    UnknownSource(String),
    #[error("the source action {action} does not take revisions of type {kind}")]
    WrongRevisionType { action: String, kind: &'static str },
    #[error("the source action {0} does not set AllowOverrideForS3ObjectKey to true")]
    KeyNotOverridable(String),
    #[error("the pipeline has as many live executions as it may have")]
    TooManyExecutions,
    #[error("the definition of the pipeline has changed meanwhile")]
    Outdated,
}

/// How long and how many tokens are remembered.
const TOKENS: (Duration, usize) = (Duration::from_secs(24 * 60 * 60), 100);

/// Begins an execution of the current definition, `plan`; yields its id. A missing row counts as a pipeline that never ran.
pub fn start_execution(
    state: Option<Pipeline>,
    plan: &Arc<Plan>,
    now: Time,
    wish: StartExecution,
) -> Result<(Step<Pipelines>, String), StartRefused> {
    let mut pipeline = state.unwrap_or_default();
    check_variables(&wish.variables)?;
    forget_tokens(&mut pipeline, now);
    if let Some(id) = earlier(&pipeline, wish.token.as_deref()) {
        return Ok((Step::stay(pipeline), id));
    }
    if plan.version < pipeline.version {
        return Err(StartRefused::Outdated);
    }
    let pins = pins(plan, &wish.revisions)?;
    if begin::is_full(&pipeline, plan.mode) {
        return Err(StartRefused::TooManyExecutions);
    }
    pipeline.version = plan.version;
    let mut turn = Turn::new(pipeline, now);
    let beginning = Beginning {
        seed: wish.seed,
        trigger: wish.trigger,
        variables: wish.variables,
        pins,
        listener: wish.listener,
    };
    let id = begin::begin(&mut turn, plan.clone(), beginning);
    if let Some(token) = wish.token {
        remember(&mut turn, token, &id);
    }
    Ok((turn.finish(), id))
}

fn check_variables(variables: &[(String, String)]) -> Result<(), StartRefused> {
    let mut seen = BTreeSet::new();
    match variables.iter().find(|(name, _)| !seen.insert(name)) {
        Some((name, _)) => Err(StartRefused::DuplicateVariable(name.clone())),
        None => Ok(()),
    }
}

fn earlier(pipeline: &Pipeline, token: Option<&str>) -> Option<String> {
    let mut known = pipeline.tokens.iter();
    let found = known.find(|known| Some(known.token.as_str()) == token)?;
    Some(found.execution.clone())
}

fn forget_tokens(pipeline: &mut Pipeline, now: Time) {
    let fresh = |token: &StartToken| now.since(token.used) < TOKENS.0;
    pipeline.tokens.retain(fresh);
}

fn remember(turn: &mut Turn, token: String, id: &str) {
    let token = StartToken {
        token,
        execution: id.to_owned(),
        used: turn.now,
    };
    turn.pipeline.tokens.push_back(token);
    while turn.pipeline.tokens.len() > TOKENS.1 {
        turn.pipeline.tokens.pop_front();
    }
}

fn pins(plan: &Plan, revisions: &[SourceOverride]) -> Result<BTreeMap<String, Pin>, StartRefused> {
    let mut pins = BTreeMap::<String, Pin>::new();
    for revision in revisions {
        check(plan, revision)?;
        let pin = pins.entry(revision.action.clone()).or_default();
        match revision.kind {
            RevisionKind::S3ObjectKey => pin.object_key = Some(revision.value.clone()),
            _ => pin.revision = Some(revision.value.clone()),
        }
    }
    Ok(pins)
}

fn check(plan: &Plan, revision: &SourceOverride) -> Result<(), StartRefused> {
    use RevisionKind::{CommitId, ImageDigest, S3ObjectKey, S3ObjectVersionId};
    let name = &revision.action;
    let Some(source) = plan.source(name) else {
        return Err(StartRefused::UnknownSource(name.clone()));
    };
    let allowed = source.config("AllowOverrideForS3ObjectKey");
    match (source.kind.provider.as_str(), revision.kind) {
        ("S3", S3ObjectKey) if allowed != Some("true") => {
            Err(StartRefused::KeyNotOverridable(name.clone()))
        }
        ("S3", S3ObjectKey | S3ObjectVersionId) => Ok(()),
        ("ECR", ImageDigest) => Ok(()),
        ("CodeCommit" | "CodeStarSourceConnection" | "GitHub", CommitId) => Ok(()),
        (_, kind) => Err(StartRefused::WrongRevisionType {
            action: name.clone(),
            kind: kind.as_str(),
        }),
    }
}

impl RevisionKind {
    /// As on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CommitId => "COMMIT_ID",
            Self::ImageDigest => "IMAGE_DIGEST",
            Self::S3ObjectVersionId => "S3_OBJECT_VERSION_ID",
            Self::S3ObjectKey => "S3_OBJECT_KEY",
        }
    }
}
