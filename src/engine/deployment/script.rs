//! Deployments as scripts: words in, what happened out.
//!
//! Words before `|` make the plan: `canary`, `linear`, `hooks`, `alarms`, `rollback` (on everything), `s3`, `trigger`, `listener`,
//! `rolling` (a rollback of what has moved), `still` (of what has not). Words behind it happen: `ok` and `fail` answer what runs;
//! `ring`, `lost` and `calm` are looks at the alarms; `refuse` refuses a hook's invocation; `stop`, `stop+`, `stop-` stop with the
//! wish to roll back or not; `gone` deletes the group; `late` is an answer to everything that does not run; `5m` lets time pass.
//!
//! A plan that begins with `ecs` is one of that platform (see `script/ecs.rs`).

mod ecs;

use super::appspec::LambdaSpec;
use super::commands::answer_hook::{AnswerRefused, answer_hook};
use super::commands::start::start;
use super::commands::stop::{Stopping, stop};
use super::effect::Effect;
use super::event::{AlarmSeen, Event, Owner};
use super::fault::Fault;
use super::hook::execution_id;
use super::plan::*;
use super::record::Record;
use super::state::*;
use super::step::step;
use super::traffic::Routing;
use super::{Deployment, rollback};
use crate::aws::{Account, Region, Scope, Time};
use crate::companions::ObjectRef;
use crate::engine::pipeline::ActionToken;
use crate::engine::world::BuildListener;
use crate::engine::{Machine, Step};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::time::Duration;

pub(super) const START: Time = Time::from_millis(1_700_000_000_000);

pub(super) fn scope() -> Scope {
    Scope::new(
        Account::parse("000000000000").unwrap(),
        Region::parse("us-east-1").unwrap(),
    )
}

pub(super) fn spec(hooks: bool) -> LambdaSpec {
    LambdaSpec {
        function: "f".to_owned(),
        alias: "live".to_owned(),
        current: "1".to_owned(),
        target: "2".to_owned(),
        before_allow_traffic: hooks.then(|| "before".to_owned()),
        after_allow_traffic: hooks.then(|| "after".to_owned()),
    }
}

pub(super) fn plan(words: &str) -> DeploymentPlan {
    let mut plan = DeploymentPlan {
        scope: scope(),
        id: "d-AAAAAAAAA".to_owned(),
        application: "app".to_owned(),
        group: "group".to_owned(),
        service_role: "arn:aws:iam::000000000000:role/deploy".to_owned(),
        work: Work::Lambda(LambdaWork {
            source: LambdaSource::Given(spec(false)),
            routing: Routing::AllAtOnce,
        }),
        alarms: AlarmWatch::default(),
        rollback: None,
        rolls_back: None,
        triggers: Vec::new(),
        listener: None,
        seed: "seed".to_owned(),
        created: START,
    };
    for word in words.split_whitespace() {
        add(&mut plan, word);
    }
    plan
}

fn add(plan: &mut DeploymentPlan, word: &str) {
    if ecs::add(plan, word) {
        return;
    }
    let Work::Lambda(work) = &mut plan.work else {
        return add_to_any(plan, word);
    };
    match word {
        "canary" => {
            work.routing = Routing::Canary {
                percent: 10,
                minutes: 5,
            }
        }
        "linear" => {
            work.routing = Routing::Linear {
                percent: 40,
                minutes: 1,
            }
        }
        "hooks" => work.source = LambdaSource::Given(spec(true)),
        "s3" => {
            let at = ObjectRef {
                bucket: "b".to_owned(),
                key: "k".to_owned(),
                version: None,
            };
            work.source = LambdaSource::Object(RevisionObject {
                at,
                e_tag: None,
                bundle: Bundle::Text,
            });
        }
        "rolling" | "still" => {
            work.source = LambdaSource::Restore {
                spec: spec(false),
                moved: word == "rolling",
            };
            plan.rolls_back = Some("d-000000000".to_owned());
        }
        other => add_to_any(plan, other),
    }
}

