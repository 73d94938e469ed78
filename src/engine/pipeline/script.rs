//! Scripts and transcripts of pipelines: words in, what readers of records see out. For tests.
//!
//! A plan is a text such as `src; build > test; deploy`: stages by `;`, groups by `>`, actions by spaces. The kind of an
//! action follows from the beginning of its name: `src` (S3), `build`, `test` (CodeBuild), `deploy` (S3), `approve` (Manual),
//! `worker` (a custom type), `call` (Lambda), anything else is a provider that is not offered. `src!` does not poll.
//! `mode=QUEUED` in front chooses the mode, `var=A` and `var=B:default` declare variables; `build(x)` runs with the environment
//! variable V set to the text x. Gates of a stage: `entry=skip:yes+alarm`, `success=rollback:alarm`, `failure=rollback:alarm`,
//! `failure=retry`, `failure=retryall`, `failure=rollback`; rules are `yes`, `no` (VariableCheck), `alarm` (ten minutes to recover),
//! `window` (opens at noon), `rcheck` (CodeBuild).
//!
//! A script is a list of words, executions are e1, e2, … in order of start:
//! `create`, `start`, `start:A=1,B=2`, `start:token=t`, `start:parent=p` (an action of p waits for it), `ok:ACTION`, `fail:ACTION`, `launched:ACTION` (of the oldest execution in
//! which it runs), `late:ACTION` (news about its last attempt that has ended), `stop:e1`, `abandon:e1`, `update`, `update:PLAN`,
//! `delete`, `seen:v1`, `gone` (a look at the source), `90m` (time), `retry:e1:S2`, `retryall:e1:S2`, `rollback:S2:e1`,
//! `override:e1:S2:entry`, `close:S2`, `open:S2`, `closeout:S1`, `openout:S1`, `approve:ACTION`, `reject:ACTION`, `done:ACTION`,
//! `broke:ACTION`, `more:ACTION` (a job's result), `again:ACTION` (the result of a job that is over), `is:RULE:STATE` (an alarm),
//! `revision:ACTION:r1`.

use super::change::{StateChange, Subject};
use super::commands::*;
use super::event::{Alarm, Failure, Outcome, Seen, SourceLook, Success};
use super::execution::*;
use super::plan::*;
use super::providers::s3_source;
use super::record::{ActionRecord, JobRecord};
use super::run::{ActionResult, ActionRun};
use super::{ActionToken, Effect, Event, Pipeline, Pipelines, Record, Seed};
use crate::aws::{Account, Region, Scope, Time};
use crate::companions::ObjectInfo;
use crate::engine::Step;
use crate::engine::sim::{Moment, Sim};
use crate::engine::world::{BuildEnd, BuildFault, BuildVerdict};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

pub(super) const START: Time = Time::from_millis(1_700_000_000_000);

/// A pipeline in memory with the world played by a script.
pub(super) struct Play {
    pub sim: Sim<Pipelines>,
    pub plan: Arc<Plan>,
    pub seen: Rc<RefCell<Book>>,
    seeds: u128,
}

