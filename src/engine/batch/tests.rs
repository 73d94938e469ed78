//! Scripts and transcripts of batches: words in, what happened out.
//!
//! A batch is written as its tasks: `a; b on a; c on a,b ignore; fast`. A script is a list of words: `launched` and `read` are news
//! of the build that reads the buildspec, `unread` its failure; `a:launched`, `a:ok`, `a:fail`, `a:stopped`, `a:refused` news of a
//! group's newest attempt, `a@1:ok` of its first; `combined`, `uncombined`; `stop`, `retry`, `retry-failed`; `9h` lets time pass.

use super::Batches;
use super::commands::retry::{NotRetried, Which, retry};
use super::commands::start::start;
use super::commands::stop::stop;
use super::effect::Effect;
use super::event::{ChildEnded, Event, GroupToken};
use super::plan::{BatchPlan, Combined, Restrictions};
use super::spec::{BATCHSPEC, BatchSpec, Task};
use super::state::*;
use super::step::step;
use crate::aws::{Account, Region, Scope, Time};
use crate::engine::build::plan::Artifacts;
use crate::engine::build::state::{ArtifactResult, BuildStatus, Context};
use crate::engine::pipeline::{ActionToken, Seed};
use crate::engine::world::{BuildListener, BuildTarget, BuildVerdict};
use crate::engine::{Machine, Step};
use expect_test::{Expect, expect};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::Duration;
use uuid::Uuid;

pub(super) const START: Time = Time::from_millis(1_700_000_000_000);

/// A plan with nothing special in it.
pub(super) fn plan() -> BatchPlan {
    let account = Account::parse("000000000000").unwrap();
    let region = Region::parse("us-east-1").unwrap();
    BatchPlan {
        scope: Scope::new(account, region),
        project: "hello".to_owned(),
        uuid: "11111111-2222-4333-8444-555555555555".to_owned(),
        number: 3,
        initiator: "someone".to_owned(),
        seed: Seed::new(Uuid::from_u128(7)),
        restrictions: Restrictions {
            builds: 100,
            computes: Vec::new(),
            fleets: Vec::new(),
            compute: "BUILD_GENERAL1_SMALL".to_owned(),
        },
        timeout_minutes: 480,
        combined: Vec::new(),
        listener: None,
        start: START,
    }
}

pub(super) fn spec(text: &str) -> BatchSpec {
    let mut spec = BatchSpec::default();
    for part in text
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        if part == "fast" {
            spec.fast_fail = true;
            continue;
        }
        let mut words = part.split_whitespace();
        let mut task = Task::named(words.next().unwrap().to_owned());
        while let Some(word) = words.next() {
            match word {
                "on" => {
                    let names = words.next().unwrap().split(',');
                    task.depends_on = names.map(str::to_owned).collect();
                }
                "ignore" => task.ignore_failure = true,
                other => panic!("{other}?"),
            }
        }
        spec.tasks.push(task);
    }
    spec
}

/// A batch, the clock, and what it has asked for.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub now: Time,
    pub spec: BatchSpec,
    pub live: Option<BatchState>,
    pub finished: Option<BatchState>,
    pub effects: Vec<Effect>,
    pub twice: bool,
    pub travelled: BTreeSet<(Phase, Phase, &'static str)>,
}

impl Run {
    pub(super) fn new(plan: BatchPlan, spec: BatchSpec) -> Self {
        let mut run = Run {
            now: plan.start,
            spec,
            live: None,
            finished: None,
            effects: Vec::new(),
            twice: false,
            travelled: BTreeSet::new(),
        };
        let step = start(plan, run.now);
        run.take(step);
        run
    }

    /// The batch, live or finished.
    pub(super) fn batch(&self) -> &BatchState {
        self.live.as_ref().or(self.finished.as_ref()).unwrap()
    }

    pub(super) fn event(&mut self, event: Event) {
        for _ in 0..if self.twice { 2 } else { 1 } {
            // The driver drops news of a batch whose row has left.
            let Some(state) = self.live.take() else {
                return;
            };
            let before = state.phases.len();
            let step = step(state, self.now, event.clone());
            self.take(step);
            self.travel(before);
        }
    }

    pub(super) fn stop(&mut self) {
        let Some(state) = self.live.take() else {
            return;
        };
        let before = state.phases.len();
        let (step, shown) = stop(state, self.now);
        self.take(step);
        self.travel(before);
        assert_eq!(&shown, self.batch(), "the answer is the stopped batch");
    }

    pub(super) fn retry(&mut self, which: Which) -> Result<(), NotRetried> {
        let state = self.batch().clone();
        let before = state.phases.len();
        let (step, shown) = retry(state, which, self.now)?;
        self.finished = None;
        self.take(step);
        assert_eq!(
            &shown,
            self.batch(),
            "the answer is the batch as it goes on"
        );
        // The last phase of the attempt before has ended, too.
        self.travel(before - 1);
        Ok(())
    }

