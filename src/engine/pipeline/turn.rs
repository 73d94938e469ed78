//! One step or command under way: the row being changed, and what it leads to.
//!
//! Functions that take a `Turn` change the row and say what is to be looked at next; nothing calls itself, however long a
//! chain of stages, waiting executions and failures one event sets off. Records are made at the end, of all that changed.

use super::execution::{ActionRun, Execution, ExecutionStatus, Position};
use super::machine::Pipelines;
use super::record::ActionRecord;
use super::state::{Live, Pipeline, StageLatest};
use super::{Effect, Record, stage};
use crate::aws::Time;
use crate::engine::Step;
use std::collections::{BTreeSet, VecDeque};

/// A step under way.
pub(super) struct Turn {
    pub pipeline: Pipeline,
    pub now: Time,
    pub effects: Vec<Effect>,
    /// What is to be looked at next, in order.
    pub todo: VecDeque<Todo>,
    /// Ids of executions that have changed.
    executions: BTreeSet<String>,
    /// Ids of action executions that have changed, in order of the first change.
    actions: Vec<String>,
}

/// Something to look at; executions are named by id, stages by index or name.
pub(super) enum Todo {
    /// The execution stands in front of the stage.
    Arrive(String, usize),
    /// An execution in a stage may go on or be finished there.
    Settle(String),
    /// The stage has become free.
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
            actions: Vec::new(),
        }
    }

    /// The live execution of this id.
    pub fn live(&mut self, id: &str) -> Option<&mut Live> {
        let mut all = self.pipeline.live.iter_mut();
        all.find(|live| live.execution.id == id)
    }

    /// The running attempt of this action execution id.
    pub fn peek(&self, action: &str) -> Option<&ActionRun> {
        let mut running = self
            .pipeline
            .live
            .iter()
            .flat_map(|live| live.execution.running());
        running.find(|run| run.id == action)
    }

    /// The execution and the place of the running attempt of this action execution id, both noted as changed.
    pub fn running(&mut self, action: &str) -> Option<(&mut Live, usize)> {
        let at = self.pipeline.live.iter().position(|live| {
            let mut running = live.execution.running();
            running.any(|run| run.id == action)
        })?;
        let live = &mut self.pipeline.live[at];
        let stage = live.execution.stage()?;
        let index = stage.actions.iter().position(|run| run.id == action)?;
        self.executions.insert(live.execution.id.clone());
        if !self.actions.iter().any(|changed| changed == action) {
            self.actions.push(action.to_owned());
        }
        Some((live, index))
    }

    /// Notes that the execution has changed.
    pub fn changed(&mut self, id: &str) {
        self.executions.insert(id.to_owned());
    }

    /// Notes that a new action execution is there.
    pub fn started(&mut self, action: &ActionRun) {
        self.actions.push(action.id.clone());
    }

    /// The execution is over.
    pub fn end(&mut self, id: &str, status: ExecutionStatus) {
        self.changed(id);
        if let Some(live) = self.live(id) {
            live.execution.status = status;
            live.execution.position = Position::Over;
        }
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
        self.stamp();
        let records = self.records();
        let over = |live: &Live| live.execution.status.is_final();
        self.pipeline.live.retain(|live| !over(live));
        Step {
            state: Some(self.pipeline),
            records,
            effects: self.effects,
        }
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
                if let Some(latest) = latest.filter(|latest| latest.execution == execution.id) {
                    *latest = StageLatest::of(&execution.id, run);
                }
            }
        }
    }

    fn records(&self) -> Vec<Record> {
        let changed = |live: &&Live| self.executions.contains(&live.execution.id);
        let live: Vec<&Live> = self.pipeline.live.iter().filter(changed).collect();
        let executions = live.iter().map(|live| Box::new(live.execution.clone()));
        let actions = self.actions.iter().filter_map(|id| {
            let mut records = live.iter().filter_map(|live| action_record(live, id));
            records.next().map(Box::new)
        });
        let actions: Vec<Record> = actions.map(Record::Action).collect();
        executions.map(Record::Execution).chain(actions).collect()
    }
}

fn action_record(live: &Live, id: &str) -> Option<ActionRecord> {
    let (stage, run) = find(&live.execution, id)?;
    let planned = live
        .plan
        .stages
        .iter()
        .find(|planned| planned.name == stage)?;
    let action = planned.action(&run.name)?;
    Some(ActionRecord {
        execution: live.execution.id.clone(),
        pipeline_version: live.plan.version,
        stage: stage.to_owned(),
        kind: action.kind.clone(),
        configuration: action.configuration.clone(),
        role_arn: action.role_arn.clone(),
        region: live.plan.region_of(action).clone(),
        namespace: action.namespace.clone(),
        run: run.clone(),
    })
}

fn find<'a>(execution: &'a Execution, id: &str) -> Option<(&'a str, &'a ActionRun)> {
    let mut stages = execution.stages.iter();
    stages.find_map(|stage| {
        let run = stage.actions.iter().find(|run| run.id == id)?;
        Some((stage.name.as_str(), run))
    })
}