/// What a reader of records has seen so far.
#[derive(Default)]
pub(super) struct Book {
    pub executions: BTreeMap<String, Execution>,
    pub actions: BTreeMap<String, ActionRecord>,
    /// Ids of executions in order of start.
    pub order: Vec<String>,
    /// Action execution ids that something was asked of the world for.
    pub asked: BTreeSet<String>,
    pub transcript: String,
    /// What subscribers heard, a line each.
    pub changes: String,
    /// Job ids in order.
    pub jobs: Vec<String>,
    /// Steps seen.
    pub steps: u32,
    /// `what from → to`.
    pub travelled: BTreeSet<(&'static str, String, String)>,
}

pub(super) fn key() -> super::Key {
    (scope(), "hello-pipeline-with-a-long-name".to_owned())
}

fn scope() -> Scope {
    let account = Account::parse("000000000000").unwrap();
    Scope::new(account, Region::parse("us-east-1").unwrap())
}

/// Reads a plan; see above.
pub(super) fn plan(text: &str, version: u32) -> Arc<Plan> {
    let mut mode = Mode::Superseded;
    let mut variables = Vec::new();
    let mut stages: Vec<StagePlan> = Vec::new();
    let mut sources: Vec<String> = Vec::new();
    for (index, stage) in text.split(';').enumerate() {
        let mut actions = Vec::new();
        let mut order = 1;
        let mut gates = Vec::new();
        for word in stage.split_whitespace() {
            match word {
                ">" => order += 1,
                "mode=QUEUED" => mode = Mode::Queued,
                "mode=PARALLEL" => mode = Mode::Parallel,
                _ if word.starts_with("var=") => variables.push(variable(&word[4..])),
                _ if word.contains('=') && !word.contains('(') => gates.push(word),
                _ => actions.push(action(word, order, &mut sources)),
            }
        }
        let name = format!("S{}", index + 1);
        let mut stage = StagePlan {
            name,
            actions,
            ..StagePlan::default()
        };
        gates.iter().for_each(|text| gate(&mut stage, text));
        stages.push(stage);
    }
    Arc::new(Plan {
        scope: scope(),
        pipeline: key().1,
        version,
        mode,
        role_arn: "arn:aws:iam::000000000000:role/pipeline".to_owned(),
        stores: Stores::One(ArtifactStore {
            bucket: "store".to_owned(),
            kms_key: None,
        }),
        variables,
        stages,
    })
}

/// An action of another pipeline that waits.
fn parent(name: &str) -> Listener {
    Listener {
        pipeline: (scope(), name.to_owned()),
        token: ActionToken("parent".to_owned()),
    }
}

fn variable(text: &str) -> VariablePlan {
    let (name, default) = match text.split_once(':') {
        Some((name, default)) => (name, Some(default.to_owned())),
        None => (text, None),
    };
    VariablePlan {
        name: name.to_owned(),
        default,
    }
}

fn gate(stage: &mut StagePlan, text: &str) {
    let (gate, rest) = text.split_once('=').unwrap();
    let (result, rules) = rest.split_once(':').unwrap_or((rest, ""));
    let rules: Vec<ActionPlan> = rules
        .split('+')
        .filter(|name| !name.is_empty())
        .map(rule)
        .collect();
    let condition = |result: &str| ConditionPlan {
        result: match result {
            "skip" => ConditionResult::Skip,
            "rollback" => ConditionResult::Rollback,
            _ => ConditionResult::Fail,
        },
        rules: rules.clone(),
    };
    match (gate, result) {
        ("entry", result) => stage.entry = Some(condition(result)),
        ("success", result) => stage.success = Some(condition(result)),
        (_, "retry") => stage.failure = Some(FailurePlan::Retry(RetryMode::FailedActions)),
        (_, "retryall") => stage.failure = Some(FailurePlan::Retry(RetryMode::AllActions)),
        (_, _) if rules.is_empty() => stage.failure = Some(FailurePlan::Rollback),
        (_, result) => stage.failure = Some(FailurePlan::Condition(condition(result))),
    }
}

fn rule(name: &str) -> ActionPlan {
    let (provider, configuration): (_, &[(&str, &str)]) = match name {
        "yes" => (
            "VariableCheck",
            &[("Variable", "a"), ("Value", "a"), ("Operator", "EQ")],
        ),
        "no" => (
            "VariableCheck",
            &[("Variable", "a"), ("Value", "b"), ("Operator", "EQ")],
        ),
        "window" => ("DeploymentWindow", &[("Cron", "* 0 12 * * ?")]),
        "rcheck" => (
            "CodeBuild",
            &[
                ("ProjectName", "project"),
                ("PrimarySource", "src-artifact"),
            ],
        ),
        _ => (
            "CloudWatchAlarm",
            &[("AlarmName", "alarm"), ("WaitTime", "10")],
        ),
    };
    let configuration = configuration.iter();
    ActionPlan {
        name: name.to_owned(),
        configuration: Arc::new(
            configuration
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
        ),
        inputs: match provider {
            "CodeBuild" => vec!["src-artifact".to_owned()],
            _ => Vec::new(),
        },
        ..blank(Category::Rule, "AWS", provider)
    }
}

fn blank(category: Category, owner: &str, provider: &str) -> ActionPlan {
    ActionPlan {
        name: String::new(),
        kind: ActionKind {
            category,
            owner: owner.to_owned(),
            provider: provider.to_owned(),
            version: "1".to_owned(),
        },
        run_order: 1,
        configuration: Arc::default(),
        inputs: Vec::new(),
        outputs: Vec::new(),
        region: None,
        role_arn: None,
        namespace: None,
        timeout_minutes: None,
        commands: Vec::new(),
        output_variables: Vec::new(),
        output_files: Vec::new(),
        environment: Vec::new(),
    }
}

fn action(word: &str, run_order: u32, sources: &mut Vec<String>) -> ActionPlan {
    let (name, text) = match word.split_once('(') {
        Some((name, text)) => (name, text.trim_end_matches(')')),
        None => (word, ""),
    };
    let polls = if name.ends_with('!') { "no" } else { "TRUE" };
    let name = name.trim_end_matches('!').to_owned();
    let input = || sources.first().cloned().into_iter().collect::<Vec<_>>();
    let build = [
        ("ProjectName", "project".to_owned()),
        (
            "EnvironmentVariables",
            format!("[{{\"name\":\"V\",\"value\":\"{text}\"}}]"),
        ),
    ];
    let (category, provider, configuration, inputs, outputs) = if name.starts_with("src") {
        let configuration = vec![
            ("S3Bucket", "sources".to_owned()),
            ("S3ObjectKey", format!("{name}.zip")),
            ("PollForSourceChanges", polls.to_owned()),
        ];
        sources.push(format!("{name}-artifact"));
        (
            Category::Source,
            "S3",
            configuration,
            vec![],
            vec![format!("{name}-artifact")],
        )
    } else if name.starts_with("build") {
        let outputs = vec![format!("{name}-artifact")];
        (
            Category::Build,
            "CodeBuild",
            build.to_vec(),
            input(),
            outputs,
        )
    } else if name.starts_with("test") {
        (Category::Test, "CodeBuild", build.to_vec(), input(), vec![])
    } else if name.starts_with("deploy") {
        let configuration = vec![
            ("BucketName", "site".to_owned()),
            ("Extract", "true".to_owned()),
        ];
        (Category::Deploy, "S3", configuration, input(), vec![])
    } else if name.starts_with("approve") {
        (Category::Approval, "Manual", vec![], vec![], vec![])
    } else if name.starts_with("worker") {
        (Category::Deploy, "Own", vec![], vec![], vec![])
    } else if name.starts_with("call") {
        let configuration = vec![("FunctionName", "function".to_owned())];
        (Category::Invoke, "Lambda", configuration, vec![], vec![])
    } else {
        (Category::Invoke, "StepFunctions", vec![], vec![], vec![])
    };
    let configuration = configuration
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value));
    let owner = if provider == "Own" { "Custom" } else { "AWS" };
    ActionPlan {
        run_order,
        configuration: Arc::new(configuration.collect()),
        inputs,
        outputs,
        namespace: Some(format!("{name}-ns")),
        name,
        ..blank(category, owner, provider)
    }
}

