//! Deployments to instances as scripts: words in, what happened out.
//!
//! Words before `|` make the plan: `3` instances called `a`, `b`, `c`; `all`, `half`, `min2` are configurations (else one at a time);
//! `traffic`, `zones` (one instance each, ten minutes between; `of1` and `of2` have to stay healthy in each), `ignore`, `outdated`, `alarms`, `rollback`, `trigger`, `listener`,
//! `rolling`; `swap` lets the instances replace `x` and `y`, which end after an hour (`keep`: which stay, `now`: which end at once) and
//! with `hold` after half an hour's wait for `continue`; `back` is a rollback of that; `odd` says not how, `bare` has no load balancer. Words behind it happen: `ok` and `fail` answer what is waited for first, `poll`, `ack`, `done` and `bad` are the single
//! words of an agent, of one instance in `b:done`; `continue` and `skip` end a wait; `late` repeats everything that is over; `ring`, `calm`, `lost`, `stop`, `stop+`,
//! `stop-`, `gone` and spans of time are as everywhere.

use super::agent::{self, Command, Standing};
use super::batch::Minimum;
use super::fleet::{Doing, Fleet, Instance, Originals, Phase};
use super::order::{Candidate, Installed};
use super::plan::{BlueGreen, Selection, ServerWork, Style, Zones};
use super::report::Report;
use crate::companions::{LoadBalancers, TagFilter};
use crate::engine::deployment::DeploymentPlan;
use crate::engine::deployment::color::Color;
use crate::engine::deployment::commands::continue_deployment::{Wait, continue_deployment};
use crate::engine::deployment::effect::Traffic;
use crate::engine::deployment::event::{Event, Owner};
use crate::engine::deployment::fault::Fault;
use crate::engine::deployment::lifecycle::EventStatus;
use crate::engine::deployment::plan::Work;
use crate::engine::deployment::script::{self, Run, START, duration, place};
use crate::engine::deployment::state::{Status, TargetStatus};
use std::fmt::Write;
use std::sync::Arc;

pub(in super::super) fn phase(fleet: &Fleet) -> &'static str {
    match fleet.phase {
        Phase::LookingAtAlarms => "LookingAtAlarms",
        Phase::Deploying => "Deploying",
        Phase::Baking { .. } => "Baking",
        Phase::Ready { .. } => "Ready",
        Phase::Allowing => "Allowing",
        Phase::Blocking => "Blocking",
        Phase::Retiring { .. } => "Retiring",
        Phase::Terminating => "Terminating",
        Phase::Over => "Over",
    }
}

pub(super) fn plan(words: &str) -> DeploymentPlan {
    let mut work = ServerWork {
        selection: Selection {
            on_premises: vec![vec![TagFilter::Key("k".to_owned())]],
            ..Selection::default()
        },
        minimum: Minimum::AllButOne,
        zones: None,
        balancers: None,
        ignore_stop_failures: false,
        outdated_only: false,
        style: Style::InPlace,
    };
    let mut others = Vec::new();
    let mut rolls_back = None;
    for word in words.split_whitespace() {
        match word {
            "all" => work.minimum = Minimum::Percent(0),
            "half" => work.minimum = Minimum::Percent(50),
            "min2" => work.minimum = Minimum::Hosts(2),
            "traffic" => work.balancers = Some(LoadBalancers::default()),
            "zones" => {
                work.zones = Some(Zones {
                    first: 600,
                    others: 300,
                    minimum: Minimum::Percent(0),
                });
            }
            "of1" | "of2" => {
                let least = if word == "of1" { 1 } else { 2 };
                work.zones.as_mut().unwrap().minimum = Minimum::Hosts(least);
            }
            "swap" => swap(&mut work),
            "hold" => replacing(&mut work).ready_wait = Some(30),
            "keep" => replacing(&mut work).termination_wait = None,
            "now" => replacing(&mut work).termination_wait = Some(0),
            "back" => {
                replacing(&mut work).back = true;
                rolls_back = Some("d-000000000".to_owned());
            }
            "odd" => work.style = Style::BlueGreen(None),
            "bare" => work.balancers = None,
            "ignore" => work.ignore_stop_failures = true,
            "outdated" => work.outdated_only = true,
            "rolling" => rolls_back = Some("d-000000000".to_owned()),
            number if number.parse::<usize>().is_ok() => {}
            other => others.push(other),
        }
    }
    let mut plan = script::plan(&others.join(" "));
    plan.work = Work::Server(Box::new(work));
    plan.rolls_back = rolls_back;
    if let Some(trigger) = plan.triggers.first_mut() {
        let more = [
            "InstanceStart",
            "InstanceSuccess",
            "InstanceFailure",
            "InstanceReady",
        ];
        trigger.events.extend(more.map(str::to_owned));
    }
    plan
}

