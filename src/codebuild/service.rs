//! The service as handlers and launchers see it, and the list of its operations.

use super::batches::rows::BatchKey;
use super::events::events;
use super::operations::*;
use super::settings::Settings;
use super::store::{BuildKey, Tables};
use super::{batches, sandboxes, view};
use crate::aws::Scope;
use crate::companions::events::Events;
use crate::engine::batch::{self, BatchState, Batches};
use crate::engine::build::commands::stop::stop;
use crate::engine::build::plan::Purpose;
use crate::engine::build::{Build, Record, state::BuildState};
use crate::engine::driver::{Driver, Keep};
use crate::git::Git;
use crate::server::call::Call;
use crate::server::{Service, Typed};
use crate::store::{Store, Txn, WriteError};
use codebuild_api::CodeBuildBuilder;
use codebuild_api::error::InvalidInputException;
use codebuild_api::model;
use slipway_runtime::MissingHandlers;

/// Tables and engine of CodeBuild; cheap to clone.
#[derive(Clone)]
pub struct CodeBuild {
    pub store: Store,
    pub tables: Tables,
    pub engine: Driver<Build>,
    pub batches: Driver<Batches>,
    /// For what deliveries to webhooks do not tell.
    pub git: Git,
}

/// Operations that answer 501 for now.
pub const NOT_BUILT: &[&str] = &[];

/// Every operation with its handler.
pub fn service() -> Result<Service, MissingHandlers> {
    let dialect = super::violations::refuse;
    let routes = CodeBuildBuilder::new(Typed { dialect })
        .batch_delete_builds(batch_delete_builds)
        .batch_get_build_batches(batch_get_build_batches)
        .batch_get_builds(batch_get_builds)
        .batch_get_command_executions(batch_get_command_executions)
        .batch_get_fleets(batch_get_fleets)
        .batch_get_projects(batch_get_projects)
        .batch_get_report_groups(batch_get_report_groups)
        .batch_get_reports(batch_get_reports)
        .batch_get_sandboxes(batch_get_sandboxes)
        .create_fleet(create_fleet)
        .create_project(create_project)
        .create_report_group(create_report_group)
        .create_webhook(create_webhook)
        .delete_build_batch(delete_build_batch)
        .delete_fleet(delete_fleet)
        .delete_project(delete_project)
        .delete_report(delete_report)
        .delete_report_group(delete_report_group)
        .delete_resource_policy(delete_resource_policy)
        .delete_source_credentials(delete_source_credentials)
        .delete_webhook(delete_webhook)
        .describe_code_coverages(describe_code_coverages)
        .describe_test_cases(describe_test_cases)
        .get_report_group_trend(get_report_group_trend)
        .get_resource_policy(get_resource_policy)
        .import_source_credentials(import_source_credentials)
        .invalidate_project_cache(invalidate_project_cache)
        .list_build_batches(list_build_batches)
        .list_build_batches_for_project(list_build_batches_for_project)
        .list_builds(list_builds)
        .list_builds_for_project(list_builds_for_project)
        .list_command_executions_for_sandbox(list_command_executions_for_sandbox)
        .list_curated_environment_images(list_curated_environment_images)
        .list_fleets(list_fleets)
        .list_projects(list_projects)
        .list_report_groups(list_report_groups)
        .list_reports(list_reports)
        .list_reports_for_report_group(list_reports_for_report_group)
        .list_sandboxes(list_sandboxes)
        .list_sandboxes_for_project(list_sandboxes_for_project)
        .list_shared_projects(list_shared_projects)
        .list_shared_report_groups(list_shared_report_groups)
        .list_source_credentials(list_source_credentials)
        .put_resource_policy(put_resource_policy)
        .retry_build(retry_build)
        .retry_build_batch(retry_build_batch)
        .start_build(start_build)
        .start_build_batch(start_build_batch)
        .start_command_execution(start_command_execution)
        .start_sandbox(start_sandbox)
        .start_sandbox_connection(start_sandbox_connection)
        .stop_build(stop_build)
        .stop_build_batch(stop_build_batch)
        .stop_sandbox(stop_sandbox)
        .update_fleet(update_fleet)
        .update_project(update_project)
        .update_project_visibility(update_project_visibility)
        .update_report_group(update_report_group)
        .update_webhook(update_webhook)
        .not_built(NOT_BUILT)
        .build()?;
    let model = codebuild_api::ALL_MODEL_OPERATIONS;
    let schema = &codebuild_api::SERVICE;
    Ok(Service::new(
        "codebuild",
        "codebuild",
        schema,
        routes,
        model,
    ))
}