impl Play {
    pub fn new(text: &str) -> Self {
        let seen = Rc::new(RefCell::new(Book::default()));
        let book = seen.clone();
        let sim = Sim::new(START, move |moment| {
            let mut book = book.borrow_mut();
            book.read(&moment);
            book.check(&moment);
        });
        Self {
            sim,
            plan: plan(text, 1),
            seen,
            seeds: 0,
        }
    }

    /// Plays a whole script and yields its transcript.
    pub fn transcript(mut self, script: &str) -> String {
        for word in script.split_whitespace() {
            self.note(&format!("{word}\n"));
            self.word(word);
        }
        let book = self.seen.borrow();
        book.transcript.clone()
    }

    fn note(&self, text: &str) {
        self.seen.borrow_mut().transcript.push_str(text);
    }

    pub fn word(&mut self, word: &str) {
        let (verb, rest) = word.split_once(':').unwrap_or((word, ""));
        match verb {
            "create" => self.create(),
            "start" => self.start(rest),
            "stop" | "abandon" => self.stop(rest, verb == "abandon"),
            "update" => self.update(rest),
            "delete" => self.delete(),
            "seen" => self.look(Ok(rest)),
            "gone" => self.look(Err(ActionError::configuration("gone"))),
            "ok" | "fail" | "launched" => {
                if let Some(event) = self.news(verb, rest) {
                    self.sim.event(&key(), event);
                } else {
                    self.note("    nobody listens\n");
                }
            }
            "late" => self.late(rest),
            "retry" => self.retry(rest, RetryMode::FailedActions),
            "retryall" => self.retry(rest, RetryMode::AllActions),
            "rollback" => self.rollback(rest),
            "override" => self.override_gate(rest),
            "close" | "open" => self.transition(rest, Side::Inbound, verb == "close"),
            "closeout" | "openout" => self.transition(rest, Side::Outbound, verb == "closeout"),
            "approve" | "reject" => self.answer(rest, verb == "approve"),
            "done" | "broke" | "more" => self.job(rest, verb, true),
            "again" => self.job(rest, "done", false),
            "is" => self.alarm(rest),
            "revision" => self.revision(rest),
            _ => self.pass(word),
        }
    }