fn add_to_any(plan: &mut DeploymentPlan, word: &str) {
    match word {
        "alarms" => plan.alarms.names = ["One", "Two"].map(str::to_owned).to_vec(),
        "rollback" => {
            plan.rollback = Some(RollbackPlan {
                id: "d-BBBBBBBBB".to_owned(),
                seed: "other".to_owned(),
                on_failure: true,
                on_alarm: true,
                on_request: true,
            });
        }
        "norollback" => {
            plan.rollback = Some(RollbackPlan {
                id: "d-BBBBBBBBB".to_owned(),
                seed: "other".to_owned(),
                on_failure: false,
                on_alarm: false,
                on_request: false,
            });
        }
        "trigger" => {
            let events = [
                "DeploymentStart",
                "DeploymentSuccess",
                "DeploymentFailure",
                "DeploymentStop",
                "DeploymentRollback",
                "DeploymentReady",
            ];
            plan.triggers = vec![Trigger {
                name: "all".to_owned(),
                topic: "topic".to_owned(),
                events: events.map(str::to_owned).to_vec(),
            }];
        }
        "listener" => {
            plan.listener = Some(BuildListener {
                pipeline: (scope(), "pipe".to_owned()),
                token: ActionToken("t-1".to_owned()),
            });
        }
        other => panic!("{other}"),
    }
}

/// A deployment, the clock, and what it has asked for.
pub(super) struct Run {
    pub now: Time,
    pub live: Option<DeploymentState>,
    pub finished: Option<DeploymentState>,
    pub moves: Vec<(Status, Status)>,
    pub effects: Vec<Effect>,
    pub twice: bool,
    pub travelled: BTreeSet<(&'static str, &'static str, &'static str)>,
    pub said: String,
}

impl Run {
    pub(super) fn new(plan: DeploymentPlan) -> Self {
        let mut run = Self {
            now: plan.created,
            live: None,
            finished: None,
            moves: Vec::new(),
            effects: Vec::new(),
            twice: false,
            travelled: BTreeSet::new(),
            said: String::new(),
        };
        let step = start(None, plan, run.now).unwrap();
        run.take(step);
        run
    }

    /// Live or finished.
    pub(super) fn state(&self) -> &DeploymentState {
        self.live.as_ref().or(self.finished.as_ref()).unwrap()
    }

    pub(super) fn event(&mut self, event: Event) {
        for _ in 0..if self.twice { 2 } else { 1 } {
            let Some(state) = self.live.take() else {
                return;
            };
            let before = place(&state);
            let step = step(state, self.now, event.clone());
            self.take(step);
            self.travel(before);
        }
    }

    pub(super) fn take(&mut self, step: Step<Deployment>) {
        self.live = step.state;
        for record in step.records {
            match record {
                Record::Moved { from, to, at } => {
                    assert_eq!(at, self.now);
                    self.moves.push((from, to));
                }
                Record::InstanceMoved { at, .. } => assert_eq!(at, self.now),
                Record::Finished(state) => {
                    assert_eq!(self.finished, None, "a deployment ends once");
                    self.finished = Some(*state);
                }
            }
        }
        for effect in step.effects {
            self.tell(&asked(&effect));
            self.effects.push(effect);
        }
    }

    pub(super) fn travel(&mut self, before: &'static str) {
        let state = self.state();
        let after = place(state);
        let status = if state.is_over() {
            state.status.as_str()
        } else {
            ""
        };
        if before != after || state.is_over() {
            self.travelled.insert((before, after, status));
        }
    }

    pub(super) fn tell(&mut self, what: &str) {
        let after = self.now.since(START).as_secs();
        writeln!(self.said, "{after:>5}s {what}").unwrap();
    }

    pub(super) fn words(&mut self, words: &str) {
        words.split_whitespace().for_each(|word| self.word(word));
    }

    pub(super) fn word(&mut self, word: &str) {
        match word {
            "ok" => self.answer(true),
            "fail" => self.answer(false),
            "ring" => self.look(&["One"], Some("ALARM")),
            "calm" => self.look(&["One"], Some("OK")),
            "lost" => self.look(&["One"], None),
            "refuse" => {
                let execution = self.execution().unwrap_or_default();
                let fault = Fault::function("no");
                self.event(Event::HookRefused { execution, fault });
            }
            "stop" => self.stop(None),
            "stop+" => self.stop(Some(true)),
            "stop-" => self.stop(Some(false)),
            "gone" => self.event(Event::Orphaned(Owner::Group)),
            "late" => self.late(),
            word if ecs::happens(self, word) => {}
            span => self.pass(duration(span)),
        }
    }