/// Finished builds and their reports leave the engine for the tables, and changes of builds go to whoever hears of events, in the
/// same commit.
#[derive(Clone)]
pub struct Finished {
    pub tables: Tables,
    pub events: Events,
}

impl Keep<Build> for Finished {
    fn keep(&self, tx: &mut Txn, build: &BuildKey, record: Record) {
        match record {
            Record::Reported(report) => super::reported::keep(&self.tables, tx, build, *report),
            Record::Commanded(run) => self.tables.sandboxes.keep_command(tx, build, *run),
            Record::PhaseEnded(state) => self.tell(tx, build, &state),
            Record::Finished(state) => {
                self.tell(tx, build, &state);
                self.tables.finish(tx, *state);
            }
        }
    }
}

impl Finished {
    /// Only of builds that people see: a pipeline's commands and sandboxes are none.
    fn tell(&self, tx: &mut Txn, build: &BuildKey, state: &BuildState) {
        if state.plan.purpose != Purpose::Project {
            return;
        }
        let Some(settings) = tx.get_record(&self.tables.settings, build) else {
            return;
        };
        for event in events(&settings, state) {
            self.events.record(tx, event);
        }
    }
}

impl Keep<Batches> for Finished {
    fn keep(&self, tx: &mut Txn, _: &BatchKey, batch: Box<BatchState>) {
        self.tables.finish_batch(tx, *batch);
    }
}

impl CodeBuild {
    /// The engine's state of a build, live or finished.
    pub fn state(&self, scope: &Scope, id: &str) -> Option<BuildState> {
        let key = (scope.clone(), id.to_owned());
        if let Some(live) = self.engine.state(&key) {
            return Some((*live).clone());
        }
        self.tables
            .finished
            .get(&key)
            .unwrap_or_else(|fault| fault.raise())
    }

    /// The build as the wire shows it.
    pub fn find_build(&self, scope: &Scope, id: &str) -> Option<model::Build> {
        let state = self.state(scope, id)?;
        let key = (scope.clone(), id.to_owned());
        let settings = self
            .tables
            .settings
            .get(&key)
            .unwrap_or_else(|fault| fault.raise())?;
        Some(view::build(&settings, &state))
    }

    /// A sandbox's settings and state, live or finished.
    pub fn sandbox(&self, scope: &Scope, id: &str) -> Option<(Settings, BuildState)> {
        let key = (scope.clone(), id.to_owned());
        let settings = self.tables.sandboxes.settings.get(&key);
        let settings = settings.unwrap_or_else(|fault| fault.raise())?;
        Some((settings, self.state(scope, id)?))
    }

    /// The sandbox as the wire shows it.
    pub fn find_sandbox(&self, scope: &Scope, id: &str) -> Option<model::Sandbox> {
        let (settings, state) = self.sandbox(scope, id)?;
        Some(sandboxes::view::sandbox(&settings, &state))
    }

    /// The batch as the wire shows it.
    pub fn find_batch(&self, scope: &Scope, id: &str) -> Option<model::BuildBatch> {
        let key = (scope.clone(), id.to_owned());
        let of = &self.tables.batches;
        // The live row first: a batch that finishes meanwhile is found among the finished.
        let live = self.batches.state(&key);
        let finished = || of.finished.get(&key).unwrap_or_else(|fault| fault.raise());
        let state = live.map(|live| (*live).clone()).or_else(finished)?;
        let settings = of
            .settings
            .get(&key)
            .unwrap_or_else(|fault| fault.raise())?;
        Some(batches::view::batch(&settings, &state))
    }

    /// Stops a batch; one that is not live stays as it is.
    pub async fn stop_batch(&self, scope: &Scope, id: &str) {
        let key = (scope.clone(), id.to_owned());
        let stopped = self.batches.command(key, |live, now, _| match live {
            Some(state) => Ok(batch::commands::stop::stop(state, now)),
            None => Err(()),
        });
        let _ = stopped.await.map_err(WriteError::refused);
    }

    /// Stops a build; one that is not live stays as it is.
    pub async fn stop(&self, scope: &Scope, id: &str) {
        let key = (scope.clone(), id.to_owned());
        let stopped = self.engine.command(key, |live, now, _| match live {
            Some(state) => Ok(stop(state, now)),
            None => Err(()),
        });
        let _ = stopped.await.map_err(WriteError::refused);
    }

    /// Whether the service may assume the role; the caller's account must own it.
    pub async fn check_role(&self, call: &Call, role: &str) -> Result<(), InvalidInputException> {
        super::validate::role_account(&call.scope, role)?;
        let answer = call
            .app
            .companions
            .check_role(role, "codebuild.amazonaws.com")
            .await;
        answer.map_err(|_| super::errors::role_not_assumable(role))
    }
}