fn swap(work: &mut ServerWork) {
    work.balancers = Some(LoadBalancers::default());
    work.style = Style::BlueGreen(Some(BlueGreen {
        green: work.selection.clone(),
        ready_wait: None,
        termination_wait: Some(60),
        back: false,
    }));
}

/// The words after `swap` change it.
fn replacing(work: &mut ServerWork) -> &mut BlueGreen {
    match &mut work.style {
        Style::BlueGreen(Some(of)) => of,
        other => panic!("{other:?}"),
    }
}

/// How many instances the words name.
pub(super) fn count(words: &str) -> usize {
    let mut numbers = words
        .split_whitespace()
        .filter_map(|word| word.parse().ok());
    numbers.next().unwrap_or(1)
}

pub(super) fn candidates(count: usize) -> Vec<Candidate> {
    let candidate = |letter: char| Candidate {
        label: None,
        id: letter.to_string(),
        arn: format!("arn:aws:codedeploy:us-east-1:000000000000:instance/{letter}_0123456789"),
        host: format!("arn:aws:iam::000000000000:user/{letter}"),
        zone: Some(format!("zone-{letter}")),
        healthy: false,
        installed: Installed::Unknown,
    };
    ('a'..='w').take(count).map(candidate).collect()
}

/// What is found for a plan: with `swap`, replacements and the two originals.
pub(super) fn found(plan: &DeploymentPlan, count: usize) -> Vec<Candidate> {
    let mut found = candidates(count);
    let Work::Server(work) = &plan.work else {
        return found;
    };
    if work.blue_green().is_some() {
        found
            .iter_mut()
            .for_each(|one| one.label = Some(Color::Green));
        let originals = ["x", "y"].map(|id| Candidate {
            id: id.to_owned(),
            arn: format!("arn:aws:ec2:us-east-1:000000000000:instance/{id}"),
            host: format!("arn:aws:ec2:us-east-1:000000000000:instance/{id}"),
            label: Some(Color::Blue),
            ..candidates(1).remove(0)
        });
        found.extend(originals);
    }
    found
}

/// A run, and how many instances it has.
pub(super) struct Server {
    pub run: Run,
    count: usize,
}

impl Server {
    pub(super) fn new(words: &str) -> Self {
        Self {
            run: Run::new(plan(words)),
            count: count(words),
        }
    }

    pub(super) fn fleet(&self) -> Option<&Fleet> {
        self.run.state().fleet()
    }

    pub(super) fn is_over(&self) -> bool {
        self.run.state().is_over()
    }

    pub(super) fn words(&mut self, words: &str) {
        words.split_whitespace().for_each(|word| self.word(word));
    }

    pub(super) fn word(&mut self, word: &str) {
        let (instance, what) = match word.split_once(':') {
            Some((instance, what)) => (Some(instance), what),
            None => (None, word),
        };
        match what {
            "ok" => self.answer(instance, true),
            "fail" => self.answer(instance, false),
            "poll" => drop(self.poll(instance)),
            "ack" => self.acknowledge(instance),
            "done" => self.complete(instance, Report::success()),
            "bad" => self.complete(instance, Report::failure(4, "s.sh", "it failed", "log")),
            "late" => self.late(),
            "continue" => self.go_on(Wait::Ready),
            "skip" => self.go_on(Wait::Termination),
            "none" => self.run.event(Event::InstancesFound(Ok(Vec::new()))),
            "ring" | "calm" | "lost" | "stop" | "stop+" | "stop-" => self.run.word(what),
            "gone" => self.run.event(Event::Orphaned(Owner::Group)),
            span => self.run.pass(duration(span)),
        }
    }

