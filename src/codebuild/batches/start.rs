//! Starts one batch: for StartBuildBatch and the pipeline engine alike.
//!
//! One commit writes the project's counter, the batch's settings, its places in the lists and the engine's row.

use super::settings::{BatchSettings, PipelineBatch};
use super::view;
use crate::aws::{Scope, Time};
use crate::codebuild::CodeBuild;
use crate::codebuild::launch::{Refused, StartToken, remember};
use crate::codebuild::pipeline_build::{settings, uuid};
use crate::codebuild::settings::Settings;
use crate::codebuild::store::Tables;
use crate::engine::Step;
use crate::engine::batch::commands::start::start as begin;
use crate::engine::batch::{BatchPlan, BatchState, Batches};
use crate::engine::pipeline::Seed;
use crate::engine::world::{BatchWish, BuildListener, BuildRequest, LaunchRefused, LaunchedBuild};
use crate::store::{Txn, WriteError};
use codebuild_api::model;
use uuid::Uuid;

/// A batch to be started.
#[derive(Clone, Debug)]
pub struct Start {
    pub scope: Scope,
    pub project: String,
    /// The part of the id after the colon. The same one again starts nothing.
    pub uuid: String,
    pub settings: BatchSettings,
    pub initiator: String,
    pub listener: Option<BuildListener>,
    pub token: Option<StartToken>,
}

/// Starts a batch and gives it as the wire shows it; repeated starts give the batch they started first.
pub async fn start(service: &CodeBuild, start: Start) -> Result<model::BuildBatch, Refused> {
    let tables = service.tables.clone();
    let scope = start.scope.clone();
    let settings = start.settings.clone();
    let key = (scope.clone(), format!("{}:{}", start.project, start.uuid));
    let seed = Seed::new(Uuid::new_v4());
    let started = service.batches.command(key, move |existing, now, tx| {
        record(&tables, tx, existing, now, start, seed)
    });
    match started.await.map_err(WriteError::refused) {
        Ok(state) => Ok(view::batch(&settings, &state)),
        Err(Refused::Repeated(id)) => {
            let batch = service.find_batch(&scope, &id);
            batch.ok_or(Refused::Repeated(id))
        }
        Err(refused) => Err(refused),
    }
}

fn record(
    tables: &Tables,
    tx: &mut Txn,
    existing: Option<BatchState>,
    now: Time,
    start: Start,
    seed: Seed,
) -> Result<(Step<Batches>, BatchState), Refused> {
    let id = format!("{}:{}", start.project, start.uuid);
    let key = (start.scope.clone(), id.clone());
    if existing.is_some() || tx.get_record(&tables.batches.settings, &key).is_some() {
        return Err(Refused::Repeated(id));
    }
    if let Some(token) = &start.token {
        remember(tables, tx, &start.scope, &id, token, now)?;
    }
    let number = tables.count_batch(tx, (start.scope.clone(), start.project.clone()));
    let plan = BatchPlan {
        restrictions: start.settings.restrictions(),
        timeout_minutes: start.settings.timeout_minutes(),
        combined: start.settings.combined(),
        scope: start.scope,
        project: start.project,
        uuid: start.uuid,
        number,
        initiator: start.initiator,
        seed,
        listener: start.listener,
        start: now,
    };
    tx.put_record(&tables.batches.settings, key, start.settings);
    let step = begin(plan, now);
    let state = step.state.clone().expect("a batch lives after its start");
    tables.batches.place(tx, &state);
    Ok((step, state))
}

/// Starts the batch that a pipeline's action asks for, or finds the one that the same effect started before.
pub async fn launch_batch(
    service: &CodeBuild,
    request: BuildRequest,
    wish: BatchWish,
) -> Result<LaunchedBuild, LaunchRefused> {
    let key = (request.scope.clone(), request.project.clone());
    let Some(project) = service.tables.projects.get(&key) else {
        return Err(LaunchRefused::NoSuchProject(request.project));
    };
    let Some(config) = project.build_batch_config.clone() else {
        let refused = crate::codebuild::errors::no_batch_config(&request.project);
        return Err(LaunchRefused::Refused(refused.message));
    };
    let settings = settings(Settings::of(&project), &request);
    let started = start(
        service,
        Start {
            uuid: uuid(service.store.instance(), request.effect.as_str()),
            settings: BatchSettings {
                settings,
                config,
                pipeline: Some(PipelineBatch {
                    sources: request.sources,
                    primary: request.primary,
                    outputs: request.outputs,
                    combine: wish.combine,
                }),
            },
            initiator: request.initiator,
            scope: request.scope,
            project: request.project,
            listener: Some(request.listener),
            token: None,
        },
    );
    let id = match started.await {
        Ok(batch) => batch.id.unwrap_or_default(),
        Err(Refused::Repeated(id)) => id,
        Err(refused) => return Err(LaunchRefused::Refused(refused.text())),
    };
    Ok(LaunchedBuild {
        id,
        log_stream_arn: None,
    })
}