    pub(super) fn look(&mut self, names: &[&str], state: Option<&str>) {
        let seen = names.iter().map(|name| AlarmSeen {
            name: (*name).to_owned(),
            state: state.map(str::to_owned),
        });
        self.event(Event::AlarmsSeen(seen.collect()));
    }

    /// The hook that is waited for.
    pub(super) fn execution(&self) -> Option<String> {
        match self.state().doing() {
            Some(Doing::Hook { execution, .. }) => Some(execution.clone()),
            _ => None,
        }
    }

    /// The world answers what the deployment waits for.
    pub(super) fn answer(&mut self, well: bool) {
        let result = || match well {
            true => Ok(()),
            false => Err(Fault::configuration("no")),
        };
        if ecs::answer(self, well) {
            return;
        }
        let state = self.state();
        match state.doing().cloned() {
            None => {
                let hooks = matches!(&state.plan.work, Work::Lambda(LambdaWork { source: LambdaSource::Given(spec), .. }) if spec.before_allow_traffic.is_some());
                self.event(Event::SpecRead(result().map(|()| spec(hooks))));
            }
            Some(Doing::LookingAtAlarms) => {
                let state = if well { "OK" } else { "ALARM" };
                self.look(&["One", "Two"], Some(state));
            }
            Some(Doing::CheckingAlias) => self.event(Event::AliasChecked(result())),
            Some(Doing::Hook { execution, .. }) => {
                self.call_back(&execution, well).unwrap();
            }
            Some(Doing::Shifting { to }) => self.event(Event::Shifted {
                to,
                result: result(),
            }),
            Some(Doing::Waiting { until, .. }) => self.pass(until.since(self.now)),
            Some(_) => (),
        }
    }

    pub(super) fn call_back(&mut self, execution: &str, well: bool) -> Result<(), AnswerRefused> {
        let Some(state) = self.live.clone() else {
            return Err(AnswerRefused::Over);
        };
        let before = place(&state);
        let step = answer_hook(state, self.now, execution, well)?;
        self.take(step);
        self.travel(before);
        Ok(())
    }

    pub(super) fn stop(&mut self, rollback: Option<bool>) {
        let Some(state) = self.live.take() else {
            return;
        };
        let before = place(&state);
        let (step, answer) = stop(state, self.now, rollback);
        assert_eq!(
            answer == Stopping::Stopped,
            step.state.is_none(),
            "the answer tells whether it is over"
        );
        self.take(step);
        self.tell(&format!("stop: {answer:?}"));
        self.travel(before);
    }

    /// Answers to everything but what is waited for.
    fn late(&mut self) {
        let doing = self.state().doing().cloned();
        if doing.is_some() {
            self.event(Event::SpecRead(Ok(spec(false))));
            self.event(Event::SpecRead(Err(Fault::configuration("late"))));
        }
        if doing != Some(Doing::CheckingAlias) {
            self.event(Event::AliasChecked(Ok(())));
            self.event(Event::AliasChecked(Err(Fault::configuration("late"))));
        }
        for to in [5, 10, 40, 80, 100] {
            if doing != Some(Doing::Shifting { to }) {
                self.event(Event::Shifted { to, result: Ok(()) });
                let result = Err(Fault::configuration("late"));
                self.event(Event::Shifted { to, result });
            }
        }
        ecs::late(self);
        let events = self.state().target.iter().flat_map(|target| {
            let lifecycle = target.lifecycle().into_iter();
            let events = lifecycle.flat_map(|lifecycle| lifecycle.events());
            events.map(|event| event.name.clone())
        });
        for event in events.collect::<Vec<_>>() {
            let execution = execution_id(&self.state().plan.seed, &event);
            if self.execution().as_ref() != Some(&execution) {
                assert!(self.call_back(&execution, true).is_err());
                let fault = Fault::function("late");
                self.event(Event::HookRefused { execution, fault });
            }
        }
        self.event(Event::Ticked);
    }

    /// Time passes; the machine is woken when it wants to be.
    pub(super) fn pass(&mut self, span: Duration) {
        let until = self.now + span;
        while let Some(deadline) = self.live.as_ref().and_then(Deployment::deadline) {
            if deadline > until {
                break;
            }
            self.now = self.now.max(deadline);
            self.event(Event::Ticked);
        }
        self.now = until;
    }