    pub fn seed(&mut self) -> Seed {
        self.seeds += 1;
        Seed::new(Uuid::from_u128(self.seeds))
    }

    pub fn state(&self) -> Option<&Pipeline> {
        self.sim.state(&key())
    }

    /// A name that is in use is refused by the service.
    fn create(&mut self) {
        if self.state().is_some() {
            return;
        }
        let wish = Create {
            caller_arn: "caller".to_owned(),
            seed: self.seed(),
        };
        let plan = self.plan.clone();
        let create = |_, now| Ok::<_, ()>((create(&plan, now, wish), ()));
        self.sim.command(&key(), create).unwrap();
    }

    fn start(&mut self, rest: &str) {
        let mut wish = StartExecution {
            seed: self.seed(),
            trigger: Trigger {
                kind: TriggerKind::StartPipelineExecution,
                detail: "caller".to_owned(),
            },
            variables: Vec::new(),
            token: None,
            revisions: Vec::new(),
            listener: None,
        };
        for (name, value) in rest.split(',').filter_map(|pair| pair.split_once('=')) {
            match name {
                "parent" => wish.listener = Some(parent(value)),
                "token" => wish.token = Some(value.to_owned()),
                "version" => wish.revisions.push(SourceOverride {
                    action: "src".to_owned(),
                    kind: RevisionKind::S3ObjectVersionId,
                    value: value.to_owned(),
                }),
                _ => wish.variables.push((name.to_owned(), value.to_owned())),
            }
        }
        let plan = self.plan.clone();
        let start = |state, now| start_execution(state, &plan, now, wish);
        match self.sim.command(&key(), start) {
            Ok(id) => {
                let text = format!("    answer: {}\n", self.seen.borrow().name(&id));
                self.note(&text);
            }
            Err(refused) => self.note(&format!("    refused: {refused}\n")),
        }
    }

    fn stop(&mut self, name: &str, abandon: bool) {
        let wish = StopExecution {
            execution: self.seen.borrow().id(name),
            abandon,
            reason: Some("enough".to_owned()),
        };
        let stop = |state, now| stop_execution(state, now, wish).map(|step| (step, ()));
        if let Err(refused) = self.sim.command(&key(), stop) {
            self.note(&format!("    refused: {refused}\n"));
        }
    }

    fn update(&mut self, text: &str) {
        let version = self.plan.version + 1;
        self.plan = match text {
            "" => Arc::new(Plan {
                version,
                ..Plan::clone(&self.plan)
            }),
            _ => plan(&text.replace('_', " "), version),
        };
        let (plan, seed) = (self.plan.clone(), self.seed());
        let update = |state, now| Ok::<_, ()>((update_definition(state, &plan, now, seed), ()));
        self.sim.command(&key(), update).unwrap();
    }

    fn delete(&mut self) {
        let delete = |state, now| Ok::<_, ()>((delete(state, now), ()));
        self.sim.command(&key(), delete).unwrap();
    }

    /// Asks, and notes what is answered.
    fn ask<E: std::fmt::Display>(
        &mut self,
        decide: impl FnOnce(Option<Pipeline>, Time) -> Result<Step<Pipelines>, E>,
    ) {
        let decide = |state, now| decide(state, now).map(|step| (step, ()));
        if let Err(refused) = self.sim.command(&key(), decide) {
            self.note(&format!("    refused: {refused}\n"));
        }
    }

