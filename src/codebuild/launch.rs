//! Starts one build: for StartBuild, RetryBuild and the pipeline engine alike.
//!
//! One commit writes the project's counter, the build's settings and the engine's row; only then does anything run.

use super::CodeBuild;
use super::plan::{PipelineSide, Start, plan};
use super::settings::Settings;
use super::store::{Activity, Tables, Token};
use super::view;
use crate::aws::{Scope, Time};
use crate::engine::Step;
use crate::engine::build::{self, BuildPlan, commands::start::start, state::BuildState};
use crate::store::{Txn, WriteError};
use codebuild_api::model;
use std::time::Duration;

/// How long a start may be repeated with its token.
const REMEMBERED: Duration = Duration::from_secs(5 * 60);
/// Forgotten tokens removed by one start, so that no start pays for all of them.
const SWEPT: usize = 16;

/// A build to be started.
#[derive(Clone, Debug)]
pub struct Launch {
    pub scope: Scope,
    pub project: String,
    /// The part of the build id after the colon. The same one again starts nothing.
    pub uuid: String,
    pub settings: Settings,
    pub initiator: String,
    pub pipeline: Option<PipelineSide>,
    pub token: Option<StartToken>,
}

/// The customer's idempotency token and a digest of what it came with.
#[derive(Clone, Debug)]
pub struct StartToken {
    pub token: String,
    pub digest: String,
}

/// Why nothing was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The token started this build before.
    Repeated(String),
    /// The token came with another request.
    Mismatch(String),
    /// The project's own limit.
    TooManyRunning(i32),
    /// The batch that asked for the build does not want it any more.
    Unwanted(String),
}

impl Refused {
    /// For people.
    pub fn text(&self) -> String {
        match self {
            Refused::Repeated(id) => format!("{id} has been started before"),
            Refused::Mismatch(token) => super::errors::token_reused(token).message,
            Refused::TooManyRunning(limit) => super::errors::too_many_running(*limit).message,
            Refused::Unwanted(batch) => format!("the batch {batch} does not wait for this build"),
        }
    }
}

impl StartToken {
    /// A token of a batch; builds may have the same. The digest is still to be given.
    pub fn of_batch(token: String) -> Self {
        Self {
            token: format!("batch/{token}"),
            digest: String::new(),
        }
    }
}

/// Starts a build and gives it as the wire shows it; repeated starts give the build they started first.
pub async fn launch(service: &CodeBuild, launch: Launch) -> Result<model::Build, Refused> {
    launch_as(service, launch, |plan| plan).await
}

/// The same with a plan that `finish` has the last word on.
pub async fn launch_as(
    service: &CodeBuild,
    launch: Launch,
    finish: impl FnOnce(BuildPlan) -> BuildPlan + Send + 'static,
) -> Result<model::Build, Refused> {
    let tables = service.tables.clone();
    let scope = launch.scope.clone();
    let settings = launch.settings.clone();
    let key = (scope.clone(), format!("{}:{}", launch.project, launch.uuid));
    let started = service.engine.command(key, move |existing, now, tx| {
        record(&tables, tx, existing, now, launch, finish)
    });
    match started.await.map_err(WriteError::refused) {
        Ok(state) => Ok(view::build(&settings, &state)),
        Err(Refused::Repeated(id)) => {
            let build = service.find_build(&scope, &id);
            build.ok_or(Refused::Repeated(id))
        }
        Err(refused) => Err(refused),
    }
}

/// The start of a build inside a write; `finish` has the last word on its plan.
pub(super) fn record(
    tables: &Tables,
    tx: &mut Txn,
    existing: Option<BuildState>,
    now: Time,
    launch: Launch,
    finish: impl FnOnce(BuildPlan) -> BuildPlan,
) -> Result<(Step<build::Build>, BuildState), Refused> {
    let id = format!("{}:{}", launch.project, launch.uuid);
    let build = (launch.scope.clone(), id.clone());
    if existing.is_some() || tx.get_record(&tables.settings, &build).is_some() {
        return Err(Refused::Repeated(id));
    }
    if let Some(token) = &launch.token {
        remember(tables, tx, &launch.scope, &id, token, now)?;
    }
    let (number, cache) = count(tables, tx, &launch, &id)?;
    let project = tx.get(
        &tables.projects,
        &(launch.scope.clone(), launch.project.clone()),
    );
    let public_alias = project.and_then(|project| project.public_project_alias.clone());
    tx.put_record(&tables.settings, build, launch.settings.clone());
    tx.put_record(
        &tables.numbers,
        (launch.scope.clone(), launch.project.clone(), number),
        id,
    );
    let start_of = Start {
        scope: launch.scope,
        project: launch.project,
        uuid: launch.uuid,
        number,
        initiator: launch.initiator,
        now,
        cache,
        public_alias,
        pipeline: launch.pipeline,
    };
    let plan = finish(plan(start_of, &launch.settings));
    let step = start(None, plan, now).expect("no build has this id");
    let state = step.state.clone().expect("a build lives after its start");
    Ok((step, state))
}

/// Remembers a token, or says what it started before.
pub(super) fn remember(
    tables: &Tables,
    tx: &mut Txn,
    scope: &Scope,
    build: &str,
    token: &StartToken,
    now: Time,
) -> Result<(), Refused> {
    let forgotten = now - REMEMBERED;
    for (_, key) in tables
        .tokens_by_age
        .range(..forgotten, crate::store::Direction::Forward, SWEPT)
    {
        tx.remove(&tables.tokens, &key);
    }
    let key = (scope.clone(), token.token.clone());
    match tx
        .get(&tables.tokens, &key)
        .filter(|known| known.made >= forgotten)
    {
        Some(known) if known.digest == token.digest => Err(Refused::Repeated(known.build.clone())),
        Some(_) => Err(Refused::Mismatch(token.token.clone())),
        None => {
            let made = Token {
                build: build.to_owned(),
                digest: token.digest.clone(),
                made: now,
            };
            tx.put(&tables.tokens, key, made);
            Ok(())
        }
    }
}

// Differs from AWS: builds that wait in the queue are not counted: StartBuild never answers that an account has too many, and a project's concurrentBuildLimit may be of any size.
/// The build's number, and which of the project's caches it sees: none of an earlier project of this name, and none that was
/// invalidated.
fn count(
    tables: &Tables,
    tx: &mut Txn,
    launch: &Launch,
    id: &str,
) -> Result<(u64, String), Refused> {
    let key = (launch.scope.clone(), launch.project.clone());
    let mut activity = tx
        .get(&tables.activity, &key)
        .map_or_else(Activity::default, |row| (*row).clone());
    if let Some(limit) = launch.settings.concurrent_build_limit {
        let running = i32::try_from(activity.live.len()).unwrap_or(i32::MAX);
        if running >= limit {
            return Err(Refused::TooManyRunning(limit));
        }
    }
    activity.last_number += 1;
    activity.live.insert(id.to_owned());
    let project = tx.get(&tables.projects, &key);
    let created = project.and_then(|project| project.created);
    let created = created.map_or(0, |created| created.as_nanos());
    let cache = format!("{created} {}", activity.cache_generation);
    let counted = (activity.last_number, cache);
    tx.put(&tables.activity, key, activity);
    Ok(counted)
}