    /// What happened and what the end looks like.
    pub(super) fn transcript(&self) -> String {
        let state = self.state();
        let mut text = self.said.clone();
        if let Some(target) = &state.target {
            for event in target.lifecycle().unwrap().events() {
                let at = |time: Option<Time>| {
                    time.map_or("·".to_owned(), |time| {
                        format!("{}s", time.since(START).as_secs())
                    })
                };
                let why = event.diagnostics.as_ref().map_or("", |_| " !");
                writeln!(
                    text,
                    "{:<18} {} {}–{}{why}",
                    event.name,
                    event.status.as_str(),
                    at(event.start),
                    at(event.end)
                )
                .unwrap();
            }
            let status = state.target_statuses()[0].as_str();
            writeln!(text, "target {status} {}%", weight(target)).unwrap();
        }
        let error = state.error.as_ref();
        let error = error.map_or(String::new(), |fault| format!(" {}", fault.code.as_str()));
        writeln!(text, "{}{error}", state.status.as_str()).unwrap();
        if let Some(plan) = self.finished.as_ref().and_then(rollback::plan) {
            let what = match &plan.work {
                Work::Server(_) => return text,
                Work::Ecs(work) => ecs::restored(work),
                Work::Lambda(work) => {
                    let LambdaSource::Restore { spec, moved } = &work.source else {
                        panic!("{plan:?}");
                    };
                    let moved = if *moved { "" } else { " (nothing moved)" };
                    format!("from {} to {}{moved}", spec.current, spec.target)
                }
            };
            writeln!(text, "rolled back by {} {what}", plan.id).unwrap();
        }
        text
    }
}

/// The share that is moved to what is new.
fn weight(target: &Target) -> u32 {
    match target {
        Target::Lambda(target) => target.weight,
        Target::Ecs(target) => target.weight,
        Target::Server(_) => 0,
    }
}

/// What the deployment is doing, for the diagram.
pub(super) fn place(state: &DeploymentState) -> &'static str {
    if state.is_over() {
        return "·";
    }
    if let Some(fleet) = state.fleet() {
        return super::server::script::phase(fleet);
    }
    match state.doing() {
        None => "Created",
        Some(Doing::LookingAtAlarms) => "LookingAtAlarms",
        Some(Doing::CheckingAlias) => "CheckingAlias",
        Some(Doing::Hook { .. }) => "Hook",
        Some(Doing::Shifting { .. }) => "Shifting",
        Some(Doing::Waiting { .. }) => "Waiting",
        Some(Doing::CheckingService) => "CheckingService",
        Some(Doing::CreatingTasks) => "CreatingTasks",
        Some(Doing::Installing { .. }) => "Installing",
        Some(Doing::ShiftingTest { .. }) => "ShiftingTest",
        Some(Doing::Ready { .. }) => "Ready",
        Some(Doing::Settling { .. }) => "Settling",
        Some(Doing::Promoting) => "Promoting",
        Some(Doing::Retiring { .. }) => "Retiring",
        Some(Doing::Removing) => "Removing",
        Some(Doing::Draining { .. }) => "Draining",
        Some(Doing::Nothing) => "Nothing",
    }
}

fn asked(effect: &Effect) -> String {
    match effect {
        Effect::ReadSpec { .. } => "read the AppSpec".to_owned(),
        Effect::ReadAlarms { names } => format!("look at {}", names.join(", ")),
        Effect::CheckAlias { .. } => "look at the alias".to_owned(),
        Effect::InvokeHook { function, .. } => format!("invoke {function}"),
        Effect::Shift { to, .. } => format!("shift {to}%"),
        Effect::FindInstances { .. } => "find the instances".to_owned(),
        Effect::MoveTraffic { instance, way, .. } => format!("{way:?} {instance}"),
        Effect::TerminateInstances { instances } => format!("terminate {}", instances.join(", ")),
        Effect::Ecs(effect) => ecs::asked(effect),
        Effect::Publish { subject, .. } => {
            format!("publish {}", subject.split(':').next().unwrap())
        }
        Effect::RollBack { id } => format!("roll back by {id}"),
        Effect::TellPipeline { ended, .. } => {
            let failure = ended.clone().news().failure;
            format!(
                "tell the pipeline: {}",
                failure.as_deref().unwrap_or("well")
            )
        }
    }
}