    /// The id and the record of an execution named in a script.
    fn past(&self, name: &str) -> (String, Option<Execution>) {
        let book = self.seen.borrow();
        let id = book.id(name);
        let past = book.executions.get(&id).cloned();
        (id, past)
    }

    fn retry(&mut self, rest: &str, mode: RetryMode) {
        let (name, stage) = rest.split_once(':').unwrap();
        let (execution, past) = self.past(name);
        let (plan, stage) = (self.plan.clone(), stage.to_owned());
        let wish = RetryStage {
            stage,
            execution,
            mode,
        };
        self.ask(|state, now| retry_stage(state, &plan, past, now, wish));
    }

    fn rollback(&mut self, rest: &str) {
        let (stage, name) = rest.split_once(':').unwrap();
        let (_, Some(target)) = self.past(name) else {
            return self.note("    nothing to go back to\n");
        };
        let wish = RollbackStage {
            stage: stage.to_owned(),
            target,
            caller_arn: "caller".to_owned(),
            seed: self.seed(),
        };
        let plan = self.plan.clone();
        self.ask(|state, now| rollback_stage(state, &plan, now, wish).map(|(step, _)| step));
    }

    fn override_gate(&mut self, rest: &str) {
        let words: Vec<&str> = rest.split(':').collect();
        let (execution, past) = self.past(words[0]);
        let wish = OverrideCondition {
            stage: words[1].to_owned(),
            execution,
            gate: match words[2] {
                "entry" => Gate::Entry,
                _ => Gate::Success,
            },
        };
        let plan = self.plan.clone();
        self.ask(|state, now| override_condition(state, &plan, past, now, &wish));
    }

    fn transition(&mut self, stage: &str, side: Side, disabled: bool) {
        let wish = SetTransition {
            stage: stage.to_owned(),
            side,
            disabled: disabled.then(|| "closed".to_owned()),
            caller_arn: "caller".to_owned(),
        };
        let plan = self.plan.clone();
        // A service would find no pipeline.
        if self.state().is_some() {
            self.ask(|state, now| set_transition(state, &plan, now, wish));
        }
    }

    fn answer(&mut self, action: &str, approved: bool) {
        let found = self.newest(|run| run.name == action);
        let Some(past) = found else {
            return self.note("    nobody asked\n");
        };
        let wish = PutApproval {
            stage: past.stage.clone(),
            action: action.to_owned(),
            token: past.run.id.clone(),
            approved,
            summary: String::new(),
            caller_arn: "caller".to_owned(),
        };
        self.ask(|state, now| put_approval(state, Some(&past), now, wish));
    }

    fn job(&mut self, action: &str, verb: &str, newest: bool) {
        let found = self.newest(|run| run.name == action && run.job.is_some());
        let Some(job) = found.and_then(|past| past.run.job) else {
            return self.note("    no job\n");
        };
        // The first job of an attempt that went on is over.
        let id = match (newest, self.seen.borrow().jobs.first()) {
            (false, Some(first)) => first.clone(),
            _ => job.id,
        };
        let result = match verb {
            "done" => JobResult::Succeeded(Box::default()),
            "broke" => JobResult::Failed {
                error: ActionError::new(ErrorCode::JobFailed, "broke"),
                external_id: Some("external".to_owned()),
            },
            _ => JobResult::Continued {
                token: format!("after {}", job.number),
                result: ActionResult::default(),
            },
        };
        let finish = |state: Option<Pipeline>, now| match state {
            Some(state) => Ok(finish_job(state, now, &id, result)),
            None => Err("no pipeline"),
        };
        self.ask(finish);
    }

    fn alarm(&mut self, rest: &str) {
        let (rule, state) = rest.split_once(':').unwrap();
        let found = self.newest(|run| run.name == rule && !run.status.is_final());
        let Some(rule) = found else {
            return self.note("    nobody asks\n");
        };
        let alarm = match state {
            "absent" => Alarm::Absent,
            state => Alarm::State(state.to_owned()),
        };
        let token = ActionToken(rule.run.id);
        self.sim.event(&key(), Event::AlarmSeen { token, alarm });
    }

