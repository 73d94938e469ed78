//! Scripts and transcripts of pipelines: words in, what readers of records see out. For tests.
//!
//! A plan is a text such as `src; build > test; deploy`: stages by `;`, groups by `>`, actions by spaces. The kind of an
//! action follows from the beginning of its name: `src` (S3), `build`, `test` (CodeBuild), `deploy` (S3), anything else is a
//! provider that is not offered. `src!` does not poll. `mode=QUEUED` in front chooses the mode, `var=A` and `var=B:default`
//! declare variables; `build(x)` runs with the environment variable V set to the text x.
//!
//! A script is a list of words, executions are e1, e2, … in order of start:
//! `create`, `start`, `start:A=1,B=2`, `start:token=t`, `ok:ACTION`, `fail:ACTION`, `launched:ACTION` (of the oldest execution in
//! which it runs), `late:ACTION` (news about its last attempt that has ended), `stop:e1`, `abandon:e1`, `update`, `update:PLAN`,
//! `delete`, `seen:v1`, `gone` (a look at the source), `90m` (time).

use super::commands::*;
use super::event::{Failure, Outcome, Seen, SourceLook, Success};
use super::execution::*;
use super::plan::*;
use super::providers::s3_source;
use super::record::ActionRecord;
use super::{ActionToken, Effect, Event, Pipeline, Pipelines, Record, Seed};
use crate::aws::{Account, Region, Scope, Time};
use crate::companions::ObjectInfo;
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
        for word in stage.split_whitespace() {
            match word {
                ">" => order += 1,
                "mode=QUEUED" => mode = Mode::Queued,
                "mode=PARALLEL" => mode = Mode::Parallel,
                _ if word.starts_with("var=") => variables.push(variable(&word[4..])),
                _ => actions.push(action(word, order, &mut sources)),
            }
        }
        let name = format!("S{}", index + 1);
        stages.push(StagePlan { name, actions });
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
    } else {
        (Category::Invoke, "Lambda", vec![], vec![], vec![])
    };
    let configuration = configuration
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value));
    ActionPlan {
        kind: ActionKind {
            category,
            owner: "AWS".to_owned(),
            provider: provider.to_owned(),
            version: "1".to_owned(),
        },
        run_order,
        configuration: configuration.collect(),
        inputs,
        outputs,
        region: None,
        role_arn: None,
        namespace: Some(format!("{name}-ns")),
        timeout_minutes: None,
        name,
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
        };
        for (name, value) in rest.split(',').filter_map(|pair| pair.split_once('=')) {
            match name {
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
        let delete = |_, _| Ok::<_, ()>((delete(), ()));
        self.sim.command(&key(), delete).unwrap();
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
        assert!(book.asked.contains(&run.id), "nobody asked for {action}");
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
        ("launched", _) => Event::BuildLaunched {
            token,
            build,
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
                Record::Action(action) => self.action(action),
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
        }
        lines
    }

    fn action(&mut self, new: &ActionRecord) -> Vec<String> {
        let old = self.actions.insert(new.run.id.clone(), new.clone());
        let before = old.map(|old| format!("{:?}", old.run.status));
        let after = format!("{:?}", new.run.status);
        if !self.travel("action", before, &after) {
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

    fn travel(&mut self, what: &'static str, before: Option<String>, after: &str) -> bool {
        if before.as_deref() == Some(after) {
            return false;
        }
        let before = before.unwrap_or_else(|| "·".to_owned());
        self.travelled.insert((what, before, after.to_owned()));
        true
    }

    fn effect(&mut self, effect: &Effect) -> String {
        let mut ask = |token: &ActionToken| {
            assert!(self.asked.insert(token.0.clone()), "asked for twice");
        };
        match effect {
            Effect::FetchSource(job) => {
                ask(&job.order.token);
                let version = job.from.version.as_deref().unwrap_or("current");
                format!(
                    "fetch {}/{} {version} into {}",
                    job.from.bucket, job.from.key, job.into.key
                )
            }
            Effect::LaunchBuild(job) => {
                ask(&job.order.token);
                let variables = job
                    .variables
                    .iter()
                    .map(|v| format!(" {}={}", v.name, v.value));
                format!("build {}{}", job.project, variables.collect::<String>())
            }
            Effect::DeployToS3(job) => {
                ask(&job.order.token);
                format!("deploy {} to {}", job.artifact.key, job.bucket)
            }
            Effect::StopBuild { build, .. } => format!("stop {build}"),
            Effect::LookAtSource { action, .. } => format!("look at {action}"),
        }
    }
}