    fn take(&mut self, step: Step<Batches>) {
        self.live = step.state;
        for batch in step.records {
            let before = self.finished.replace(*batch);
            assert!(before.is_none(), "a batch finishes once");
        }
        for effect in &step.effects {
            if let Effect::LaunchBuild(job) = effect {
                let state = self.batch();
                let group = state.group(&job.token.group).unwrap();
                let good = |name: &String| state.group(name).unwrap().is_good();
                assert!(group.depends_on().iter().all(good), "{job:?} is too early");
            }
        }
        self.effects.extend(step.effects);
    }

    /// Remembers the transitions that were just made.
    fn travel(&mut self, before: usize) {
        let phases = self.batch().phases.clone();
        for pair in phases[before - 1..].windows(2) {
            let end = pair[0]
                .end
                .as_ref()
                .expect("a phase that is left has ended");
            let how = end.status.as_str();
            self.travelled.insert((pair[0].phase, pair[1].phase, how));
        }
    }

    pub(super) fn token(&self, group: &str) -> GroupToken {
        let attempt = self.batch().group(group).map_or(1, |group| group.attempt);
        GroupToken {
            group: group.to_owned(),
            attempt,
        }
    }

    /// A build's end as the build engine tells it.
    pub(super) fn ended(&self, token: GroupToken, status: BuildStatus) -> Event {
        let plan = &self.batch().plan;
        let uuid = plan.build_uuid(&token.group, token.attempt);
        let reads = token.group == BATCHSPEC;
        let failed = status != BuildStatus::Succeeded;
        let ended = ChildEnded {
            id: format!("{}:{uuid}", plan.project),
            status,
            failure: failed.then(|| Context::new("NO", "no")),
            resolved_source_version: Some("v1".to_owned()),
            batchspec: (reads && !failed).then(|| self.spec.clone()),
            artifacts: match failed || reads {
                true => Vec::new(),
                false => vec![artifact(&token.group)],
            },
        };
        Event::BuildFinished(token, Box::new(ended))
    }

    /// Lets time pass, waking the machine at each deadline as the driver would.
    pub(super) fn pass(&mut self, span: Duration) {
        let until = self.now + span;
        while let Some(deadline) = self.live.as_ref().and_then(Batches::deadline) {
            if deadline > until {
                break;
            }
            self.now = self.now.max(deadline);
            self.event(Batches::tick());
            let next = self.live.as_ref().and_then(Batches::deadline);
            assert!(next != Some(deadline), "a deadline that came is answered");
        }
        self.now = until;
    }

    pub(super) fn word(&mut self, word: &str) {
        match word {
            "launched" | "read" | "unread" => {
                let token = self.token(BATCHSPEC);
                self.news(
                    token,
                    match word {
                        "read" => "ok",
                        "unread" => "fail",
                        word => word,
                    },
                );
            }
            "combined" => self.event(Event::ArtifactsCombined(
                self.batch().phases.len(),
                vec![artifact("all")],
            )),
            "uncombined" => self.event(Event::CombiningFailed(
                self.batch().phases.len(),
                Context::new("NO", "no"),
            )),
            "tick" => self.event(Event::Ticked),
            "stop" => self.stop(),
            "retry" => self.retry(Which::All).unwrap(),
            "retry-failed" => self.retry(Which::Failed).unwrap(),
            word => match word.split_once(':') {
                Some((group, word)) => {
                    let token = match group.split_once('@') {
                        Some((group, attempt)) => GroupToken {
                            group: group.to_owned(),
                            attempt: attempt.parse().unwrap(),
                        },
                        None => self.token(group),
                    };
                    self.news(token, word);
                }
                None => self.pass(span(word)),
            },
        }
    }

    pub(super) fn news(&mut self, token: GroupToken, word: &str) {
        let plan = &self.batch().plan;
        let id = format!(
            "{}:{}",
            plan.project,
            plan.build_uuid(&token.group, token.attempt)
        );
        let event = match word {
            "launched" => Event::BuildLaunched(token, id),
            "refused" => Event::BuildRefused(token, "no room".to_owned()),
            "ok" => self.ended(token, BuildStatus::Succeeded),
            "fail" => self.ended(token, BuildStatus::Failed),
            "stopped" => self.ended(token, BuildStatus::Stopped),
            "fault" => self.ended(token, BuildStatus::Fault),
            other => panic!("{other}?"),
        };
        self.event(event);
    }
}