    fn revision(&mut self, rest: &str) {
        let (action, revision) = rest.split_once(':').unwrap();
        let wish = PutRevision {
            action: action.to_owned(),
            revision: revision.to_owned(),
            change: None,
            created: None,
            caller_arn: "caller".to_owned(),
            seed: self.seed(),
        };
        let plan = self.plan.clone();
        let put = |state, now| put_revision(state, &plan, now, wish);
        match self.sim.command(&key(), put) {
            Ok((new, id)) => {
                let text = format!("    answer: {new} {}\n", self.seen.borrow().name(&id));
                self.note(&text);
            }
            Err(refused) => self.note(&format!("    refused: {refused}\n")),
        }
    }

    /// The record of the newest attempt like this.
    fn newest(&self, like: impl Fn(&ActionRun) -> bool) -> Option<ActionRecord> {
        let book = self.seen.borrow();
        let found = book.actions.values().filter(|record| like(&record.run));
        let newest = found.max_by_key(|record| (record.run.started, record.run.attempt));
        newest.cloned()
    }

    fn look(&mut self, seen: Result<&str, ActionError>) {
        let seen = seen.map(|revision| Seen {
            revision: revision.to_owned(),
            modified: self.sim.now,
        });
        let look = SourceLook {
            plan: self.plan.clone(),
            action: "src".to_owned(),
            seed: self.seed(),
            seen,
        };
        self.sim.event(&key(), Event::SourceSeen(Box::new(look)));
    }

    /// News about the oldest running attempt of this action, or of the given attempt.
    fn news(&self, verb: &str, action: &str) -> Option<Event> {
        let state = self.state()?;
        let running = state.live.iter().flat_map(|live| live.execution.running());
        let run = running.into_iter().find(|run| run.name == action)?;
        let book = self.seen.borrow();
        let by_people = run.job.is_some() || action.starts_with("approve");
        assert!(
            by_people || book.asked.contains(&run.id),
            "nobody asked for {action}"
        );
        Some(event(verb, book.actions.get(&run.id)?))
    }

    /// News about the newest attempt of this action that has ended.
    fn late(&mut self, action: &str) {
        let news = {
            let book = self.seen.borrow();
            let ended = book
                .actions
                .values()
                .filter(|record| record.run.status.is_final());
            let ended = ended.filter(|record| record.run.name == action);
            let last = ended.max_by_key(|record| record.run.started);
            last.map(|record| event("ok", record))
        };
        if let Some(news) = news {
            self.sim.event(&key(), news);
        }
    }

    fn pass(&mut self, word: &str) {
        let (number, unit) = word.split_at(word.len() - 1);
        let number: u64 = number.parse().unwrap_or_else(|_| panic!("word {word}"));
        let seconds = match unit {
            "s" => number,
            "m" => number * 60,
            "h" => number * 3600,
            _ => panic!("word {word}"),
        };
        let until = self.sim.now + Duration::from_secs(seconds);
        while self.sim.advance(until) {}
    }
}

/// What the world says about an attempt.
pub(super) fn event(verb: &str, record: &ActionRecord) -> Event {
    let token = ActionToken(record.run.id.clone());
    let build = format!("project:{}", record.run.name);
    match (verb, record.kind.provider.as_str()) {
        ("launched", _) => Event::Launched {
            token,
            id: build,
            log_stream_arn: None,
        },
        ("ok", "CodeBuild") => finished_build(token, build, true),
        (_, "CodeBuild") => finished_build(token, build, false),
        ("ok", "S3") if record.kind.category == Category::Source => {
            let info = ObjectInfo {
                key: "src.zip".to_owned(),
                size: 1,
                etag: "etag".to_owned(),
                version: Some("v".to_owned()),
                modified: START,
                metadata: BTreeMap::new(),
            };
            finished(token, s3_source::fetched("sources", &info, "v"))
        }
        ("ok", _) => finished(token, Outcome::Succeeded(Success::default())),
        _ => finished(token, failure()),
    }
}

fn failure() -> Outcome {
    Outcome::Failed(Failure {
        error: ActionError::new(ErrorCode::JobFailed, "broke"),
        external_id: None,
    })
}

