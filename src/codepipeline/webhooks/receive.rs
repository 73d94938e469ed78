//! A delivery, from its webhook to the execution it starts.
//!
//! Invariant: the webhook's `lastTriggered` and the execution it started are one commit.

use super::authenticate::Refused;
use super::decide::{Decision, Delivery, decide};
use super::filters::Configuration;
use super::row::{Token, WebhookKey, WebhookRow, arn};
use crate::codepipeline::service::CodePipeline;
use crate::codepipeline::store::{PipelineKey, Tables};
use crate::engine::pipeline::Seed;
use crate::engine::pipeline::commands::{
    RevisionKind, SourceOverride, StartExecution, StartRefused, start_execution,
};
use crate::engine::pipeline::execution::{Trigger, TriggerKind};
use crate::engine::pipeline::plan::{ActionPlan, Category, Plan};
use crate::store::WriteError;
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;
use uuid::Uuid;

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The execution's id.
    Started(String),
    /// The filter that does not match.
    NoMatch(String),
    /// There is no webhook of this token.
    Unknown,
    Unsigned,
    Forbidden,
    Malformed(String),
    /// The pipeline or the action that the webhook is for is no longer there.
    Gone(String),
    /// The pipeline takes no more executions now.
    Busy(String),
}

/// A webhook that was found by its token.
#[derive(Clone, Debug)]
pub struct Found {
    key: WebhookKey,
    row: Arc<WebhookRow>,
}

/// The webhook that listens under this token.
pub fn find(tables: &Tables, token: &str) -> Option<Found> {
    let key = tables.webhook_of_token(token)?;
    let row = tables.webhooks.get(&key)?;
    // The index may be older or newer than the row.
    (row.token.0 == token).then_some(Found { key, row })
}

/// Bodies are large and their senders unknown: so many are looked into at a time.
const AT_ONCE: usize = 4;
static PLACES: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(AT_ONCE));

/// Decides and, when it is meant, starts. Answers when the execution is durable and before it runs.
pub async fn receive(service: &CodePipeline, webhook: Found, delivery: Delivery) -> Outcome {
    let pipeline = target_pipeline(&webhook);
    let configuration = configuration(&service.tables, &pipeline, &webhook.row);
    let row = webhook.row.clone();
    let decided = {
        let _place = PLACES.acquire().await;
        let decide = move || decide(&row.definition, &configuration, &delivery);
        tokio::task::spawn_blocking(decide).await
    };
    match decided {
        Ok(Decision::Start(commit)) => start(service, webhook, pipeline, commit).await,
        Ok(Decision::NoMatch(filter)) => Outcome::NoMatch(filter),
        Ok(Decision::Refused(Refused::Unsigned)) => Outcome::Unsigned,
        Ok(Decision::Refused(Refused::Forbidden)) => Outcome::Forbidden,
        Ok(Decision::Malformed(why)) => Outcome::Malformed(why),
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

fn target_pipeline(webhook: &Found) -> PipelineKey {
    let name = &webhook.row.definition.target_pipeline;
    (webhook.key.0.clone(), name.clone())
}

fn configuration(tables: &Tables, pipeline: &PipelineKey, row: &WebhookRow) -> Configuration {
    let found = tables.pipelines.get(pipeline);
    let action = found.as_ref().and_then(|found| target(&found.plan, row));
    action.map_or_else(Configuration::new, |action| {
        Configuration::clone(&action.configuration)
    })
}

fn target<'a>(plan: &'a Plan, row: &WebhookRow) -> Option<&'a ActionPlan> {
    let first = plan.stages.first()?;
    first.action(&row.definition.target_action)
}

async fn start(
    service: &CodePipeline,
    webhook: Found,
    pipeline: PipelineKey,
    commit: Option<String>,
) -> Outcome {
    let tables = service.tables.clone();
    let asked = pipeline.clone();
    let started = service.engine.begin(pipeline, move |live, now, tx| {
        let row = current(tx.get(&tables.webhooks, &webhook.key), &webhook.row.token)?;
        let Some(pipeline) = tx.get(&tables.pipelines, &asked) else {
            let text = format!("The pipeline '{}' of this webhook is not there.", asked.1);
            return Err(Outcome::Gone(text));
        };
        let Some(action) = target(&pipeline.plan, &row) else {
            let name = &row.definition.target_action;
            let text = format!("The target action '{name}' of this webhook is not there.");
            return Err(Outcome::Gone(text));
        };
        let wish = wish(arn(&webhook.key), action, commit);
        let step = start_execution(live, &pipeline.plan, now, wish).map_err(busy)?;
        let row = WebhookRow {
            last_triggered: Some(now),
            ..(*row).clone()
        };
        tx.put(&tables.webhooks, webhook.key, row);
        Ok(step)
    });
    match started.await.map_err(WriteError::refused) {
        Ok(execution) => Outcome::Started(execution),
        Err(outcome) => outcome,
    }
}

/// The webhook may have been deleted, and made again, since it was found.
fn current(row: Option<Arc<WebhookRow>>, token: &Token) -> Result<Arc<WebhookRow>, Outcome> {
    let same = row.filter(|row| row.token == *token);
    same.ok_or(Outcome::Unknown)
}

fn busy(refused: StartRefused) -> Outcome {
    Outcome::Busy(format!("Nothing starts: {refused}."))
}

fn wish(arn: String, action: &ActionPlan, commit: Option<String>) -> StartExecution {
    let revision = commit
        .filter(|_| takes_commits(action))
        .map(|value| SourceOverride {
            action: action.name.clone(),
            kind: RevisionKind::CommitId,
            value,
        });
    StartExecution {
        seed: Seed::new(Uuid::new_v4()),
        trigger: Trigger {
            kind: TriggerKind::Webhook,
            detail: arn,
        },
        variables: Vec::new(),
        token: None,
        revisions: revision.into_iter().collect(),
        listener: None,
    }
}

/// Whether the action is a Git source, which the delivered commit pins.
fn takes_commits(action: &ActionPlan) -> bool {
    let git = ["CodeCommit", "CodeStarSourceConnection", "GitHub"];
    action.kind.category == Category::Source && git.contains(&action.kind.provider.as_str())
}