fn artifact(name: &str) -> ArtifactResult {
    ArtifactResult {
        identifier: None,
        location: format!("arn:aws:s3:::out/{name}"),
        md5: String::new(),
        sha256: String::new(),
    }
}

fn span(word: &str) -> Duration {
    let (number, unit) = word.split_at(word.len() - 1);
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        _ => 3600,
    };
    Duration::from_secs(number.parse::<u64>().unwrap() * seconds)
}

fn run_with(plan: BatchPlan, tasks: &str, script: &str, twice: bool) -> Run {
    let mut run = Run::new(plan, spec(tasks));
    run.twice = twice;
    for word in script.split_whitespace() {
        run.word(word);
        assert_invariants(&run);
    }
    run
}

/// What the script did, and the same with each event delivered twice.
#[track_caller]
fn check(tasks: &str, script: &str, expected: Expect) {
    check_plan(plan(), tasks, script, expected);
}

#[track_caller]
fn check_plan(plan: BatchPlan, tasks: &str, script: &str, expected: Expect) {
    let run = run_with(plan.clone(), tasks, script, false);
    let twice = run_with(plan, tasks, script, true);
    assert_eq!(run.batch(), twice.batch(), "news delivered twice");
    assert_eq!(run.effects, twice.effects, "news delivered twice");
    expected.assert_eq(&transcript(&run));
}

fn transcript(run: &Run) -> String {
    let batch = run.batch();
    let mut text = String::new();
    for record in &batch.phases {
        let offset = record.start.since(START).as_secs();
        let _ = write!(text, "{offset:>6}s {}", record.phase.as_str());
        if let Some(end) = &record.end {
            let seconds = end.time.since(record.start).as_secs();
            let _ = write!(text, " {} {seconds}s", end.status.as_str());
            if let Some(context) = &end.context {
                let _ = write!(text, " ({}: {})", context.code, context.message);
            }
        }
        text.push('\n');
    }
    for group in &batch.groups {
        let prior: Vec<String> = group.prior.iter().map(summary).collect();
        let _ = write!(text, "{}: {}", group.identifier, summary(&group.current));
        if !prior.is_empty() {
            let _ = write!(text, ", before: {}", prior.join(", "));
        }
        text.push('\n');
    }
    let _ = writeln!(text, "{}", batch.status.as_str());
    let effects: Vec<String> = run.effects.iter().map(|of| effect(batch, of)).collect();
    let _ = writeln!(text, "asked: {}", effects.join(", "));
    text
}

fn summary(summary: &Summary) -> String {
    let status = match summary.status {
        GroupStatus::Pending => "PENDING",
        GroupStatus::Asked => "asked for",
        GroupStatus::Running => "IN_PROGRESS",
        GroupStatus::Ended(status) => status.as_str(),
    };
    let never = summary.build.is_none() && summary.status != GroupStatus::Pending;
    format!("{status}{}", if never { " (no build)" } else { "" })
}

fn effect(batch: &BatchState, effect: &Effect) -> String {
    match effect {
        Effect::LaunchBuild(job) => match job.token.attempt {
            1 => job.token.group.clone(),
            attempt => format!("{}@{attempt}", job.token.group),
        },
        Effect::StopBuild { build, .. } => {
            let mut groups = batch.groups.iter();
            let attempts = |group: &&Group| {
                let uuid = |attempt| batch.plan.build_uuid(&group.identifier, attempt);
                (1..=group.attempt).any(|attempt| build.ends_with(&uuid(attempt)))
            };
            let group = groups.find(attempts).expect("a build of the batch");
            format!("stop {}", group.identifier)
        }
        Effect::CombineArtifacts(job) => {
            let parts = job.places.iter().flat_map(|place| &place.parts);
            let parts: Vec<&str> = parts.map(|part| part.location.as_str()).collect();
            format!("combine {}", parts.join("+"))
        }
        Effect::TellPipeline { ended, .. } => match ended.news().verdict {
            BuildVerdict::Succeeded { .. } => "tell SUCCEEDED".to_owned(),
            BuildVerdict::Failed(fault) => format!(
                "tell {} {} {} {}",
                fault.status, fault.phase, fault.code, fault.message
            ),
        },
    }
}