fn finished(token: ActionToken, outcome: Outcome) -> Event {
    Event::ActionFinished {
        token,
        outcome: Box::new(outcome),
    }
}

fn finished_build(token: ActionToken, id: String, ok: bool) -> Event {
    let exported = [("OUT".to_owned(), format!("from {id}"))];
    let fault = BuildFault {
        status: "FAILED".to_owned(),
        phase: "BUILD".to_owned(),
        code: "COMMAND_EXECUTION_ERROR".to_owned(),
        message: "broke".to_owned(),
    };
    let verdict = if ok {
        BuildVerdict::Succeeded {
            exported: exported.into(),
        }
    } else {
        BuildVerdict::Failed(fault)
    };
    Event::BuildFinished {
        token,
        build: Box::new(BuildEnd {
            id,
            verdict,
            log_stream_arn: None,
        }),
    }
}

impl Book {
    pub fn name(&self, id: &str) -> String {
        let at = self.order.iter().position(|known| known == id);
        at.map_or("?".to_owned(), |at| format!("e{}", at + 1))
    }

    fn id(&self, name: &str) -> String {
        let at = name
            .strip_prefix('e')
            .and_then(|number| number.parse::<usize>().ok());
        let id = at.and_then(|at| self.order.get(at - 1));
        id.cloned().unwrap_or_else(|| name.to_owned())
    }

    fn read(&mut self, moment: &Moment<Pipelines>) {
        let at = moment.now.since(START).as_secs();
        for record in moment.records {
            let lines = match record {
                Record::Execution(execution) => self.execution(execution),
                Record::Action(action) | Record::Rule(action) => self.action(action),
                Record::Job(job) => self.job(job),
                Record::Change(change) => self.change(change),
            };
            for line in lines {
                self.transcript.push_str(&format!("    {at}s {line}\n"));
            }
        }
        for effect in moment.effects {
            let text = self.effect(effect);
            self.transcript
                .push_str(&format!("    {at}s asks: {text}\n"));
        }
        if let Some(state) = moment.after {
            self.slots(moment.before, state);
        }
    }

    fn slots(&mut self, before: Option<&Pipeline>, after: &Pipeline) {
        for (name, slot) in &after.stages {
            let old = before.and_then(|before| before.stages.get(name));
            if old.map(|old| &old.waiting) != Some(&slot.waiting) && !slot.waiting.is_empty() {
                let waiting: Vec<String> = slot.waiting.iter().map(|id| self.name(id)).collect();
                self.transcript
                    .push_str(&format!("    {name} waits: {}\n", waiting.join(" ")));
            }
        }
        for (name, source) in &after.sources {
            let old = before.and_then(|before| before.sources.get(name));
            if old.and_then(|old| old.trouble.as_ref()) != source.trouble.as_ref() {
                let text = source
                    .trouble
                    .as_ref()
                    .map_or("fine", |trouble| &trouble.error.message);
                self.transcript.push_str(&format!("    {name}: {text}\n"));
            }
        }
    }

    fn execution(&mut self, new: &Execution) -> Vec<String> {
        let mut lines = Vec::new();
        let old = self.executions.insert(new.id.clone(), new.clone());
        if old.is_none() {
            self.order.push(new.id.clone());
            let trigger = &new.trigger;
            let name = self.name(&new.id);
            let numbers = format!("{:?} {}", trigger.kind, trigger.detail);
            lines.push(format!("{name} begins: {numbers}"));
        }
        let name = self.name(&new.id);
        let before = old.as_ref().map(|old| format!("{:?}", old.status));
        let after = format!("{:?}", new.status);
        if self.travel("execution", before, &after) {
            let summary = new
                .summary
                .as_ref()
                .map(|text| format!(" ({text})"))
                .unwrap_or_default();
            lines.push(format!("{name} {after}{summary}"));
        }
        for stage in &new.stages {
            let old = old
                .as_ref()
                .and_then(|old| old.stages.iter().find(|old| old.name == stage.name));
            let before = old.map(|old| format!("{:?}", old.status));
            let after = format!("{:?}", stage.status);
            if self.travel("stage", before, &after) {
                lines.push(format!("{name} {} {after}", stage.name));
            }
            for (gate, run) in &stage.gates {
                let before = old.and_then(|old| old.gates.get(gate));
                let before = before.map(|before| format!("{:?}", before.status));
                let after = format!("{:?}", run.status);
                if self.travel("condition", before, &after) {
                    lines.push(format!("{name} {} {gate:?} {after}", stage.name));
                }
            }
        }
        lines
    }

