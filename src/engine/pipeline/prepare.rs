//! A new attempt of an action: its identifiers, its resolved configuration, its artifacts, and what to ask of the world.
//!
//! What is wrong with an action before anybody is asked becomes the attempt's error.

use super::Effect;
use super::effect::{JobArtifact, Order};
use super::event::{ActionToken, Success};
use super::execution::{ActionError, ActionResult, ActionRun, ActionStatus, ArtifactAt, Execution};
use super::plan::{ActionPlan, ArtifactStore, Gate, Plan};
use super::state::Live;
use super::{providers, variables};
use crate::aws::Time;
use crate::engine::world::{BuildSource, BuildTarget};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An attempt that is to be made, as providers see it.
pub(super) struct Job<'a> {
    pub plan: &'a Plan,
    pub action: &'a ActionPlan,
    pub execution: &'a Execution,
    pub stage: &'a str,
    pub run: &'a ActionRun,
    pub store: &'a ArtifactStore,
    pub now: Time,
}

/// What a provider does with an attempt that begins, or that wanted to be woken.
#[derive(Default)]
pub(super) struct Start {
    /// What to ask of the world.
    pub effect: Option<Effect>,
    /// It is done already.
    pub done: Option<Success>,
    /// It waits, and wants to be woken.
    pub wake: Option<Time>,
    /// A job for a worker or a function; the token of the job before.
    pub job: Option<Option<String>>,
    /// It is given up earlier than its kind allows.
    pub deadline: Option<Time>,
    /// Known from the beginning.
    pub result: ActionResult,
}

/// The attempt and what its provider does, or why it fails at once. `None`: the stage has no such action or rule.
pub(super) fn attempt(
    live: &Live,
    gate: Option<Gate>,
    name: &str,
    now: Time,
) -> Option<(ActionRun, Result<Start, ActionError>)> {
    let stage = live.plan.stages.get(live.execution.inside()?)?;
    let action = match gate {
        None => stage.action(name)?,
        Some(gate) => stage.condition(gate)?.rule(name)?,
    };
    let number = live.execution.stage()?.tries.get(&place(gate, name));
    let mut run = blank(
        live,
        &stage.name,
        gate,
        action,
        number.map_or(1, |n| n + 1),
        now,
    );
    let start = complete(live, &stage.name, action, &mut run, now);
    Some((run, start))
}

/// What a provider does with an attempt that wanted to be woken.
pub(super) fn woken(live: &Live, run: &ActionRun, now: Time) -> Option<Result<Start, ActionError>> {
    let action = live.planned(&run.id)?;
    let stage = &live.execution.stage()?.name;
    Some(store(&live.plan, action).and_then(|store| {
        providers::wake(&Job {
            plan: &live.plan,
            action,
            execution: &live.execution,
            stage,
            run,
            store,
            now,
        })
    }))
}

/// The id of a job of an attempt.
pub(super) fn job_id(execution: &Execution, run: &str, number: u32) -> String {
    execution.job_id(run, number)
}

/// Where tries of an action or a rule are counted.
pub(super) fn place(gate: Option<Gate>, name: &str) -> String {
    match gate {
        None => name.to_owned(),
        Some(gate) => format!("{gate:?}/{name}"),
    }
}

fn blank(
    live: &Live,
    stage: &str,
    gate: Option<Gate>,
    action: &ActionPlan,
    attempt: u32,
    now: Time,
) -> ActionRun {
    let number = attempt.to_string();
    let id = match gate {
        None => live
            .execution
            .seed
            .uuid(&["action", stage, &action.name, &number]),
        Some(_) => {
            let place = place(gate, &action.name);
            live.execution.seed.uuid(&["rule", stage, &place, &number])
        }
    };
    ActionRun {
        name: action.name.clone(),
        id,
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
        wake: None,
        job: None,
        updated_by: None,
    }
}

fn complete(
    live: &Live,
    stage: &str,
    action: &ActionPlan,
    run: &mut ActionRun,
    now: Time,
) -> Result<Start, ActionError> {
    let (plan, execution) = (&live.plan, &live.execution);
    let mut resolved = variables::resolve(&action.configuration, plan, execution)?;
    providers::overridden(action, execution, &mut resolved);
    if resolved != *run.resolved {
        run.resolved = Arc::new(resolved);
    }
    run.inputs = inputs(action, execution)?;
    let store = store(plan, action)?;
    let extension = providers::extension(action, &run.resolved);
    let place = |name: &String| ArtifactAt {
        name: name.clone(),
        bucket: store.bucket.clone(),
        key: key(plan, execution, run, name) + &extension,
    };
    // A rollback writes where its target did.
    let known = |name: &String| {
        let target = execution.rollback_of.as_ref();
        target.and(execution.artifacts.get(name).cloned())
    };
    let output = |name: &String| known(name).unwrap_or_else(|| place(name));
    run.outputs = action.outputs.iter().map(output).collect();
    providers::start(&Job {
        plan,
        action,
        execution,
        stage,
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

impl Start {
    pub fn ask(effect: Effect) -> Self {
        Self {
            effect: Some(effect),
            ..Self::default()
        }
    }
}

impl Job<'_> {
    /// The id of the job that the attempt has next.
    pub fn next_job(&self) -> String {
        let number = self.run.job.as_ref().map_or(1, |job| job.number + 1);
        job_id(self.execution, &self.run.id, number)
    }

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

    /// The lines of a Commands action, resolved.
    pub fn commands(&self) -> Result<Vec<String>, ActionError> {
        let lines = self.action.commands.iter();
        lines.map(|line| self.resolve("commands", line)).collect()
    }

    /// A text outside the configuration, resolved; `member` says in errors where it stands.
    pub fn resolve(&self, member: &str, text: &str) -> Result<String, ActionError> {
        variables::resolve_text(member, text, self.plan, self.execution)
    }

    /// An input artifact as builds take it.
    pub fn source(&self, input: &ArtifactAt) -> BuildSource {
        let revision = self.execution.revision_of(&input.name);
        BuildSource {
            artifact: input.name.clone(),
            at: input.object(),
            revision: revision.map(|revision| revision.id.clone()),
        }
    }

    /// An output artifact as builds make it.
    pub fn target(&self, output: &ArtifactAt) -> BuildTarget {
        BuildTarget {
            artifact: output.name.clone(),
            bucket: output.bucket.clone(),
            key: output.key.clone(),
            kms_key: self.store.kms_key.clone(),
        }
    }

    /// An artifact as jobs see it.
    pub fn job_artifact(&self, at: &ArtifactAt) -> JobArtifact {
        let revision = self.execution.revision_of(&at.name);
        JobArtifact {
            at: at.clone(),
            revision: revision.map(|revision| revision.id.clone()),
        }
    }

    pub fn order(&self) -> Order {
        Order {
            token: ActionToken(self.run.id.clone()),
            scope: self.plan.scope_of(self.action),
            role_arn: self.plan.role_arn.clone(),
            own_role_arn: self.plan.own_role(self.action).map(str::to_owned),
        }
    }
}
