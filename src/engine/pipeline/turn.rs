//! One step or command under way: the row being changed, and what it leads to.
//!
//! Functions that take a `Turn` change the row and say what is to be looked at next; nothing calls itself, however long a
//! chain of stages, waiting executions and failures one event sets off. Records are made at the end, of all that changed.

use super::change::{ChangeState, StateChange, Subject};
use super::execution::{Execution, ExecutionStatus, Position};
use super::machine::Pipelines;
use super::plan::Plan;
use super::record::{ActionRecord, JobRecord};
use super::run::{ActionRun, ActionStatus};
use super::state::{Live, Pipeline, StageLatest};
use super::{Effect, Record, stage};
use crate::aws::Time;
use crate::engine::Step;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// A step under way.
pub(super) struct Turn {
    pub pipeline: Pipeline,
    pub now: Time,
    pub effects: Vec<Effect>,
    /// What is to be looked at next, in order.
    pub todo: VecDeque<Todo>,
    /// Ids of executions that have changed.
    executions: BTreeSet<String>,
    /// Ids of attempts that have changed, in order of the first change.
    runs: Vec<String>,
    changes: Vec<StateChange>,
    /// Of attempts that are no longer the newest of their actions.
    replaced: Vec<Record>,
}

/// Something to look at; executions are named by id, stages by index or name.
pub(super) enum Todo {
    /// The execution stands in front of the stage.
    Arrive(String, usize),
    /// An execution in a stage may go on or be finished there.
    Settle(String),
    /// The stage has become free, or its gate was opened.
    Admit(String),
}

impl Turn {
    pub fn new(pipeline: Pipeline, now: Time) -> Self {
        Self {
            pipeline,
            now,
            effects: Vec::new(),
            todo: VecDeque::new(),
            executions: BTreeSet::new(),
            runs: Vec::new(),
            changes: Vec::new(),
            replaced: Vec::new(),
        }
    }

    /// The live execution of this id.
    pub fn live(&mut self, id: &str) -> Option<&mut Live> {
        let mut all = self.pipeline.live.iter_mut();
        all.find(|live| live.execution.id == id)
    }

    /// The running attempt of this action execution id.
    pub fn peek(&self, run: &str) -> Option<&ActionRun> {
        let live = self.pipeline.live.iter();
        let mut running = live.flat_map(|live| live.execution.running());
        running.find(|running| running.id == run)
    }

    /// The execution in which the attempt of this action execution id runs, both noted as changed.
    pub fn running(&mut self, run: &str) -> Option<&mut Live> {
        let at = self.pipeline.live.iter().position(|live| {
            let mut running = live.execution.running();
            running.any(|running| running.id == run)
        })?;
        self.touched(run);
        let live = &mut self.pipeline.live[at];
        self.executions.insert(live.execution.id.clone());
        Some(live)
    }

    /// Notes that the execution has changed.
    pub fn changed(&mut self, id: &str) {
        self.executions.insert(id.to_owned());
    }

    /// Keeps what has become of attempts so far, before some of them are taken out of their stage.
    pub fn keep_runs(&mut self) {
        let records = self.run_records();
        self.replaced.extend(records);
        self.runs.clear();
    }

    /// Notes that the attempt is new or has changed.
    pub fn touched(&mut self, run: &str) {
        if !self.runs.iter().any(|known| known == run) {
            self.runs.push(run.to_owned());
        }
    }

    /// Tells subscribers of the execution's new state.
    pub fn tell(&mut self, id: &str, state: ChangeState) {
        self.tell_of(id, state, |_| Some(Subject::Execution));
    }

    /// Tells subscribers of the new state of the stage that the execution entered last.
    pub fn tell_stage(&mut self, id: &str, state: ChangeState) {
        let stage = |live: &Live| live.execution.stages.last().map(Subject::stage);
        self.tell_of(id, state, stage);
    }

    /// Tells subscribers of the new state of an attempt; those of rules are not told of.
    pub fn tell_run(&mut self, id: &str, run: &str, state: ChangeState) {
        let action = |live: &Live| {
            let of_action = live.execution.stages.last()?;
            of_action.actions.iter().find(|known| known.id == run)?;
            Some(Subject::Action(Box::new(action_record(live, run)?)))
        };
        self.tell_of(id, state, action);
    }

    fn tell_of(
        &mut self,
        id: &str,
        state: ChangeState,
        subject: impl FnOnce(&Live) -> Option<Subject>,
    ) {
        let now = self.now;
        let Some(live) = self.live(id) else { return };
        if let Some(subject) = subject(live) {
            let change = StateChange::of(&live.execution, subject, state, now);
            self.changes.push(change);
        }
    }

    /// The execution is over.
    pub fn end(&mut self, id: &str, status: ExecutionStatus) {
        self.changed(id);
        let Some(live) = self.live(id) else { return };
        live.execution.status = status;
        live.execution.position = Position::Over;
        let parent = live.execution.listener.clone();
        if let Some(parent) = parent {
            self.effects.push(Effect::TellParent {
                parent,
                execution: id.to_owned(),
                status,
            });
        }
        self.tell(id, ended(status));
    }

    /// An execution that was over goes on, among the live ones in order of start.
    pub fn take_up(&mut self, plan: Arc<Plan>, execution: Execution) {
        let live = &mut self.pipeline.live;
        let at = live.partition_point(|known| known.execution.order < execution.order);
        self.executions.insert(execution.id.clone());
        live.insert(at, Live { plan, execution });
    }