    /// The instance that a word is about: the named one, or the first that waits for something.
    fn subject(&self, named: Option<&str>) -> Option<Arc<Instance>> {
        let mut instances = self.fleet()?.instances.iter();
        let found = match named {
            Some(name) => instances.find(|one| one.id == name),
            None => instances.find(|one| one.doing != Doing::Nothing),
        };
        found.cloned()
    }

    pub(super) fn answer(&mut self, named: Option<&str>, well: bool) {
        let state = self.run.state();
        if state.status == Status::Created {
            let found = match well {
                true => Ok(found(&state.plan, self.count)),
                false => Err(Fault::internal("no")),
            };
            return self.run.event(Event::InstancesFound(found));
        }
        match self.fleet().map(|fleet| fleet.phase) {
            Some(Phase::LookingAtAlarms) => {
                let state = if well { "OK" } else { "ALARM" };
                return self.run.look(&["One", "Two"], Some(state));
            }
            Some(Phase::Ready { .. }) if well => return self.go_on(Wait::Ready),
            Some(Phase::Terminating) => {
                let why = "The instance x could not be terminated: no".to_owned();
                let messages = if well { Vec::new() } else { vec![why] };
                return self.run.event(Event::InstancesTerminated { messages });
            }
            Some(Phase::Baking { until } | Phase::Ready { until } | Phase::Retiring { until }) => {
                return self.run.pass(until.since(self.run.now));
            }
            _ => {}
        }
        let Some(one) = self.subject(named) else {
            return;
        };
        if matches!(one.doing, Doing::Balancing { .. }) {
            return self.balanced(&one, well);
        }
        self.poll(Some(&one.id));
        self.acknowledge(Some(&one.id));
        self.word(&format!("{}:{}", one.id, if well { "done" } else { "bad" }));
    }

    /// Somebody ends a wait; where there is none it is refused.
    fn go_on(&mut self, wait: Wait) {
        let Some(state) = self.run.live.clone() else {
            return;
        };
        let phase = self.fleet().map(|fleet| fleet.phase);
        let waits = match wait {
            Wait::Ready => matches!(phase, Some(Phase::Ready { .. })),
            Wait::Termination => matches!(phase, Some(Phase::Retiring { .. })),
        };
        let before = place(&state);
        let answer = continue_deployment(&state, self.run.now, wait);
        assert_eq!(answer.is_ok(), waits);
        if let Ok(step) = answer {
            self.run.take(step);
            self.run.travel(before);
        }
    }

    fn balanced(&mut self, one: &Instance, well: bool) {
        let running = one.lifecycle.running().map(|event| event.name.clone());
        let way = match running.as_deref() {
            Some("AllowTraffic") => Traffic::Allow,
            _ => Traffic::Block,
        };
        self.run.event(Event::TrafficMoved {
            instance: one.id.clone(),
            way,
            result: match well {
                true => Ok(()),
                false => Err("it does not drain".to_owned()),
            },
        });
    }

    /// The agent of an instance polls.
    pub(super) fn poll(&mut self, named: Option<&str>) -> Option<Command> {
        let one = self.subject(named)?;
        let state = self.run.live.clone()?;
        let before = place(&state);
        let (step, command) = agent::poll(state, self.run.now, &one.host);
        self.run.take(step);
        self.run.travel(before);
        if let Some(command) = &command {
            self.run
                .tell(&format!("{} is told {}", one.id, command.event));
        }
        command
    }

    /// The id of the command that is waited for.
    pub(super) fn command(&self, one: &Instance) -> Option<String> {
        let event = &one.lifecycle.running()?.name;
        let state = self.run.live.as_ref()?;
        let number = state
            .fleet()?
            .instances
            .iter()
            .position(|of| of.id == one.id)?;
        Some(agent::command_id(state, number, event))
    }