pub(super) fn duration(span: &str) -> Duration {
    let (number, unit) = span.split_at(span.len() - 1);
    let number: u64 = number.parse().unwrap_or_else(|_| panic!("{span}"));
    Duration::from_secs(match unit {
        "s" => number,
        "m" => number * 60,
        "h" => number * 3600,
        other => panic!("{other}"),
    })
}

/// Every choice of the events that a rollback may follow.
pub(super) fn choices() -> impl Iterator<Item = RollbackPlan> {
    (0..8u8).map(|bits| RollbackPlan {
        id: "d-BBBBBBBBB".to_owned(),
        seed: "other".to_owned(),
        on_failure: bits & 1 != 0,
        on_alarm: bits & 2 != 0,
        on_request: bits & 4 != 0,
    })
}

/// Whether a rollback is to follow such an end (contract codedeploy §5.5).
pub(super) fn follows(chosen: &RollbackPlan, end: &str) -> bool {
    match end {
        "failure" => chosen.on_failure,
        "alarm" => chosen.on_alarm,
        "stop" => chosen.on_request,
        "stop+" => true,
        "stop-" | "time-out" | "gone" | "success" => false,
        other => panic!("{other}"),
    }
}

/// Plays `plan | words`.
pub(super) fn play(script: &str) -> Run {
    play_with(script, false)
}

pub(super) fn play_with(script: &str, twice: bool) -> Run {
    let (words, happens) = script.split_once('|').unwrap();
    let mut run = Run::new(plan(words));
    run.twice = twice;
    run.words(happens);
    run
}

/// What must be true at any moment.
pub(super) fn assert_invariants(run: &Run) {
    let state = run.state();
    assert_eq!(state.is_over(), run.live.is_none());
    assert_eq!(state.completed.is_some(), state.is_over());
    assert_eq!(
        state.error.is_some(),
        matches!(state.status, Status::Failed | Status::Stopped)
    );
    assert_eq!(state.started.is_some(), state.target.is_some());
    assert!(
        state
            .completed
            .is_none_or(|end| end >= state.started.unwrap_or(state.plan.created))
    );
    let mut at = Status::Created;
    for (from, to) in &run.moves {
        assert_eq!(*from, at, "{:?}", run.moves);
        assert!(!from.is_terminal());
        at = *to;
    }
    assert_eq!(at, state.status);
    if state.is_over() {
        assert!(state.pending.is_none() && state.deadline().is_none());
    }
    if state.rolled_back_by.is_some() {
        let mut asked = run.effects.iter();
        assert_eq!(
            asked
                .by_ref()
                .filter(|effect| matches!(effect, Effect::RollBack { .. }))
                .count(),
            1
        );
        assert!(rollback::plan(state).is_some());
        assert_ne!(state.status, Status::Succeeded);
    }
    let target = state.target.as_ref();
    let Some((target, lifecycle)) = target.and_then(|target| Some((target, target.lifecycle()?)))
    else {
        return;
    };
    let events = lifecycle.events();
    assert_eq!(events.len(), if state.ecs().is_some() { 8 } else { 3 });
    let statuses: Vec<_> = events.iter().map(|event| event.status).collect();
    use super::lifecycle::EventStatus::*;
    let rank = |status: &super::lifecycle::EventStatus| match status {
        Succeeded => 0,
        InProgress | Failed => 1,
        Pending | Skipped => 2,
    };
    assert!(statuses.is_sorted_by_key(rank), "{statuses:?}");
    assert!(statuses.iter().filter(|status| rank(status) == 1).count() <= 1);
    for event in events {
        assert_eq!(event.start.is_some(), rank(&event.status) < 2);
        assert_eq!(
            event.end.is_some(),
            !matches!(event.status, Pending | InProgress)
        );
    }
    if state.is_over() {
        assert!(!statuses.contains(&Pending) && !statuses.contains(&InProgress));
        assert_eq!(target.doing(), Some(&Doing::Nothing));
    } else {
        assert_ne!(target.doing(), Some(&Doing::Nothing));
        assert_eq!(
            state.status == Status::Ready,
            matches!(target.doing(), Some(Doing::Ready { .. }))
        );
    }
    if state.status == Status::Succeeded {
        let whole = if ecs::is_rollback(&state.plan.work) {
            0
        } else {
            100
        };
        assert_eq!(
            (state.target_statuses()[0], weight(target)),
            (TargetStatus::Succeeded, whole)
        );
    }
    assert!(weight(target) <= 100);
    ecs::assert_invariants(run);
}