    /// Does all that is to be done and yields the step.
    pub fn finish(mut self) -> Step<Pipelines> {
        while let Some(todo) = self.todo.pop_front() {
            match todo {
                Todo::Arrive(id, index) => stage::arrive(&mut self, &id, index),
                Todo::Settle(id) => stage::settle(&mut self, &id),
                Todo::Admit(name) => stage::admit(&mut self, &name),
            }
        }
        let records = self.close();
        let over = |live: &Live| live.execution.status.is_final();
        self.pipeline.live.retain(|live| !over(live));
        Step {
            state: Some(self.pipeline),
            records,
            effects: self.effects,
        }
    }

    /// Dates what has changed and yields what is to be kept of it.
    pub fn close(&mut self) -> Vec<Record> {
        self.stamp();
        let mut records = self.records();
        let changes = std::mem::take(&mut self.changes);
        records.extend(changes.into_iter().map(Box::new).map(Record::Change));
        records
    }

    /// Dates the executions that have changed, and shows them in the stages where they are the latest.
    fn stamp(&mut self) {
        let Pipeline { live, stages, .. } = &mut self.pipeline;
        let changed = |live: &&mut Live| self.executions.contains(&live.execution.id);
        for live in live.iter_mut().filter(changed) {
            let execution = &mut live.execution;
            execution.updated = self.now;
            for run in &execution.stages {
                let latest = stages
                    .get_mut(&run.name)
                    .and_then(|slot| slot.latest.as_mut());
                let of_it = latest.filter(|latest| latest.execution == execution.id);
                if let Some(latest) = of_it.filter(|latest| !latest.shows(execution, run)) {
                    *latest = Arc::new(StageLatest::of(execution, run));
                }
            }
        }
    }

    fn records(&mut self) -> Vec<Record> {
        let changed = |live: &&Live| self.executions.contains(&live.execution.id);
        let live = self.pipeline.live.iter().filter(changed);
        let executions = live.map(|live| Box::new(live.execution.clone()));
        let mut records: Vec<Record> = executions.map(Record::Execution).collect();
        records.append(&mut self.replaced);
        records.extend(self.run_records());
        records
    }

    /// Of the attempts that have changed, in order.
    fn run_records(&self) -> Vec<Record> {
        let record = |id: &String| {
            let mut records = self.pipeline.live.iter();
            records.find_map(|live| run_records(live, id))
        };
        let records = self.runs.iter().filter_map(record);
        records.flatten().collect()
    }
}

/// The attempt, and its job when it has one.
fn run_records(live: &Live, id: &str) -> Option<Vec<Record>> {
    let of = action_record(live, id)?;
    let job = job_record(live, &of).map(Box::new).map(Record::Job);
    let run = match of.kind.category {
        super::plan::Category::Rule => Record::Rule(Box::new(of)),
        _ => Record::Action(Box::new(of)),
    };
    Some(std::iter::once(run).chain(job).collect())
}

fn job_record(live: &Live, of: &ActionRecord) -> Option<JobRecord> {
    let job = of.run.job.as_ref()?;
    let store = live.plan.stores.for_region(&of.region);
    let artifacts = of.run.inputs.iter().chain(&of.run.outputs);
    let revisions = artifacts.filter_map(|artifact| {
        let revision = live.execution.revision_of(&artifact.name)?;
        Some((artifact.name.clone(), revision.id.clone()))
    });
    Some(JobRecord {
        id: job.id.clone(),
        continuation: job.continuation.clone(),
        since: job.since,
        is_open: of.run.status == ActionStatus::InProgress,
        role_arn: live.plan.role_arn.clone(),
        kms_key: store.and_then(|store| store.kms_key.clone()),
        revisions: revisions.collect(),
        action: of.clone(),
    })
}

/// The record of an attempt in the stages of this execution; the plan says what was declared for it.
pub(super) fn action_record(live: &Live, id: &str) -> Option<ActionRecord> {
    let mut stages = live.execution.stages.iter();
    let (stage, run) = stages.find_map(|stage| {
        let run = stage.runs().find(|run| run.id == id)?;
        Some((stage, run))
    })?;
    let (_, planned) = live.plan.stage(&stage.name)?;
    let gate = stage.gate_of(id);
    let action = match gate {
        Some(gate) => planned.condition(gate)?.rule(&run.name)?,
        None => planned.action(&run.name)?,
    };
    Some(ActionRecord {
        execution: live.execution.id.clone(),
        pipeline_version: live.plan.version,
        stage: stage.name.clone(),
        gate,
        kind: action.kind.clone(),
        configuration: action.configuration.clone(),
        role_arn: action.role_arn.clone(),
        region: live.plan.region_of(action).clone(),
        namespace: action.namespace.clone(),
        run: run.clone(),
    })
}

fn ended(status: ExecutionStatus) -> ChangeState {
    match status {
        ExecutionStatus::Succeeded => ChangeState::Succeeded,
        ExecutionStatus::Stopped => ChangeState::Stopped,
        ExecutionStatus::Superseded => ChangeState::Superseded,
        ExecutionStatus::Cancelled => ChangeState::Canceled,
        ExecutionStatus::Failed | ExecutionStatus::InProgress | ExecutionStatus::Stopping => {
            ChangeState::Failed
        }
    }
}