    fn action(&mut self, new: &ActionRecord) -> Vec<String> {
        let old = self.actions.insert(new.run.id.clone(), new.clone());
        let before = old.map(|old| format!("{:?}", old.run.status));
        let after = format!("{:?}", new.run.status);
        let what = match new.kind.category {
            Category::Rule => "rule",
            _ => "action",
        };
        if !self.travel(what, before, &after) {
            return vec![format!(
                "{} {} noted",
                self.name(&new.execution),
                new.run.name
            )];
        }
        let error = new.run.result.error.as_ref();
        let error = error.map(|error| format!(" ({}: {})", error.code.as_str(), error.message));
        let name = self.name(&new.execution);
        vec![format!(
            "{name} {} {after}{}",
            new.run.name,
            error.unwrap_or_default()
        )]
    }

    fn job(&mut self, new: &JobRecord) -> Vec<String> {
        if self.jobs.contains(&new.id) {
            return Vec::new();
        }
        self.jobs.push(new.id.clone());
        let token = new.continuation.as_deref().unwrap_or("nothing");
        vec![format!("job for {} with {token}", new.action.run.name)]
    }

    /// Changes are a book of their own.
    fn change(&mut self, new: &StateChange) -> Vec<String> {
        let subject = match &new.subject {
            Subject::Execution => String::new(),
            Subject::Stage { name, .. } => format!(" {name}"),
            Subject::Action(action) => format!(" {}", action.run.name),
        };
        let (name, state) = (self.name(&new.execution), new.state.as_str());
        let line = format!("{name}{subject} {state} {}\n", new.attempt);
        self.changes.push_str(&line);
        Vec::new()
    }

    fn travel(&mut self, what: &'static str, before: Option<String>, after: &str) -> bool {
        if before.as_deref() == Some(after) {
            return false;
        }
        let before = before.unwrap_or_else(|| "·".to_owned());
        self.travelled.insert((what, before, after.to_owned()));
        true
    }

    fn effect(&mut self, effect: &Effect) -> String {
        if let Some(order) = effect.order() {
            let new = self.asked.insert(order.token.0.clone());
            // A function is invoked once more with each job that goes on.
            let again = matches!(effect, Effect::InvokeFunction(_));
            assert!(new || again, "asked for twice");
        }
        match effect {
            Effect::FetchSource(job) => {
                let version = job.from.version.as_deref().unwrap_or("current");
                format!(
                    "fetch {}/{} {version} into {}",
                    job.from.bucket, job.from.key, job.into.key
                )
            }
            Effect::LaunchBuild(job) => {
                let variables = job
                    .variables
                    .iter()
                    .map(|v| format!(" {}={}", v.name, v.value));
                format!("build {}{}", job.project, variables.collect::<String>())
            }
            Effect::DeployToS3(job) => {
                format!("deploy {} to {}", job.artifact.key, job.bucket)
            }
            Effect::RunCommands(job) => format!("run {}", job.commands.join(" && ")),
            Effect::InvokeFunction(job) => {
                let token = job.continuation.as_deref().unwrap_or("nothing");
                format!("call {} with {token}", job.function)
            }
            Effect::LaunchDeployment(job) => format!("deploy by {}", job.application),
            Effect::DeployTaskSet(job) => format!("deploy a task set by {}", job.application),
            Effect::DeployService(job) => format!("deploy to {}", job.place.service),
            Effect::LaunchPipeline(job) => format!("start {}", job.name),
            Effect::NotifyApproval(job) => format!("tell {}", job.topic),
            Effect::LookForType { kind, .. } => format!("look for the type {}", kind.provider),
            Effect::ReadAlarm { alarm, .. } => format!("read {alarm}"),
            Effect::TellParent { status, .. } => format!("tell parent {status:?}"),
            Effect::StopBuild { build, .. } => format!("stop {build}"),
            Effect::LookAtSource { action, .. } => format!("look at {action}"),
        }
    }
}