    fn acknowledge(&mut self, named: Option<&str>) {
        let Some(id) = self.subject(named).and_then(|one| self.command(&one)) else {
            return;
        };
        for _ in 0..self.times() {
            let Some(state) = self.run.live.clone() else {
                return;
            };
            let before = place(&state);
            let (step, standing) = agent::acknowledge(state, self.run.now, &id).unwrap();
            assert_eq!(standing, Standing::Open);
            self.run.take(step);
            self.run.travel(before);
        }
    }

    fn complete(&mut self, named: Option<&str>, report: Report) {
        let Some(id) = self.subject(named).and_then(|one| self.command(&one)) else {
            return;
        };
        for _ in 0..self.times() {
            self.complete_as(&id, report.clone());
        }
    }

    pub(super) fn complete_as(&mut self, id: &str, report: Report) {
        let Some(state) = self.run.live.clone() else {
            return;
        };
        let before = place(&state);
        let step = agent::complete(state, self.run.now, id, report).unwrap();
        self.run.take(step);
        self.run.travel(before);
    }

    fn times(&self) -> usize {
        if self.run.twice { 2 } else { 1 }
    }

    /// Everything that has been said is said once more, and everything that is not waited for.
    fn late(&mut self) {
        if self.run.state().status != Status::Created {
            let found = Event::InstancesFound(Ok(candidates(2)));
            self.run.event(found);
            self.run
                .event(Event::SpecRead(Err(Fault::internal("late"))));
        }
        let Some(fleet) = self.fleet().cloned() else {
            return;
        };
        if fleet.phase != Phase::Terminating {
            let messages = vec!["late".to_owned()];
            self.run.event(Event::InstancesTerminated { messages });
        }
        for (number, one) in fleet.instances.iter().enumerate() {
            for event in one.lifecycle.events() {
                let Some(state) = self.run.live.clone() else {
                    return;
                };
                let id = agent::command_id(&state, number, &event.name);
                match event.status {
                    EventStatus::Pending => {
                        assert_eq!(agent::lookup(&state, &id), None);
                    }
                    EventStatus::InProgress => {}
                    _ => {
                        self.complete_as(&id, Report::failure(5, "", "late", ""));
                        self.complete_as(&id, Report::success());
                    }
                }
            }
            for way in [Traffic::Block, Traffic::Allow] {
                let running = one.lifecycle.running().map(|event| event.name.as_str());
                if running != Some(way.event()) {
                    self.run.event(Event::TrafficMoved {
                        instance: one.id.clone(),
                        way,
                        result: Err("late".to_owned()),
                    });
                }
            }
        }
        self.run.event(Event::Ticked);
    }

    /// What happened and what the end looks like.
    pub(super) fn transcript(&self) -> String {
        let state = self.run.state();
        let mut text = self.run.said.clone();
        for one in state.fleet().into_iter().flat_map(|fleet| &fleet.instances) {
            let events: String = one.lifecycle.events().iter().map(letter).collect();
            let last = one.updated.since(START).as_secs();
            let mut line = format!("{} {} {events} {last}s", one.id, one.status.as_str());
            for (event, report) in &one.reports {
                write!(line, " {event}: {}", report.code.as_str()).unwrap();
            }
            writeln!(text, "{line}").unwrap();
        }
        for message in state.fleet().into_iter().flat_map(|fleet| &fleet.messages) {
            writeln!(text, "{message}").unwrap();
        }
        let error = state.error.as_ref();
        let error = error.map_or(String::new(), |fault| format!(" {}", fault.code.as_str()));
        writeln!(text, "{}{error}", state.status.as_str()).unwrap();
        if let Some(plan) = self
            .run
            .finished
            .as_ref()
            .and_then(crate::engine::deployment::rollback::plan)
        {
            let Work::Server(work) = &plan.work else {
                panic!("{plan:?}");
            };
            let only = work.selection.only.clone().unwrap_or_default().join(", ");
            writeln!(text, "rolled back by {} on {only}", plan.id).unwrap();
        }
        text
    }
}

