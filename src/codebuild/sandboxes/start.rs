//! Starts one sandbox: a project's settings, with no phases to run.

use super::view;
use crate::aws::Scope;
use crate::codebuild::CodeBuild;
use crate::codebuild::launch::{Refused, StartToken, remember};
use crate::codebuild::plan::{Start as Planned, plan};
use crate::codebuild::settings::Settings;
use crate::engine::build::commands::start::start as begin;
use crate::engine::build::plan::{BuildPlan, Cache, Purpose};
use crate::store::WriteError;
use codebuild_api::model;

/// A sandbox to be started.
#[derive(Clone, Debug)]
pub struct Start {
    pub scope: Scope,
    pub project: String,
    /// The part of the id after the colon.
    pub uuid: String,
    pub settings: Settings,
    pub initiator: String,
    pub token: Option<StartToken>,
}

/// Starts a sandbox and gives it as the wire shows it; repeated starts give the sandbox they started first.
pub async fn start(service: &CodeBuild, start: Start) -> Result<model::Sandbox, Refused> {
    let tables = service.tables.clone();
    let (scope, settings) = (start.scope.clone(), start.settings.clone());
    let id = format!("{}:{}", start.project, start.uuid);
    let key = (scope.clone(), id.clone());
    let row = key.clone();
    let started = service.engine.command(key, move |existing, now, tx| {
        if existing.is_some() {
            return Err(Refused::Repeated(id));
        }
        if let Some(token) = &start.token {
            remember(&tables, tx, &start.scope, &id, token, now)?;
        }
        tables.sandboxes.place(tx, &row, &start.project, now);
        tx.put_record(&tables.sandboxes.settings, row, start.settings.clone());
        let planned = Planned {
            scope: start.scope,
            project: start.project,
            uuid: start.uuid,
            number: 0,
            initiator: start.initiator,
            now,
            cache: String::new(),
            public_alias: None,
            pipeline: None,
        };
        let plan = BuildPlan {
            purpose: Purpose::Sandbox,
            artifacts: None,
            secondary_artifacts: Vec::new(),
            cache: Cache::Off,
            ..plan(planned, &start.settings)
        };
        let step = begin(None, plan, now).expect("no sandbox has this id");
        let state = step.state.clone().expect("a sandbox lives after its start");
        Ok((step, state))
    });
    match started.await.map_err(WriteError::refused) {
        Ok(state) => Ok(view::sandbox(&settings, &state)),
        Err(Refused::Repeated(id)) => {
            let found = service.find_sandbox(&scope, &id);
            found.ok_or(Refused::Repeated(id))
        }
        Err(refused) => Err(refused),
    }
}