// Witness: behaviour contract 11.2, 11.3, 14.39.
#[test]
fn a_graph_runs_in_the_order_of_its_dependencies() {
    check(
        "a; b on a; c on a,b",
        "launched 10s read a:launched 5s a:ok b:launched b:ok c:launched 7s c:ok",
        expect![[r#"
                 0s SUBMITTED SUCCEEDED 0s
                 0s DOWNLOAD_BATCHSPEC SUCCEEDED 10s
                10s IN_PROGRESS SUCCEEDED 12s
                22s COMBINE_ARTIFACTS SUCCEEDED 0s
                22s SUCCEEDED
            DOWNLOAD_SOURCE: SUCCEEDED
            a: SUCCEEDED
            b: SUCCEEDED
            c: SUCCEEDED
            SUCCEEDED
            asked: DOWNLOAD_SOURCE, a, b, c
        "#]],
    );
}

// Witness: behaviour contract 11.1: build-list runs all in parallel.
#[test]
fn what_depends_on_nothing_starts_at_once() {
    check(
        "a; b; c",
        "launched read",
        expect![[r#"
             0s SUBMITTED SUCCEEDED 0s
             0s DOWNLOAD_BATCHSPEC SUCCEEDED 0s
             0s IN_PROGRESS
        DOWNLOAD_SOURCE: SUCCEEDED
        a: asked for (no build)
        b: asked for (no build)
        c: asked for (no build)
        IN_PROGRESS
        asked: DOWNLOAD_SOURCE, a, b, c
    "#]],
    );
}

// Witness: behaviour contract 11.1: dependants of a failed build become STOPPED.
#[test]
fn what_depends_on_a_failed_build_never_runs() {
    check(
        "a; b on a; c on b; d",
        "launched read a:launched d:launched a:fail d:ok",
        expect![[r#"
                 0s SUBMITTED SUCCEEDED 0s
                 0s DOWNLOAD_BATCHSPEC SUCCEEDED 0s
                 0s IN_PROGRESS CLIENT_ERROR 0s
                 0s FAILED
            DOWNLOAD_SOURCE: SUCCEEDED
            a: FAILED
            b: STOPPED (no build)
            c: STOPPED (no build)
            d: SUCCEEDED
            FAILED
            asked: DOWNLOAD_SOURCE, a, d
        "#]],
    );
}

// Witness: behaviour contract 11.1: ignored failures do not fail the batch, and dependants run.
#[test]
fn an_ignored_failure_changes_nothing_for_the_others() {
    check(
        "a ignore; b on a",
        "launched read a:launched a:fail b:launched b:ok",
        expect![[r#"
                 0s SUBMITTED SUCCEEDED 0s
                 0s DOWNLOAD_BATCHSPEC SUCCEEDED 0s
                 0s IN_PROGRESS SUCCEEDED 0s
                 0s COMBINE_ARTIFACTS SUCCEEDED 0s
                 0s SUCCEEDED
            DOWNLOAD_SOURCE: SUCCEEDED
            a: FAILED
            b: SUCCEEDED
            SUCCEEDED
            asked: DOWNLOAD_SOURCE, a, b
        "#]],
    );
}

// Witness: behaviour contract 11.1: fast-fail stops everything at the first failure.
#[test]
fn fast_fail_stops_everything_at_the_first_failure() {
    check(
        "a; b; c on b; fast",
        "launched read a:launched b:launched a:fail b:stopped",
        expect![[r#"
                 0s SUBMITTED SUCCEEDED 0s
                 0s DOWNLOAD_BATCHSPEC SUCCEEDED 0s
                 0s IN_PROGRESS CLIENT_ERROR 0s
                 0s FAILED
            DOWNLOAD_SOURCE: SUCCEEDED
            a: FAILED
            b: STOPPED
            c: STOPPED (no build)
            FAILED
            asked: DOWNLOAD_SOURCE, a, b, stop b
        "#]],
    );
}

// Witness: behaviour contract 11.4: StopBuildBatch.
#[test]
fn a_stop_ends_what_runs_and_what_waits() {
    check(
        "a; b on a",
        "launched read a:launched 30s stop a:stopped b:launched",
        expect![[r#"
                 0s SUBMITTED SUCCEEDED 0s
                 0s DOWNLOAD_BATCHSPEC SUCCEEDED 0s
                 0s IN_PROGRESS STOPPED 30s
                30s STOPPED
            DOWNLOAD_SOURCE: SUCCEEDED
            a: STOPPED
            b: STOPPED (no build)
            STOPPED
            asked: DOWNLOAD_SOURCE, a, stop a
        "#]],
    );
    check(
        "a",
        "stop launched",
        expect![[r#"
             0s SUBMITTED STOPPED 0s
             0s STOPPED
        DOWNLOAD_SOURCE: STOPPED (no build)
        STOPPED
        asked: DOWNLOAD_SOURCE, stop DOWNLOAD_SOURCE
    "#]],
    );
}

// Witness: behaviour contract 11.1: no batch block, restrictions → failure in DOWNLOAD_BATCHSPEC.
#[test]
fn a_buildspec_that_cannot_be_read_fails_the_batch() {
    check(
        "a",
        "launched 3s unread",
        expect![[r#"
             0s SUBMITTED SUCCEEDED 0s
             0s DOWNLOAD_BATCHSPEC FAILED 3s (NO: no)
             3s FAILED
        DOWNLOAD_SOURCE: FAILED
        FAILED
        asked: DOWNLOAD_SOURCE
    "#]],
    );
    check(
        "a",
        "DOWNLOAD_SOURCE:refused",
        expect![[r#"
             0s SUBMITTED FAILED 0s (CLIENT_ERROR: no room)
             0s FAILED
        DOWNLOAD_SOURCE: FAILED (no build)
        FAILED
        asked: DOWNLOAD_SOURCE
    "#]],
    );
}

// Witness: behaviour contract 11.1: maximumBuildsAllowed, computeTypesAllowed, fleetsAllowed; the words are ours.
#[test]
fn restrictions_of_the_project_hold() {
    let refused = |change: fn(&mut Restrictions), task: fn(&mut Task)| {
        let mut plan = plan();
        change(&mut plan.restrictions);
        let mut spec = spec("a; b");
        task(&mut spec.tasks[1]);
        plan.refusal(&spec).map(|context| context.message)
    };
    let same: fn(&mut Task) = |_| {};
    assert_eq!(refused(|of| of.builds = 2, same), None);
    assert_eq!(
        refused(|of| of.builds = 1, same).unwrap(),
        "The batch has 2 builds, and maximumBuildsAllowed is 1"
    );
    let small: fn(&mut Restrictions) = |of| of.computes = vec!["BUILD_GENERAL1_SMALL".to_owned()];
    assert_eq!(refused(small, same), None);
    assert_eq!(
        refused(small, |task| task.env.compute =
            Some("BUILD_GENERAL1_LARGE".to_owned()))
        .unwrap(),
        "The build b has the compute type BUILD_GENERAL1_LARGE, which is not among the computeTypesAllowed"
    );
    let fleet: fn(&mut Restrictions) = |of| {
        of.fleets = vec!["arn:aws:codebuild:us-east-1:000000000000:fleet/one:u".to_owned()];
    };
    assert_eq!(
        refused(fleet, |task| task.env.fleet = Some("one".to_owned())),
        None
    );
    assert!(
        refused(fleet, |task| task.env.fleet = Some("two".to_owned()))
            .unwrap()
            .contains("not among the fleetsAllowed")
    );
}

// Witness: behaviour contract 11.1: timeoutInMins covers the whole batch; the phase's name is our reading.
#[test]
fn a_batch_that_takes_too_long_ends() {
    check(
        "a; b on a",
        "launched read a:launched 479m 2m a:ok",
        expect![[r#"
                 0s SUBMITTED SUCCEEDED 0s
                 0s DOWNLOAD_BATCHSPEC SUCCEEDED 0s
                 0s IN_PROGRESS TIMED_OUT 28800s (BUILD_TIMED_OUT: Build has timed out. )
             28800s FAILED
            DOWNLOAD_SOURCE: SUCCEEDED
            a: STOPPED
            b: STOPPED (no build)
            TIMED_OUT
            asked: DOWNLOAD_SOURCE, a, stop a
        "#]],
    );
}

// Witness: behaviour contract 11.4: RETRY_FAILED_BUILDS re-runs only what did not succeed.
#[test]
fn a_retry_of_what_failed_keeps_what_succeeded() {
    check(
        "a; b on a; c on b",
        "launched read a:launched a:ok b:launched b:fail 60s retry-failed b@1:ok b:launched b:ok c:launched c:ok",
        expect![[r#"
                 0s SUBMITTED SUCCEEDED 0s
                 0s DOWNLOAD_BATCHSPEC SUCCEEDED 0s
                 0s IN_PROGRESS CLIENT_ERROR 0s
                 0s FAILED RETRY 60s
                60s SUBMITTED SUCCEEDED 0s
                60s DOWNLOAD_BATCHSPEC SUCCEEDED 0s
                60s IN_PROGRESS SUCCEEDED 0s
                60s COMBINE_ARTIFACTS SUCCEEDED 0s
                60s SUCCEEDED
            DOWNLOAD_SOURCE: SUCCEEDED
            a: SUCCEEDED
            b: SUCCEEDED, before: FAILED
            c: SUCCEEDED, before: STOPPED (no build)
            SUCCEEDED
            asked: DOWNLOAD_SOURCE, a, b, b@2, c@2
        "#]],
    );
}

// Witness: behaviour contract 11.4: RETRY_ALL_BUILDS re-runs all, the reading included.
#[test]
fn a_retry_of_all_begins_with_the_buildspec() {
    check(
        "a; b on a",
        "launched read a:launched a:ok b:launched b:fail retry launched read a:launched a:fail",
        expect![[r#"
                 0s SUBMITTED SUCCEEDED 0s
                 0s DOWNLOAD_BATCHSPEC SUCCEEDED 0s
                 0s IN_PROGRESS CLIENT_ERROR 0s
                 0s FAILED RETRY 0s
                 0s SUBMITTED SUCCEEDED 0s
                 0s DOWNLOAD_BATCHSPEC SUCCEEDED 0s
                 0s IN_PROGRESS CLIENT_ERROR 0s
                 0s FAILED
            DOWNLOAD_SOURCE: SUCCEEDED, before: SUCCEEDED
            a: FAILED, before: SUCCEEDED
            b: STOPPED (no build), before: FAILED
            FAILED
            asked: DOWNLOAD_SOURCE, a, b, DOWNLOAD_SOURCE@2, a@2
        "#]],
    );
}

// Witness: behaviour contract 11.4; ours: what waits from before a retry is stopped when the buildspec cannot be read again.
#[test]
fn a_retry_may_fail_to_read() {
    check(
        "a",
        "launched read a:launched a:fail retry launched unread",
        expect![[r#"
                 0s SUBMITTED SUCCEEDED 0s
                 0s DOWNLOAD_BATCHSPEC SUCCEEDED 0s
                 0s IN_PROGRESS CLIENT_ERROR 0s
                 0s FAILED RETRY 0s
                 0s SUBMITTED SUCCEEDED 0s
                 0s DOWNLOAD_BATCHSPEC FAILED 0s (NO: no)
                 0s FAILED
            DOWNLOAD_SOURCE: FAILED, before: SUCCEEDED
            a: STOPPED (no build), before: FAILED
            FAILED
            asked: DOWNLOAD_SOURCE, a, DOWNLOAD_SOURCE@2
        "#]],
    );
}

// Witness: behaviour contract 3.3: only a failed batch is retried.
#[test]
fn only_failed_batches_are_retried() {
    let refusal = |script: &str| run_with(plan(), "a", script, false).retry(Which::All);
    assert_eq!(refusal("launched"), Err(NotRetried::InProgress));
    assert_eq!(refusal("stop"), Err(NotRetried::NotFailed));
    let done = "launched read a:launched a:ok";
    assert_eq!(refusal(done), Err(NotRetried::NotFailed));
    assert_eq!(refusal("launched unread"), Ok(()));
    assert_eq!(refusal("launched 999h"), Ok(()));
}

fn combining() -> BatchPlan {
    let mut plan = plan();
    plan.combined = vec![Combined {
        identifier: None,
        at: Artifacts::Pipeline(BuildTarget {
            artifact: "out".to_owned(),
            bucket: "out".to_owned(),
            key: "all".to_owned(),
            kms_key: None,
        }),
        encryption_key: "key".to_owned(),
    }];
    plan
}

// Witness: behaviour contract 11.2, 11.3: combineArtifacts.
#[test]
fn artifacts_are_combined_after_the_last_build() {
    let script = "launched read a:launched b:launched b:ok a:ok 2s";
    check_plan(
        combining(),
        "a; b",
        &format!("{script} combined"),
        expect![[r#"
                 0s SUBMITTED SUCCEEDED 0s
                 0s DOWNLOAD_BATCHSPEC SUCCEEDED 0s
                 0s IN_PROGRESS SUCCEEDED 0s
                 0s COMBINE_ARTIFACTS SUCCEEDED 2s
                 2s SUCCEEDED
            DOWNLOAD_SOURCE: SUCCEEDED
            a: SUCCEEDED
            b: SUCCEEDED
            SUCCEEDED
            asked: DOWNLOAD_SOURCE, a, b, combine arn:aws:s3:::out/a+arn:aws:s3:::out/b
        "#]],
    );
    check_plan(
        combining(),
        "a; b",
        &format!("{script} uncombined"),
        expect![[r#"
                 0s SUBMITTED SUCCEEDED 0s
                 0s DOWNLOAD_BATCHSPEC SUCCEEDED 0s
                 0s IN_PROGRESS SUCCEEDED 0s
                 0s COMBINE_ARTIFACTS FAILED 2s (NO: no)
                 2s FAILED
            DOWNLOAD_SOURCE: SUCCEEDED
            a: SUCCEEDED
            b: SUCCEEDED
            FAILED
            asked: DOWNLOAD_SOURCE, a, b, combine arn:aws:s3:::out/a+arn:aws:s3:::out/b
        "#]],
    );
}

// Witness: ours: news of an attempt before a retry is late.
#[test]
fn combining_that_was_asked_for_before_a_retry_changes_nothing() {
    let script = "launched read a:launched a:ok 999h retry-failed";
    let mut run = run_with(combining(), "a", script, false);
    assert_eq!(run.batch().current(), Phase::CombineArtifacts);
    run.event(Event::ArtifactsCombined(4, vec![artifact("old")]));
    assert_eq!(run.batch().current(), Phase::CombineArtifacts);
    run.word("combined");
    assert_eq!(run.batch().status, BuildStatus::Succeeded);
    assert_eq!(run.batch().artifacts, [artifact("all")]);
}

// Witness: codepipeline contract 6.4: the action waits for the batch.
#[test]
fn the_pipeline_that_waits_is_told() {
    let mut plan = plan();
    plan.listener = Some(BuildListener {
        pipeline: (plan.scope.clone(), "p".to_owned()),
        token: ActionToken("token".to_owned()),
    });
    let told = |script: &str| {
        let run = run_with(plan.clone(), "a", script, false);
        let told = run.effects.last().unwrap();
        effect(run.batch(), told)
    };
    assert_eq!(told("launched read a:launched a:ok"), "tell SUCCEEDED");
    assert_eq!(
        told("launched read a:refused"),
        "tell FAILED IN_PROGRESS CLIENT_ERROR no room"
    );
    assert_eq!(told("launched stop"), "tell STOPPED DOWNLOAD_BATCHSPEC  ");
    assert_eq!(
        told("launched unread"),
        "tell FAILED DOWNLOAD_BATCHSPEC NO no"
    );
}

// Witness: ours: news may come in any order.
#[test]
fn a_build_may_end_before_it_is_told_that_it_began() {
    check(
        "a",
        "read launched a:ok a:launched",
        expect![[r#"
             0s SUBMITTED SUCCEEDED 0s
             0s DOWNLOAD_BATCHSPEC SUCCEEDED 0s
             0s IN_PROGRESS SUCCEEDED 0s
             0s COMBINE_ARTIFACTS SUCCEEDED 0s
             0s SUCCEEDED
        DOWNLOAD_SOURCE: SUCCEEDED
        a: SUCCEEDED
        SUCCEEDED
        asked: DOWNLOAD_SOURCE, a
    "#]],
    );
}

const NAMES: [&str; 3] = ["a", "b", "c"];

/// Every graph of three builds with every choice of ignored failures.
fn graphs() -> Vec<String> {
    let mut graphs = Vec::new();
    for b in ["", " on a"] {
        for c in ["", " on a", " on b", " on a,b"] {
            for ignore in 0..8 {
                let ignored = |bit: usize| {
                    if ignore >> bit & 1 == 1 {
                        " ignore"
                    } else {
                        ""
                    }
                };
                for fast in ["", "; fast"] {
                    graphs.push(format!(
                        "a{}; b{b}{}; c{c}{}{fast}",
                        ignored(0),
                        ignored(1),
                        ignored(2)
                    ));
                }
            }
        }
    }
    graphs
}

/// Runs a batch to its end; `failing` says which builds fail. Builds that are asked to stop stop.
fn run_to_end(tasks: &str, failing: usize) -> Run {
    let mut run = run_with(plan(), tasks, "launched read", false);
    while run.live.is_some() {
        let group = run
            .batch()
            .groups
            .iter()
            .find(|group| group.current.is_running());
        let group = group
            .expect("something runs until the end")
            .identifier
            .clone();
        let place = NAMES.iter().position(|name| *name == group).unwrap();
        let stopping = run
            .effects
            .iter()
            .any(|of| effect(run.batch(), of) == format!("stop {group}"));
        run.word(&format!("{group}:launched"));
        run.word(&match (stopping, failing >> place & 1 == 1) {
            (true, _) => format!("{group}:stopped"),
            (false, true) => format!("{group}:fail"),
            (false, false) => format!("{group}:ok"),
        });
        assert_invariants(&run);
    }
    run
}

// Witness: behaviour contract 11.1, told a second time as conditions over the whole batch.
#[test]
fn every_graph_with_every_failure_ends_as_the_contract_says() {
    for tasks in graphs() {
        for failing in 0..8 {
            let run = run_to_end(&tasks, failing);
            let batch = run.batch();
            let mut good: BTreeMap<&str, bool> = BTreeMap::new();
            let mut broke = false;
            for (place, task) in spec(&tasks).tasks.iter().enumerate() {
                let fails = failing >> place & 1 == 1;
                let reached = task.depends_on.iter().all(|on| good[on.as_str()]);
                let ran = batch
                    .group(&task.identifier)
                    .unwrap()
                    .current
                    .build
                    .is_some();
                if !batch.fast_fail {
                    assert_eq!(ran, reached, "{tasks} {failing}: {}", task.identifier);
                }
                good.insert(NAMES[place], reached && (!fails || task.ignore_failure));
                broke |= reached && fails && !task.ignore_failure;
            }
            let expected = if broke {
                BuildStatus::Failed
            } else {
                BuildStatus::Succeeded
            };
            assert_eq!(batch.status, expected, "{tasks} {failing}");
        }
    }
}

/// What is true of every batch at every moment.
pub(super) fn assert_invariants(run: &Run) {
    let batch = run.batch();
    let (last, before) = batch.phases.split_last().unwrap();
    assert!(last.end.is_none(), "the last phase runs, or is the end");
    for (record, next) in before.iter().zip(&batch.phases[1..]) {
        let end = record.end.as_ref().expect("only the last phase runs");
        assert_eq!(
            end.time, next.start,
            "a phase begins when the one before ends"
        );
        assert!(end.time >= record.start);
    }
    let over = matches!(
        last.phase,
        Phase::Succeeded | Phase::Failed | Phase::Stopped
    );
    assert_eq!(batch.is_complete(), over);
    assert_eq!(over, run.live.is_none() && run.finished.is_some());
    assert_eq!(batch.end, over.then_some(last.start));
    assert_eq!(batch.deadline().is_none(), over);
    assert_eq!(batch.groups[0].identifier, BATCHSPEC);
    for group in &batch.groups {
        assert!(!over || group.current.has_ended(), "{group:?}");
        assert_eq!(group.prior.len() + 1, group.attempt as usize);
        let asked = run.effects.iter().filter(
            |effect| matches!(effect, Effect::LaunchBuild(job) if job.token == group.token()),
        );
        assert!(asked.count() <= 1, "an attempt is asked for once");
    }
    if batch.status == BuildStatus::Succeeded {
        assert!(batch.groups.iter().all(Group::is_good));
    }
}

/// All transitions there are, one line for each pair of phases.
fn diagram() -> String {
    let mut travelled = BTreeSet::new();
    let scripts = [
        "",
        "launched",
        "launched read",
        "launched read a:launched a:ok",
        "launched read a:launched a:fail",
        "launched read a:refused",
        "launched unread",
        "DOWNLOAD_SOURCE:refused",
        "launched read a:launched a:ok combined",
        "launched read a:launched a:ok uncombined",
    ];
    for script in scripts {
        for end in ["", "stop", "999h"] {
            for again in [None, Some(Which::All), Some(Which::Failed)] {
                let mut run = run_with(combining(), "a", script, false);
                end.split_whitespace().for_each(|word| run.word(word));
                if let Some(which) = again {
                    let _ = run.retry(which);
                }
                travelled.extend(run.travelled);
            }
        }
    }
    travelled.extend(run_with(plan(), "a", "launched read a:launched a:ok", false).travelled);
    let mut lines: BTreeMap<(Phase, Phase), BTreeSet<&str>> = BTreeMap::new();
    for (from, to, how) in travelled {
        lines.entry((from, to)).or_default().insert(how);
    }
    let mut text = String::new();
    for ((from, to), how) in lines {
        let how: Vec<&str> = how.into_iter().collect();
        let _ = writeln!(
            text,
            "//! {:<18} → {:<18} {}",
            from.as_str(),
            to.as_str(),
            how.join(", ")
        );
    }
    text
}

#[test]
fn the_diagram_in_the_documentation_is_true() {
    let source = include_str!("mod.rs");
    let diagram = diagram();
    assert!(source.contains(&diagram), "mod.rs should say:\n{diagram}");
}

#[test]
fn a_row_read_back_is_the_row_written() {
    let mut run = Run::new(combining(), spec("a; b on a ignore"));
    for word in "launched read a:launched a:ok b:launched b:fail combined".split(' ') {
        let json = serde_json::to_string(run.batch()).unwrap();
        let read: BatchState = serde_json::from_str(&json).unwrap();
        assert_eq!(&read, run.batch());
        for effect in &run.effects {
            let json = serde_json::to_string(effect).unwrap();
            assert_eq!(&serde_json::from_str::<Effect>(&json).unwrap(), effect);
        }
        run.word(word);
    }
}

// Witness: ours: an error in this program is told, and nothing waits for ever.
#[test]
fn what_breaks_off_is_told() {
    let run = run_with(combining(), "a", "launched read a:launched a:ok", false);
    for effect in &run.effects {
        let told = Batches::broken(effect, "a panic");
        assert!(told.is_some(), "{effect:?}");
        assert_eq!(Batches::interrupted(effect), None, "it is performed again");
    }
}

#[test]
fn values_of_variables_stay_out_of_debug() {
    let mut spec = spec("a");
    spec.tasks[0].env.variables = vec![("TOKEN".to_owned(), "hunter2".to_owned())];
    let mut run = Run::new(plan(), spec);
    run.word("launched");
    run.word("read");
    let text = format!("{:?} {:?}", run.live, run.effects);
    assert!(text.contains("TOKEN") && !text.contains("hunter2"));
}