fn letter(event: &crate::engine::deployment::lifecycle::LifecycleEvent) -> char {
    match event.status {
        EventStatus::Pending => '.',
        EventStatus::InProgress => '>',
        EventStatus::Succeeded => '+',
        EventStatus::Failed => '!',
        EventStatus::Skipped => '-',
    }
}

/// Plays `plan | words`.
pub(super) fn play(script: &str) -> Server {
    play_with(script, false)
}

pub(super) fn play_with(script: &str, twice: bool) -> Server {
    let (words, happens) = script.split_once('|').unwrap();
    let mut server = Server::new(words);
    server.run.twice = twice;
    server.words(happens);
    server
}

/// What must be true at any moment, beside what is true of all deployments.
pub(super) fn assert_invariants(server: &Server) {
    script::assert_invariants(&server.run);
    let state = server.run.state();
    let Some(fleet) = state.fleet() else { return };
    assert_eq!(fleet.phase == Phase::Over, state.is_over());
    assert_eq!(
        matches!(fleet.phase, Phase::Baking { .. }),
        state.status == Status::Baking
    );
    assert_eq!(
        matches!(fleet.phase, Phase::Ready { .. }),
        state.status == Status::Ready
    );
    let mut busy = 0;
    for one in &fleet.instances {
        let events = one.lifecycle.events();
        let running = events
            .iter()
            .filter(|event| event.status == EventStatus::InProgress);
        assert!(running.count() <= 1);
        let is_running = one.lifecycle.running().is_some();
        assert_eq!(one.doing != Doing::Nothing, is_running, "{one:?}");
        busy += usize::from(is_running);
        for event in events {
            let ended = !matches!(event.status, EventStatus::Pending | EventStatus::InProgress);
            assert_eq!(event.end.is_some(), ended);
            let begun = matches!(
                event.status,
                EventStatus::InProgress | EventStatus::Succeeded | EventStatus::Failed
            );
            assert_eq!(event.start.is_some(), begun, "{event:?}");
            let failed = event.status == EventStatus::Failed;
            assert_eq!(one.reports.contains_key(&event.name), failed);
        }
        match one.status {
            TargetStatus::Pending => assert!(!one.was_touched() && !state.is_over()),
            TargetStatus::Ready => {
                assert!(!state.is_over() && !is_running && one.has_installed());
            }
            TargetStatus::InProgress => {
                assert!(!state.is_over() && (is_running || state.pending.is_some()));
            }
            TargetStatus::Succeeded | TargetStatus::Failed | TargetStatus::Skipped => {
                assert!(one.lifecycle.is_ended(), "{one:?}");
            }
        }
    }
    if let Work::Server(work) = &state.plan.work
        && work.minimum == Minimum::AllButOne
    {
        assert!(busy <= 1, "one at a time");
    }
    if state.status == Status::Succeeded {
        assert!(
            fleet
                .instances
                .iter()
                .any(|one| one.status == TargetStatus::Succeeded)
        );
    }
    if !state.is_over() && fleet.phase != Phase::Terminating {
        assert!(state.deadline().is_some());
    }
    let of = |label: Color| {
        let instances = fleet.instances.iter();
        instances.filter(move |one: &&Arc<Instance>| one.label == Some(label))
    };
    let goes_back = matches!(&state.plan.work, Work::Server(work) if work.goes_back());
    let (first, then) = match goes_back {
        true => (Color::Blue, Color::Green),
        false => (Color::Green, Color::Blue),
    };
    if of(then).any(|one| one.was_touched()) {
        let served = of(first).any(|one| one.status == TargetStatus::Succeeded);
        assert!(served || of(first).count() == 0, "somebody serves");
    }
    if fleet.originals == Originals::Terminated {
        assert!(of(Color::Blue).all(|one| one.status == TargetStatus::Succeeded));
        assert!(state.rolled_back_by.is_none());
    }
}
