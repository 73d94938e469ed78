//! The beginning of an execution, whoever wants it.
//!
//! Variables are bound here, once. An execution that lacks the value of a required one is over before it begins.

use super::Seed;
use super::change::ChangeState;
use super::execution::{Execution, ExecutionStatus, Listener, Pin, Position, Trigger, TriggerKind};
use super::plan::{Mode, Plan};
use super::rollback::Target;
use super::state::{Live, Pipeline};
use super::turn::{Todo, Turn};
use super::{source, variables};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most live executions of a pipeline in mode QUEUED or PARALLEL.
pub const MOST_LIVE: usize = 50;

/// What an execution begins with.
pub(super) struct Beginning {
    pub seed: Seed,
    pub trigger: Trigger,
    pub variables: Vec<(String, String)>,
    /// By source action.
    pub pins: BTreeMap<String, Pin>,
    /// The action of another pipeline that waits for the end.
    pub listener: Option<Listener>,
}

impl Beginning {
    /// With nothing but a seed; the trigger is to be set.
    pub fn new(seed: Seed) -> Self {
        Self {
            seed,
            trigger: Trigger {
                kind: TriggerKind::StartPipelineExecution,
                detail: String::new(),
            },
            variables: Vec::new(),
            pins: BTreeMap::new(),
            listener: None,
        }
    }
}

/// Whether there is no room for one more.
pub(super) fn is_full(pipeline: &Pipeline, mode: Mode) -> bool {
    mode != Mode::Superseded && pipeline.live.len() >= MOST_LIVE
}

/// Begins an execution; yields its id.
pub(super) fn begin(turn: &mut Turn, plan: Arc<Plan>, beginning: Beginning) -> String {
    let variables = variables::bind(&plan.variables, &beginning.variables);
    let execution = execution(turn, &plan, beginning);
    let id = add(turn, plan, execution);
    match variables {
        Ok(bound) => {
            set_variables(turn, &id, bound);
            turn.todo.push_back(Todo::Arrive(id.clone(), 0));
        }
        Err(missing) => refuse(turn, &id, &missing),
    }
    id
}

/// Begins an execution that takes over what another ran with; yields its id. It has not entered its stage yet.
pub(super) fn rollback(
    turn: &mut Turn,
    plan: Arc<Plan>,
    beginning: Beginning,
    target: Target,
) -> String {
    let inherited = target.inherited;
    let execution = Execution {
        rollback_of: Some(target.execution),
        variables: inherited.variables,
        revisions: inherited.revisions,
        artifacts: inherited.artifacts,
        outputs: inherited.outputs,
        ..execution(turn, &plan, beginning)
    };
    add(turn, plan, execution)
}

fn add(turn: &mut Turn, plan: Arc<Plan>, execution: Execution) -> String {
    let id = execution.id.clone();
    turn.pipeline.live.push(Live { plan, execution });
    turn.changed(&id);
    turn.tell(&id, ChangeState::Started);
    id
}

fn execution(turn: &mut Turn, plan: &Plan, beginning: Beginning) -> Execution {
    let now = turn.now;
    source::stop_when_inactive(&mut turn.pipeline, now);
    turn.pipeline.active = Some(now);
    // The time keeps numbers ascending when a pipeline is deleted and made again.
    let by_time = u64::try_from(now.millis()).unwrap_or(0);
    let order = by_time.max(turn.pipeline.last_order + 1);
    turn.pipeline.last_order = order;
    Execution {
        id: beginning.seed.uuid(&["execution"]),
        seed: beginning.seed,
        order,
        pipeline_version: plan.version,
        mode: plan.mode,
        status: ExecutionStatus::InProgress,
        summary: None,
        started: now,
        updated: now,
        trigger: beginning.trigger,
        stop: None,
        outdated: false,
        variables: None,
        pins: beginning.pins,
        revisions: Vec::new(),
        artifacts: BTreeMap::new(),
        outputs: BTreeMap::new(),
        position: Position::Before(0),
        stages: Vec::new(),
        rollback_of: None,
        attempt: 1,
        retried: None,
        listener: beginning.listener,
    }
}

fn set_variables(turn: &mut Turn, id: &str, bound: BTreeMap<String, String>) {
    if let Some(live) = turn.live(id).filter(|_| !bound.is_empty()) {
        live.execution.variables = Some(bound);
    }
}

fn refuse(turn: &mut Turn, id: &str, missing: &[String]) {
    let missing = missing.join(",");
    if let Some(live) = turn.live(id) {
        let text = format!("Values for required variables haven't been provided: {missing}");
        live.execution.summary = Some(text);
    }
    turn.end(id, ExecutionStatus::Failed);
}
