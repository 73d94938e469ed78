//! A new attempt of an action: its identifiers, its resolved configuration, its artifacts, and what to ask of the world.
//!
//! What is wrong with an action before anybody is asked becomes the attempt's error.

use super::Effect;
use super::effect::Order;
use super::event::ActionToken;
use super::execution::{ActionError, ActionResult, ActionRun, ActionStatus, ArtifactAt, Execution};
use super::plan::{ActionPlan, ArtifactStore, Plan};
use super::state::Live;
use super::{providers, variables};
use crate::aws::{Scope, Time};
use std::collections::BTreeMap;

/// An attempt that is to be made, as providers see it.
pub(super) struct Job<'a> {
    pub plan: &'a Plan,
    pub action: &'a ActionPlan,
    pub execution: &'a Execution,
    pub run: &'a ActionRun,
    pub store: &'a ArtifactStore,
    pub now: Time,
}

/// The attempt and its effect, or why it fails at once. `None`: the stage has no such action.
pub(super) fn attempt(
    live: &Live,
    name: &str,
    now: Time,
) -> Option<(ActionRun, Result<Effect, ActionError>)> {
    let stage = live.plan.stages.get(live.execution.inside()?)?;
    let action = stage.action(name)?;
    let mut run = blank(live, &stage.name, action, now);
    let effect = complete(live, action, &mut run, now);
    Some((run, effect))
}

fn blank(live: &Live, stage: &str, action: &ActionPlan, now: Time) -> ActionRun {
    let attempt = 1;
    let parts = ["action", stage, &action.name, &attempt.to_string()];
    ActionRun {
        name: action.name.clone(),
        id: live.execution.seed.uuid(&parts),
        attempt,
        status: ActionStatus::InProgress,
        started: now,
        updated: now,
        deadline: now + action.time_limit(),
        resolved: action.configuration.clone(),
        inputs: Vec::new(),
        outputs: Vec::new(),
        variables: BTreeMap::new(),
        revision: None,
        result: ActionResult::default(),
    }
}

fn complete(
    live: &Live,
    action: &ActionPlan,
    run: &mut ActionRun,
    now: Time,
) -> Result<Effect, ActionError> {
    let (plan, execution) = (&live.plan, &live.execution);
    run.resolved = variables::resolve(&action.configuration, plan, execution)?;
    run.inputs = inputs(action, execution)?;
    let store = store(plan, action)?;
    let extension = providers::extension(action, execution, &run.resolved);
    let output = |name: &String| ArtifactAt {
        name: name.clone(),
        bucket: store.bucket.clone(),
        key: key(plan, execution, run, name) + &extension,
    };
    run.outputs = action.outputs.iter().map(output).collect();
    providers::effect(&Job {
        plan,
        action,
        execution,
        run,
        store,
        now,
    })
}

fn inputs(action: &ActionPlan, execution: &Execution) -> Result<Vec<ArtifactAt>, ActionError> {
    let input = |name: &String| {
        let made = execution.artifacts.get(name).cloned();
        made.ok_or_else(|| {
            ActionError::configuration(format!(
                "The input artifact '{name}' was not made by any earlier action of this execution."
            ))
        })
    };
    action.inputs.iter().map(input).collect()
}

fn store<'a>(plan: &'a Plan, action: &ActionPlan) -> Result<&'a ArtifactStore, ActionError> {
    let region = plan.region_of(action);
    plan.stores.for_region(region).ok_or_else(|| {
        ActionError::configuration(format!("The pipeline has no artifact store in {region}."))
    })
}

/// `<20 of the pipeline>/<10 of the artifact>/<7 random>`.
fn key(plan: &Plan, execution: &Execution, run: &ActionRun, artifact: &str) -> String {
    let first = |text: &str, count| text.chars().take(count).collect::<String>();
    let random = execution.seed.letters(&["artifact", &run.id, artifact]);
    format!(
        "{}/{}/{random}",
        first(&plan.pipeline, 20),
        first(artifact, 10)
    )
}

impl Job<'_> {
    /// A configuration value, resolved; empty values count as absent.
    pub fn config(&self, key: &str) -> Option<&str> {
        let value = self.run.resolved.get(key).map(String::as_str);
        value.filter(|value| !value.is_empty())
    }

    /// A configuration value that must be there.
    pub fn required(&self, key: &str) -> Result<&str, ActionError> {
        self.config(key).ok_or_else(|| {
            let name = &self.action.name;
            let text = format!("The configuration of action '{name}' has no value for '{key}'.");
            ActionError::configuration(text)
        })
    }

    pub fn order(&self) -> Order {
        let region = self.plan.region_of(self.action).clone();
        Order {
            token: ActionToken(self.run.id.clone()),
            scope: Scope::new(self.plan.scope.account.clone(), region),
            role_arn: self.plan.role_arn.clone(),
        }
    }
}
