//! What customers wrote and what their builds left: tables, and finders that return the modelled exception.

use super::badges;
use super::batches::rows::Batches;
use super::credentials::{Credential, CredentialKey};
use super::named::Named;
use super::policies::Policies;
use super::reports::Reports;
use super::sandboxes::rows::Sandboxes;
use super::settings::Settings;
use super::webhooks::Webhook;
use crate::aws::{Scope, Time};
use crate::engine::build::state::BuildState;
use crate::store::{Builder, Direction, Index, Records, Table, Txn};
use codebuild_api::model::{Fleet, Project, ReportGroup};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Scope and the project's name.
pub type ProjectKey = (Scope, String);
/// Scope and the build's id, `project:uuid`.
pub type BuildKey = (Scope, String);

/// The tables of CodeBuild; cheap to clone.
#[derive(Clone)]
pub struct Tables {
    pub projects: Named<Project>,
    badges: Index<String, ProjectKey>,
    pub webhooks: Table<ProjectKey, Webhook>,
    webhook_tokens: Index<String, ProjectKey>,
    pub credentials: Table<CredentialKey, Credential>,
    pub policies: Policies,
    pub report_groups: Named<ReportGroup>,
    pub reports: Reports,
    pub fleets: Named<Fleet>,
    pub activity: Table<ProjectKey, Activity>,
    /// Start requests by their idempotency token.
    pub tokens: Table<(Scope, String), Token>,
    pub tokens_by_age: Index<Time, (Scope, String)>,
    pub batches: Batches,
    pub sandboxes: Sandboxes,
    /// Settings of every build, live or finished.
    pub settings: Records<BuildKey, Settings>,
    /// Finished builds.
    pub finished: Records<BuildKey, BuildState>,
    /// Builds of a project in the order of their numbers.
    pub numbers: Records<(Scope, String, u64), String>,
}

/// What a project is doing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// The number of its newest build; 0 before the first.
    pub last_number: u64,
    /// The same of its batches.
    #[serde(default)]
    pub last_batch_number: u64,
    /// Ids of the builds that have not finished.
    pub live: BTreeSet<String>,
    /// How often its cache was invalidated.
    #[serde(default)]
    pub cache_generation: u64,
}

/// A start that may be repeated for a while.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Token {
    pub build: String,
    /// Of the request's other members.
    pub digest: String,
    pub made: Time,
}

impl Tables {
    pub fn declare(b: &mut Builder) -> Self {
        let tokens = b.table("codebuild.tokens");
        let webhooks = b.table("codebuild.webhooks");
        let payload_token = |_: &ProjectKey, row: &Webhook| vec![row.token.clone()];
        let projects = Named::declare(b, "codebuild.projects", |row: &Project| {
            (row.created, row.last_modified)
        });
        let badge =
            |_: &ProjectKey, row: &Project| badges::uuid(row).into_iter().collect::<Vec<_>>();
        Self {
            badges: b.index(&projects, badge),
            projects,
            webhook_tokens: b.index(&webhooks, payload_token),
            webhooks,
            credentials: b.table("codebuild.credentials"),
            policies: Policies::declare(b),
            report_groups: Named::declare(b, "codebuild.report_groups", |row: &ReportGroup| {
                (row.created, row.last_modified)
            }),
            reports: Reports::declare(b),
            fleets: Named::declare(b, "codebuild.fleets", |row: &Fleet| {
                (row.created, row.last_modified)
            }),
            tokens_by_age: b.index(&tokens, |_: &(Scope, String), token: &Token| {
                vec![token.made]
            }),
            tokens,
            activity: b.table("codebuild.activity"),
            batches: Batches::declare(b),
            sandboxes: Sandboxes::declare(b),
            settings: b.records("codebuild.settings"),
            finished: b.records("codebuild.finished"),
            numbers: b.records("codebuild.numbers"),
        }
    }

    /// The project whose webhook listens under this token.
    pub fn webhook_of_token(&self, token: &str) -> Option<ProjectKey> {
        let only = token.to_owned()..=token.to_owned();
        let found = self.webhook_tokens.range(only, Direction::Forward, 1);
        found.into_iter().next().map(|(_, key)| key)
    }

    /// The project whose badge has this `uuid` in its URL.
    pub fn project_of_badge(&self, uuid: &str) -> Option<ProjectKey> {
        let only = uuid.to_owned()..=uuid.to_owned();
        let found = self.badges.range(only, Direction::Forward, 1);
        found.into_iter().next().map(|(_, key)| key)
    }

    /// A build has come to its end: it leaves the live ones.
    pub fn finish(&self, tx: &mut Txn, build: BuildState) {
        let project = (build.plan.scope.clone(), build.plan.project.clone());
        if let Some(activity) = tx.get(&self.activity, &project) {
            let mut activity = (*activity).clone();
            activity.live.remove(&build.plan.id());
            tx.put(&self.activity, project, activity);
        }
        tx.put_record(&self.finished, build.plan.key(), build);
    }
}
