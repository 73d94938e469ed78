//! Scripts and transcripts of builds: words in, what happened out.
//!
//! A script is a list of words. `start` starts; `ok` lets the running effect succeed; `fail` and `fault` let it fail; `stop` stops;
//! `lost` restarts the server; `59m` lets time pass, waking the machine at its deadline; `PHASE:word` is news about that phase,
//! late or early; `on-failure:PHASE=abort` is what the buildspec will say.

use super::command_run::{CommandRan, CommandRun, CommandStatus};
use super::commands::run_command::{MOST_WAITING, NotRun, run_command};
use super::commands::start::start;
use super::commands::stop::stop;
use super::effect::Effect;
use super::event::{Event, Failure, SourceReady};
use super::plan::*;
use super::record::Record;
use super::reports::Report;
use super::retry::RetryRule;
use super::state::*;
use super::step::step;
use super::{Build, phases};
use crate::aws::{Account, Region, Scope, Time};
use crate::engine::pipeline::ActionToken;
use crate::engine::world::{BuildListener, BuildVerdict};
use crate::engine::{Machine, Step};
use expect_test::{Expect, expect};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::Duration;

pub(super) const START: Time = Time::from_millis(1_700_000_000_000);

pub(super) const COMMAND_PHASES: [Phase; 4] = [
    Phase::Install,
    Phase::PreBuild,
    Phase::Build,
    Phase::PostBuild,
];

/// A plan with nothing special in it.
pub(super) fn plan() -> BuildPlan {
    let account = Account::parse("000000000000").unwrap();
    let region = Region::parse("us-east-1").unwrap();
    BuildPlan {
        scope: Scope::new(account, region),
        purpose: Purpose::Project,
        project: "hello".to_owned(),
        uuid: "11111111-2222-4333-8444-555555555555".to_owned(),
        number: 7,
        initiator: "someone".to_owned(),
        service_role: "arn:aws:iam::000000000000:role/build".to_owned(),
        assumed_by: None,
        source: Source::Nothing,
        source_version: None,
        secondary_sources: Vec::new(),
        buildspec: Some("version: 0.2\nphases: {build: {commands: [\"true\"]}}\n".to_owned()),
        environment: Environment {
            kind: "LINUX_CONTAINER".to_owned(),
            compute: "BUILD_GENERAL1_SMALL".to_owned(),
            image: "aws/codebuild/standard:7.0".to_owned(),
            privileged: false,
            variables: Vec::new(),
            registry: None,
            file_systems: Vec::new(),
            reserved: false,
            certificate: None,
            layers: None,
        },
        artifacts: None,
        secondary_artifacts: Vec::new(),
        cache: Cache::Off,
        logs: LogDestinations {
            cloudwatch: Some(CloudWatchLogs::default()),
            s3: None,
        },
        timeout_minutes: 60,
        queued_timeout_minutes: 480,
        encryption_key: "arn:aws:kms:us-east-1:000000000000:alias/aws/s3".to_owned(),
        listener: None,
        retry: Default::default(),
        batch: None,
        until: None,
        debug: false,
        shard: None,
        source_cache: None,
        public_alias: None,
        start: START,
    }
}

/// A build, the clock, and what it has asked for.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub now: Time,
    pub live: Option<BuildState>,
    pub finished: Option<BuildState>,
    pub reports: Vec<Report>,
    /// The phases whose ends were told.
    pub ended: Vec<Phase>,
    pub pending: Vec<Effect>,
    pub effects: Vec<Effect>,
    pub on_failure: BTreeMap<Phase, OnFailure>,
    pub commands: BTreeMap<String, CommandRun>,
    pub retries: BTreeMap<Phase, RetryRule>,
    pub twice: bool,
    pub travelled: BTreeSet<(Phase, Phase, String)>,
}

impl Run {
    pub(super) fn new(plan: BuildPlan) -> Self {
        let mut run = Run {
            now: plan.start,
            live: None,
            finished: None,
            reports: Vec::new(),
            ended: Vec::new(),
            pending: Vec::new(),
            effects: Vec::new(),
            on_failure: BTreeMap::new(),
            commands: BTreeMap::new(),
            retries: BTreeMap::new(),
            twice: false,
            travelled: BTreeSet::new(),
        };
        let step = start(None, plan, run.now).unwrap();
        run.take(step);
        run
    }

    /// The build, live or finished.
    pub(super) fn build(&self) -> &BuildState {
        self.live.as_ref().or(self.finished.as_ref()).unwrap()
    }

    pub(super) fn phase(&self) -> Phase {
        self.build().current()
    }

    pub(super) fn event(&mut self, event: Event) {
        for _ in 0..if self.twice { 2 } else { 1 } {
            // The driver drops news of a build whose row has left.
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
        assert_eq!(&shown, self.build(), "the answer is the stopped build");
    }

    fn take(&mut self, step: Step<Build>) {
        self.live = step.state;
        for record in step.records {
            match record {
                Record::Reported(report) => self.reports.push(*report),
                Record::Commanded(run) => {
                    self.commands.insert(run.id.clone(), *run);
                }
                Record::PhaseEnded(build) => self.ended.push(newest_end(&build)),
                Record::Finished(build) => {
                    self.ended.push(newest_end(&build));
                    let before = self.finished.replace(*build);
                    assert!(before.is_none(), "a build finishes once");
                }
            }
        }
        if !step.effects.is_empty() {
            self.pending = step.effects.clone();
        }
        self.effects.extend(step.effects);
    }

    /// Remembers the transition that was just made.
    fn travel(&mut self, before: usize) {
        let phases = &self.build().phases;
        if phases.len() == before {
            return;
        }
        let [.., from, to] = phases.as_slice() else {
            return;
        };
        let end = from.end.as_ref().expect("a phase that is left has ended");
        let said = self.build().on_failure.get(&from.phase);
        let how = match (end.status, said) {
            (PhaseStatus::Failed, Some(said)) => format!("FAILED ({said:?})").to_uppercase(),
            (status, _) => status.as_str().to_owned(),
        };
        self.travelled.insert((from.phase, to.phase, how));
    }

    /// The event by which the running phase would succeed.
    pub(super) fn success(&self) -> Option<Event> {
        self.success_of(self.phase())
    }

    pub(super) fn success_of(&self, phase: Phase) -> Option<Event> {
        Some(match phase {
            Phase::Queued => Event::Admitted,
            Phase::Provisioning => Event::Provisioned,
            Phase::DownloadSource => Event::SourceReady(SourceReady {
                resolved_version: Some("v1".to_owned()),
                on_failure: self.on_failure.clone(),
                batchspec: None,
                retries: self.retries.clone(),
            }),
            Phase::UploadArtifacts => Event::ArtifactsUploaded(Vec::new()),
            Phase::Finalizing => Event::Finalized(None),
            Phase::Submitted | Phase::RunSandbox | Phase::Completed => return None,
            phase => Event::CommandsSucceeded(phase),
        })
    }

    /// Lets time pass, waking the machine at each deadline as the driver would.
    pub(super) fn pass(&mut self, span: Duration) {
        let until = self.now + span;
        while let Some(deadline) = self.live.as_ref().and_then(Build::deadline) {
            if deadline > until {
                break;
            }
            self.now = self.now.max(deadline);
            self.event(Build::tick());
            let next = self.live.as_ref().and_then(Build::deadline);
            assert!(next != Some(deadline), "a deadline that came is answered");
        }
        self.now = until;
    }

    /// The server restarts: what is in the outbox is performed again or given up.
    pub(super) fn restart(&mut self) {
        let events: Vec<Event> = self.pending.iter().filter_map(Build::interrupted).collect();
        for event in events {
            self.event(event);
        }
    }

    fn word(&mut self, word: &str) {
        let phase = self.phase();
        match word {
            "start" => {}
            "stop" => self.stop(),
            "lost" => self.restart(),
            word if word.starts_with("on-failure:") => self.hear(&word["on-failure:".len()..]),
            word => match word.split_once(':') {
                Some((phase, word)) => self.news(phase_named(phase), word),
                None if word.ends_with(['s', 'm', 'h']) => self.pass(span(word)),
                None => self.news(phase, word),
            },
        }
    }

    fn hear(&mut self, said: &str) {
        let (phase, what) = said.split_once('=').unwrap();
        let what = match what {
            "abort" => OnFailure::Abort,
            "continue" => OnFailure::Continue,
            other => panic!("{other}?"),
        };
        self.on_failure.insert(phase_named(phase), what);
    }

    fn news(&mut self, phase: Phase, word: &str) {
        let event = match word {
            "ok" => self.success_of(phase).expect("a phase that can succeed"),
            "fail" => Event::PhaseFailed(phase, Failure::client("no")),
            "fault" => Event::PhaseFailed(phase, Failure::platform("broken")),
            "tick" => Event::Ticked,
            other => panic!("{other}?"),
        };
        self.event(event);
    }
}

fn phase_named(name: &str) -> Phase {
    ALL.into_iter()
        .find(|phase| phase.as_str() == name)
        .unwrap_or_else(|| panic!("phase {name}?"))
}

pub(super) const ALL: [Phase; 11] = [
    Phase::Submitted,
    Phase::Queued,
    Phase::Provisioning,
    Phase::DownloadSource,
    Phase::Install,
    Phase::PreBuild,
    Phase::Build,
    Phase::PostBuild,
    Phase::UploadArtifacts,
    Phase::Finalizing,
    Phase::Completed,
];

fn span(word: &str) -> Duration {
    let (number, unit) = word.split_at(word.len() - 1);
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        _ => 3600,
    };
    Duration::from_secs(number.parse::<u64>().unwrap() * seconds)
}

fn run_of(script: &str, twice: bool) -> Run {
    let mut run = Run::new(plan());
    run.twice = twice;
    script.split_whitespace().for_each(|word| run.word(word));
    run
}

/// What the script did, and the same with each event delivered twice.
#[track_caller]
fn check(script: &str, expected: Expect) {
    let run = run_of(script, false);
    let twice = run_of(script, true);
    assert_eq!(run.build(), twice.build(), "news delivered twice");
    assert_eq!(run.effects, twice.effects, "news delivered twice");
    for run in [&run, &twice] {
        assert_eq!(run.ended, all_ends(run.build()), "each end is told once");
    }
    expected.assert_eq(&transcript(&run));
}

/// The phase that ended last.
fn newest_end(build: &BuildState) -> Phase {
    *all_ends(build).last().expect("a phase has ended")
}

fn all_ends(build: &BuildState) -> Vec<Phase> {
    let ended = build.phases.iter().filter(|record| record.end.is_some());
    ended.map(|record| record.phase).collect()
}

fn transcript(run: &Run) -> String {
    let build = run.build();
    let mut text = String::new();
    for record in &build.phases {
        let offset = record.start.since(START).as_secs();
        let _ = write!(text, "{offset:>5}s {}", record.phase.as_str());
        if let Some(end) = &record.end {
            let seconds = end.time.since(record.start).as_secs();
            let _ = write!(text, " {} {seconds}s", end.status.as_str());
            match &end.context {
                Some(context) if context.code.is_empty() => {
                    let _ = write!(text, " ({})", context.message);
                }
                Some(context) => {
                    let _ = write!(text, " ({}: {})", context.code, context.message);
                }
                None => {}
            }
        }
        text.push('\n');
    }
    let _ = writeln!(text, "{}", build.status.as_str());
    let effects: Vec<String> = run.effects.iter().map(effect).collect();
    let _ = writeln!(text, "asked: {}", effects.join(", "));
    text
}

fn effect(effect: &Effect) -> String {
    match effect {
        Effect::AwaitCapacity => "capacity".to_owned(),
        Effect::Provision { .. } => "sandbox".to_owned(),
        Effect::DownloadSource => "source".to_owned(),
        Effect::RunCommands { phase, succeeding } => {
            let flag = if *succeeding { "" } else { " after failure" };
            format!("{}{flag}", phase.as_str())
        }
        Effect::UploadArtifacts { .. } => "upload".to_owned(),
        Effect::Finalize => "finalize".to_owned(),
        Effect::Release => "release".to_owned(),
        Effect::TellPipeline { ended, .. } => format!("tell {}", ended.status.as_str()),
        Effect::KeepSandbox => "keep".to_owned(),
        Effect::RunCommand(run) => format!("run {}", run.id),
        Effect::Retry { .. } => "retry".to_owned(),
        Effect::TellBatch { ended, .. } => format!("tell batch {}", ended.status.as_str()),
    }
}

// Witness: behaviour contract 4.1, 4.2.
#[test]
fn a_good_build_goes_through_all_phases() {
    check(
        "start 1s ok 2s ok 3s ok ok ok 60s ok ok 1s ok ok",
        expect![[r#"
                0s SUBMITTED SUCCEEDED 0s
                0s QUEUED SUCCEEDED 1s
                1s PROVISIONING SUCCEEDED 2s ()
                3s DOWNLOAD_SOURCE SUCCEEDED 3s ()
                6s INSTALL SUCCEEDED 0s ()
                6s PRE_BUILD SUCCEEDED 0s ()
                6s BUILD SUCCEEDED 60s ()
               66s POST_BUILD SUCCEEDED 0s ()
               66s UPLOAD_ARTIFACTS SUCCEEDED 1s ()
               67s FINALIZING SUCCEEDED 0s ()
               67s COMPLETED
            SUCCEEDED
            asked: capacity, sandbox, source, INSTALL, PRE_BUILD, BUILD, POST_BUILD, upload, finalize, release
        "#]],
    );
}

// Witness: behaviour contract section 0 and 4.2: what fails before BUILD jumps to FINALIZING.
#[test]
fn a_failed_pre_build_skips_build_post_build_and_upload() {
    check(
        "start ok ok ok ok fail ok",
        expect![[r#"
            0s SUBMITTED SUCCEEDED 0s
            0s QUEUED SUCCEEDED 0s
            0s PROVISIONING SUCCEEDED 0s ()
            0s DOWNLOAD_SOURCE SUCCEEDED 0s ()
            0s INSTALL SUCCEEDED 0s ()
            0s PRE_BUILD FAILED 0s (CLIENT_ERROR: no)
            0s FINALIZING SUCCEEDED 0s ()
            0s COMPLETED
        FAILED
        asked: capacity, sandbox, source, INSTALL, PRE_BUILD, finalize, release
    "#]],
    );
}

// Witness: behaviour contract 4.2.
#[test]
fn a_failed_source_goes_straight_to_finalizing() {
    check(
        "start ok ok 2s fail ok",
        expect![[r#"
            0s SUBMITTED SUCCEEDED 0s
            0s QUEUED SUCCEEDED 0s
            0s PROVISIONING SUCCEEDED 0s ()
            0s DOWNLOAD_SOURCE FAILED 2s (CLIENT_ERROR: no)
            2s FINALIZING SUCCEEDED 0s ()
            2s COMPLETED
        FAILED
        asked: capacity, sandbox, source, finalize, release
    "#]],
    );
}

// Witness: behaviour contract section 0 and 4.2.
#[test]
fn a_failed_build_still_runs_post_build_and_uploads() {
    check(
        "start ok ok ok ok ok fail ok ok ok",
        expect![[r#"
            0s SUBMITTED SUCCEEDED 0s
            0s QUEUED SUCCEEDED 0s
            0s PROVISIONING SUCCEEDED 0s ()
            0s DOWNLOAD_SOURCE SUCCEEDED 0s ()
            0s INSTALL SUCCEEDED 0s ()
            0s PRE_BUILD SUCCEEDED 0s ()
            0s BUILD FAILED 0s (CLIENT_ERROR: no)
            0s POST_BUILD SUCCEEDED 0s ()
            0s UPLOAD_ARTIFACTS SUCCEEDED 0s ()
            0s FINALIZING SUCCEEDED 0s ()
            0s COMPLETED
        FAILED
        asked: capacity, sandbox, source, INSTALL, PRE_BUILD, BUILD, POST_BUILD after failure, upload, finalize, release
    "#]],
    );
}

// Witness: behaviour contract 4.3.
#[test]
fn a_failed_build_with_abort_goes_straight_to_finalizing() {
    check(
        "start on-failure:BUILD=abort ok ok ok ok ok fail ok",
        expect![[r#"
                0s SUBMITTED SUCCEEDED 0s
                0s QUEUED SUCCEEDED 0s
                0s PROVISIONING SUCCEEDED 0s ()
                0s DOWNLOAD_SOURCE SUCCEEDED 0s ()
                0s INSTALL SUCCEEDED 0s ()
                0s PRE_BUILD SUCCEEDED 0s ()
                0s BUILD FAILED 0s (CLIENT_ERROR: no)
                0s FINALIZING SUCCEEDED 0s ()
                0s COMPLETED
            FAILED
            asked: capacity, sandbox, source, INSTALL, PRE_BUILD, BUILD, finalize, release
        "#]],
    );
}

// Witness: behaviour contract 4.3; that the build stays FAILED is our reading.
#[test]
fn a_failed_install_with_continue_runs_on_and_the_build_is_failed() {
    check(
        "start on-failure:INSTALL=continue ok ok ok fail ok ok ok ok ok",
        expect![[r#"
                0s SUBMITTED SUCCEEDED 0s
                0s QUEUED SUCCEEDED 0s
                0s PROVISIONING SUCCEEDED 0s ()
                0s DOWNLOAD_SOURCE SUCCEEDED 0s ()
                0s INSTALL FAILED 0s (CLIENT_ERROR: no)
                0s PRE_BUILD SUCCEEDED 0s ()
                0s BUILD SUCCEEDED 0s ()
                0s POST_BUILD SUCCEEDED 0s ()
                0s UPLOAD_ARTIFACTS SUCCEEDED 0s ()
                0s FINALIZING SUCCEEDED 0s ()
                0s COMPLETED
            FAILED
            asked: capacity, sandbox, source, INSTALL, PRE_BUILD after failure, BUILD after failure, POST_BUILD after failure, upload, finalize, release
        "#]],
    );
}

// Witness: behaviour contract 4.2; no agent, so no FINALIZING.
#[test]
fn a_sandbox_that_cannot_be_made_ends_the_build() {
    check(
        "start ok 5s fail",
        expect![[r#"
            0s SUBMITTED SUCCEEDED 0s
            0s QUEUED SUCCEEDED 0s
            0s PROVISIONING FAILED 5s (CLIENT_ERROR: no)
            5s COMPLETED
        FAILED
        asked: capacity, sandbox, release
    "#]],
    );
}

// Witness: behaviour contract 4.4: FAULT is the platform's.
#[test]
fn a_platform_fault_ends_the_build_at_once() {
    check(
        "start ok ok ok ok ok fault",
        expect![[r#"
            0s SUBMITTED SUCCEEDED 0s
            0s QUEUED SUCCEEDED 0s
            0s PROVISIONING SUCCEEDED 0s ()
            0s DOWNLOAD_SOURCE SUCCEEDED 0s ()
            0s INSTALL SUCCEEDED 0s ()
            0s PRE_BUILD SUCCEEDED 0s ()
            0s BUILD FAULT 0s (INTERNAL_SERVICE_ERROR: broken)
            0s COMPLETED
        FAULT
        asked: capacity, sandbox, source, INSTALL, PRE_BUILD, BUILD, release
    "#]],
    );
}

// Witness: behaviour contract 4.5.
#[test]
fn a_stop_ends_the_running_phase_and_nothing_follows() {
    check(
        "start ok ok ok ok ok 7s stop BUILD:ok BUILD:fail",
        expect![[r#"
            0s SUBMITTED SUCCEEDED 0s
            0s QUEUED SUCCEEDED 0s
            0s PROVISIONING SUCCEEDED 0s ()
            0s DOWNLOAD_SOURCE SUCCEEDED 0s ()
            0s INSTALL SUCCEEDED 0s ()
            0s PRE_BUILD SUCCEEDED 0s ()
            0s BUILD STOPPED 7s
            7s COMPLETED
        STOPPED
        asked: capacity, sandbox, source, INSTALL, PRE_BUILD, BUILD, release
    "#]],
    );
}

// Witness: behaviour contract 4.5.
#[test]
fn a_stop_works_in_the_queue() {
    check(
        "start 3s stop QUEUED:ok",
        expect![[r#"
            0s SUBMITTED SUCCEEDED 0s
            0s QUEUED STOPPED 3s
            3s COMPLETED
        STOPPED
        asked: capacity, release
    "#]],
    );
}

// Witness: behaviour contract section 0 and 4.6: the phase is TIMED_OUT, the build FAILED; counted from leaving QUEUED.
#[test]
fn a_build_that_takes_too_long_times_out_in_its_phase() {
    check(
        "start 100m ok 10m ok ok ok 49m ok 59s 1s BUILD:ok",
        expect![[r#"
            0s SUBMITTED SUCCEEDED 0s
            0s QUEUED SUCCEEDED 6000s
         6000s PROVISIONING SUCCEEDED 600s ()
         6600s DOWNLOAD_SOURCE SUCCEEDED 0s ()
         6600s INSTALL SUCCEEDED 0s ()
         6600s PRE_BUILD SUCCEEDED 2940s ()
         9540s BUILD TIMED_OUT 60s (BUILD_TIMED_OUT: Build has timed out. )
         9600s COMPLETED
        FAILED
        asked: capacity, sandbox, source, INSTALL, PRE_BUILD, BUILD, release
    "#]],
    );
}

// Witness: behaviour contract 4.2.
#[test]
fn a_build_that_waits_too_long_in_the_queue_times_out() {
    check(
        "start 7h 59m 59s 1s QUEUED:ok",
        expect![[r#"
            0s SUBMITTED SUCCEEDED 0s
            0s QUEUED TIMED_OUT 28800s (BUILD_TIMED_OUT: Build has timed out. )
        28800s COMPLETED
        TIMED_OUT
        asked: capacity, release
    "#]],
    );
}

// Witness: behaviour contract 4.4: a restart that loses a build ends it as FAULT.
#[test]
fn a_restart_ends_a_running_build_as_fault() {
    check(
        "start ok ok ok ok 4s lost",
        expect![[r#"
            0s SUBMITTED SUCCEEDED 0s
            0s QUEUED SUCCEEDED 0s
            0s PROVISIONING SUCCEEDED 0s ()
            0s DOWNLOAD_SOURCE SUCCEEDED 0s ()
            0s INSTALL SUCCEEDED 0s ()
            0s PRE_BUILD FAULT 4s (INTERNAL_SERVICE_ERROR: Internal Service Error: the server was restarted while the build was running)
            4s COMPLETED
        FAULT
        asked: capacity, sandbox, source, INSTALL, PRE_BUILD, release
    "#]],
    );
}

// Witness: our reading: nothing is lost in the queue.
#[test]
fn a_restart_leaves_a_queued_build_in_the_queue() {
    check(
        "start lost ok",
        expect![[r#"
            0s SUBMITTED SUCCEEDED 0s
            0s QUEUED SUCCEEDED 0s
            0s PROVISIONING
        IN_PROGRESS
        asked: capacity, sandbox
    "#]],
    );
}

#[test]
fn news_about_another_phase_changes_nothing() {
    check(
        "start BUILD:ok BUILD:fail FINALIZING:ok ok QUEUED:ok QUEUED:fail QUEUED:tick",
        expect![[r#"
                0s SUBMITTED SUCCEEDED 0s
                0s QUEUED SUCCEEDED 0s
                0s PROVISIONING
            IN_PROGRESS
            asked: capacity, sandbox
        "#]],
    );
}

#[test]
fn a_pipeline_is_told_once() {
    let mut plan = plan();
    let listener = BuildListener {
        pipeline: (plan.scope.clone(), "pipe".to_owned()),
        token: ActionToken("t-1".to_owned()),
    };
    plan.listener = Some(listener.clone());
    let mut run = Run::new(plan);
    "ok ok ok ok ok fail ok ok ok stop"
        .split(' ')
        .for_each(|word| run.word(word));
    let told: Vec<&Effect> = run
        .effects
        .iter()
        .filter(|effect| matches!(effect, Effect::TellPipeline { .. }))
        .collect();
    let [
        Effect::TellPipeline {
            listener: who,
            ended,
        },
    ] = told.as_slice()
    else {
        panic!("{told:?}");
    };
    assert_eq!(who, &listener);
    assert_eq!(ended.status, BuildStatus::Failed);
    let (phase, context) = ended.failure.clone().unwrap();
    assert_eq!(phase, Phase::Build);
    assert_eq!(context, Context::new("CLIENT_ERROR", "no"));
    let BuildVerdict::Failed(fault) = ended.news().verdict else {
        panic!("{ended:?}");
    };
    assert_eq!(
        (fault.status.as_str(), fault.phase.as_str()),
        ("FAILED", "BUILD")
    );
    let arn = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/codebuild/hello:log-stream:11111111-2222-4333-8444-555555555555";
    assert_eq!(ended.log_stream_arn.as_deref(), Some(arn));
}

#[test]
fn starting_a_live_build_again_is_refused() {
    let run = Run::new(plan());
    assert!(start(run.live.as_ref(), plan(), START).is_err());
}

#[test]
fn time_running_backwards_never_ends_a_phase_before_it_began() {
    let mut run = Run::new(plan());
    run.now = START - Duration::from_secs(10);
    run.word("ok");
    assert_invariants(&run);
}

/// One bit for each phase from PROVISIONING to UPLOAD_ARTIFACTS.
fn fails(failing: u32, phase: Phase) -> bool {
    let bits = ALL[2..9].iter().position(|bit| *bit == phase);
    bits.is_some_and(|bit| failing & (1 << bit) != 0)
}

/// Every combination of what the buildspec says and what fails, with the fate of every phase.
fn all_runs(mut each: impl FnMut(&[Option<OnFailure>; 4], u32, &Run)) {
    let said = [None, Some(OnFailure::Abort), Some(OnFailure::Continue)];
    for code in 0..81 {
        let choice = |place: u32| said[(code / 3_usize.pow(place)) % 3];
        let choices = [choice(0), choice(1), choice(2), choice(3)];
        for failing in 0..128_u32 {
            let mut run = Run::new(plan());
            for (phase, choice) in COMMAND_PHASES.into_iter().zip(choices) {
                run.on_failure.extend(choice.map(|choice| (phase, choice)));
            }
            while !run.build().is_complete() {
                let fails = fails(failing, run.phase());
                run.word(if fails { "fail" } else { "ok" });
                assert_invariants(&run);
            }
            each(&choices, failing, &run);
        }
    }
}

// Witness: behaviour contract 4.2 and 4.3, told a second time as conditions over the whole build.
#[test]
fn every_plan_with_every_failure_ends_as_the_contract_says() {
    let mut runs = 0;
    all_runs(|choices, failing, run| {
        runs += 1;
        let fails = |phase: Phase| fails(failing, phase);
        let reached = |phase: Phase| run.build().phase(phase).is_some();
        let broke = ALL.into_iter().any(|phase| reached(phase) && fails(phase));
        let expected = if broke {
            BuildStatus::Failed
        } else {
            BuildStatus::Succeeded
        };
        assert_eq!(run.build().status, expected);
        let gate = |phase: Phase, choice: Option<OnFailure>| {
            reached(phase) && (!fails(phase) || choice == Some(OnFailure::Continue))
        };
        let soft = |phase: Phase, choice: Option<OnFailure>| {
            reached(phase) && (!fails(phase) || choice != Some(OnFailure::Abort))
        };
        let provisioned = !fails(Phase::Provisioning);
        assert_eq!(reached(Phase::DownloadSource), provisioned);
        assert_eq!(reached(Phase::Finalizing), provisioned);
        let sourced = reached(Phase::DownloadSource) && !fails(Phase::DownloadSource);
        assert_eq!(reached(Phase::Install), sourced);
        assert_eq!(reached(Phase::PreBuild), gate(Phase::Install, choices[0]));
        assert_eq!(reached(Phase::Build), gate(Phase::PreBuild, choices[1]));
        assert_eq!(reached(Phase::PostBuild), soft(Phase::Build, choices[2]));
        assert_eq!(
            reached(Phase::UploadArtifacts),
            soft(Phase::PostBuild, choices[3])
        );
    });
    assert_eq!(runs, 81 * 128);
}

/// What is true of every build at every moment.
pub(super) fn assert_invariants(run: &Run) {
    let build = run.build();
    let (last, before) = build.phases.split_last().unwrap();
    assert!(last.end.is_none(), "the last phase runs, or is COMPLETED");
    for (record, next) in before.iter().zip(&build.phases[1..]) {
        let end = record.end.as_ref().expect("only the last phase runs");
        assert!(record.phase < next.phase, "phases come in order, once");
        assert_eq!(
            end.time, next.start,
            "a phase begins when the one before ends"
        );
        assert!(end.time >= record.start);
        let shows = end.context.is_some();
        let silent =
            matches!(end.status, PhaseStatus::Stopped) || !phases::has_contexts(record.phase);
        let failed = matches!(
            end.status,
            PhaseStatus::Failed | PhaseStatus::Fault | PhaseStatus::TimedOut
        );
        assert!(failed || shows != silent, "{record:?}");
    }
    assert_eq!(build.is_complete(), build.status != BuildStatus::InProgress);
    assert_eq!(
        build.is_complete(),
        run.live.is_none() && run.finished.is_some()
    );
    assert_eq!(build.end, build.is_complete().then_some(last.start));
    assert_eq!(
        build.logs.is_some(),
        build.phase(Phase::Provisioning).is_some()
    );
    let releases = run
        .effects
        .iter()
        .filter(|effect| **effect == Effect::Release);
    assert_eq!(releases.count(), usize::from(build.is_complete()));
    assert_eq!(build.deadline().is_none(), build.is_complete());
    let waits = |run: &CommandRun| run.status == CommandStatus::Submitted;
    assert!(build.commands.iter().skip(1).all(waits), "one command runs");
    assert!(build.commands.is_empty() || build.current() == Phase::RunSandbox);
    if build.status == BuildStatus::Succeeded {
        assert!(build.is_succeeding());
        assert_eq!(build.phases.len(), ALL.len());
    }
}

/// All transitions there are, one line for each pair of phases.
fn diagram() -> String {
    let mut travelled = BTreeSet::new();
    let mut add = |run: &Run| travelled.extend(run.travelled.iter().cloned());
    for count in 0..9 {
        let scripts = ["stop", "lost", "fault", "999h"];
        for word in scripts {
            let mut run = Run::new(plan());
            (0..count).for_each(|_| run.word("ok"));
            run.word(word);
            add(&run);
        }
    }
    all_runs(|_, _, run| add(run));
    for count in 0..4 {
        for word in ["stop", "lost", "fault", "fail", "999h"] {
            if word == "fail" && count != 1 && count != 2 {
                continue;
            }
            let mut run = Run::new(sandbox());
            (0..count).for_each(|_| run.word("ok"));
            run.word(word);
            travelled.extend(run.travelled);
        }
    }
    let mut lines: BTreeMap<(Phase, Phase), BTreeSet<String>> = BTreeMap::new();
    for (from, to, how) in travelled {
        lines.entry((from, to)).or_default().insert(how);
    }
    let mut text = String::new();
    for ((from, to), how) in lines {
        let how: Vec<String> = how.into_iter().collect();
        let _ = writeln!(
            text,
            "//! {:<16} → {:<16} {}",
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
    let mut run = Run::new(plan());
    while run.live.is_some() {
        let json = serde_json::to_string(run.build()).unwrap();
        let read: BuildState = serde_json::from_str(&json).unwrap();
        assert_eq!(&read, run.build());
        run.word("ok");
    }
}

#[test]
fn values_of_variables_stay_out_of_debug() {
    let mut plan = plan();
    plan.environment.variables.push(Variable {
        name: "TOKEN".to_owned(),
        value: "hunter2".to_owned(),
        kind: VariableKind::Plaintext,
    });
    let run = Run::new(plan);
    let text = format!("{:?} {:?}", run.live, run.effects);
    assert!(text.contains("TOKEN") && !text.contains("hunter2"));
}

fn report(uuid: &str) -> Event {
    use super::reports::{Findings, Kind};
    let found = Findings::default();
    Event::Reported(Box::new(Report::new(
        "hello-unit",
        uuid.to_owned(),
        Kind::Test,
        START,
        found,
        true,
    )))
}

// Witness: contract, codebuild section 10.2: reportArns of the build lists them.
#[test]
fn reports_are_records_of_a_build_that_uploads_and_kept_once() {
    for twice in [false, true] {
        let mut run = run_of("ok ok ok ok ok ok", twice);
        assert_eq!(run.phase(), Phase::PostBuild);
        run.event(report("early"));
        if let Some(event) = run.success() {
            run.event(event);
        }
        run.event(report("one"));
        run.event(report("two"));
        assert_eq!(run.phase(), Phase::UploadArtifacts);
        run.stop();
        run.event(report("late"));
        let build = run.finished.unwrap();
        assert_eq!(build.reports, ["hello-unit:one", "hello-unit:two"]);
        let kept: Vec<String> = run.reports.iter().map(Report::id).collect();
        assert_eq!(kept, build.reports);
    }
}

/// A failed BUILD of a build at this place, with this limit and rule.
fn failed(number: u32, limit: Option<u32>, rule: Option<(u32, Option<&str>)>) -> Run {
    let mut plan = plan();
    plan.retry.number = number;
    plan.retry.limit = limit;
    let mut run = Run::new(plan);
    run.retries.extend(rule.map(|(count, pattern)| {
        let pattern = pattern.map(str::to_owned);
        (Phase::Build, RetryRule { count, pattern })
    }));
    "ok ok ok ok ok fail ok ok ok"
        .split(' ')
        .for_each(|word| run.word(word));
    assert_eq!(run.build().status, BuildStatus::Failed);
    run
}

fn retried(run: &Run) -> bool {
    let mut effects = run.effects.iter();
    let asked = effects.any(|effect| matches!(effect, Effect::Retry { .. }));
    assert_eq!(run.build().next_retry.is_some(), asked);
    asked
}

// Witness: behaviour contract 4.7: autoRetryLimit N: up to N times after a FAILED end.
#[test]
fn a_failed_build_is_retried_up_to_the_limit() {
    assert!(!retried(&failed(0, None, None)));
    assert!(!retried(&failed(0, Some(0), None)));
    assert!(retried(&failed(0, Some(2), None)));
    assert!(retried(&failed(1, Some(2), None)));
    assert!(!retried(&failed(2, Some(2), None)));
}

// Witness: behaviour contract 4.3: RETRY, RETRY-<count>, RETRY-<regex>: only if the error message matches.
#[test]
fn a_phase_may_ask_for_retries() {
    assert!(retried(&failed(0, None, Some((3, None)))));
    assert!(!retried(&failed(3, None, Some((3, None)))));
    assert!(retried(&failed(1, None, Some((2, Some("^no$"))))));
    assert!(!retried(&failed(0, None, Some((2, Some("other"))))));
    assert!(retried(&failed(3, Some(4), Some((2, None)))));
}

// Witness: behaviour contract 4.7: not after STOPPED, not for CodePipeline builds, not in batches.
#[test]
fn only_failed_builds_that_nobody_waits_for_are_retried() {
    let mut limited = plan();
    limited.retry.limit = Some(3);
    let end = |plan: BuildPlan, script: &str| {
        let mut run = Run::new(plan);
        script.split(' ').for_each(|word| run.word(word));
        assert!(run.finished.is_some());
        retried(&run)
    };
    assert!(end(limited.clone(), "ok fail"));
    assert!(!end(limited.clone(), "ok stop"));
    assert!(!end(limited.clone(), "ok fault"));
    assert!(!end(limited.clone(), "ok ok ok ok ok ok ok ok ok"));
    let mut of_pipeline = limited.clone();
    of_pipeline.listener = Some(BuildListener {
        pipeline: (limited.scope.clone(), "p".to_owned()),
        token: ActionToken("token".to_owned()),
    });
    assert!(!end(of_pipeline, "ok fail"));
    let mut of_batch = limited;
    of_batch.batch = Some(crate::engine::batch::event::Membership {
        batch: "hello:batch".to_owned(),
        token: crate::engine::batch::event::GroupToken {
            group: "one".to_owned(),
            attempt: 1,
        },
    });
    assert!(!end(of_batch, "ok fail"));
}

pub(super) fn sandbox() -> BuildPlan {
    BuildPlan {
        purpose: Purpose::Sandbox,
        buildspec: None,
        ..plan()
    }
}

fn sandbox_of(script: &str) -> Run {
    let mut run = Run::new(sandbox());
    script.split_whitespace().for_each(|word| run.word(word));
    assert_invariants(&run);
    run
}

impl Run {
    pub(super) fn submit(&mut self, id: &str) -> Result<(), NotRun> {
        let state = self.live.clone().ok_or(NotRun::NotRunning)?;
        let (step, run) = run_command(state, self.now, id.to_owned(), format!("echo {id}"))?;
        assert_eq!(run.status, CommandStatus::Submitted);
        self.take(step);
        Ok(())
    }

    pub(super) fn ran(&mut self, id: &str, exit: i32) {
        let ran = CommandRan {
            exit: Some(exit),
            ..CommandRan::default()
        };
        self.event(Event::CommandRan(id.to_owned(), ran));
    }

    fn commanded(&self) -> Vec<String> {
        let runs = self.commands.values();
        runs.map(|run| format!("{} {}", run.id, run.status.as_str()))
            .collect()
    }
}

// Witness: behaviour contract 12.5: session phases; timeout: phase TIMED_OUT with BUILD_TIMED_OUT.
#[test]
fn a_sandbox_runs_until_it_is_stopped_or_its_time_is_over() {
    let stopped = sandbox_of("1s ok 2s ok 3s ok 10m stop");
    expect![[r#"
            0s SUBMITTED SUCCEEDED 0s
            0s QUEUED SUCCEEDED 1s
            1s PROVISIONING SUCCEEDED 2s ()
            3s DOWNLOAD_SOURCE SUCCEEDED 3s ()
            6s RUN_SANDBOX STOPPED 600s
          606s COMPLETED
        STOPPED
        asked: capacity, sandbox, source, keep, release
    "#]]
    .assert_eq(&transcript(&stopped));
    let late = sandbox_of("ok ok ok 2h");
    expect![[r#"
            0s SUBMITTED SUCCEEDED 0s
            0s QUEUED SUCCEEDED 0s
            0s PROVISIONING SUCCEEDED 0s ()
            0s DOWNLOAD_SOURCE SUCCEEDED 0s ()
            0s RUN_SANDBOX TIMED_OUT 3600s (BUILD_TIMED_OUT: Build has timed out. )
         3600s COMPLETED
        FAILED
        asked: capacity, sandbox, source, keep, release
    "#]]
    .assert_eq(&transcript(&late));
}

// Witness: behaviour contract 12.5; ours: a sandbox whose source cannot be had has nothing to pack up.
#[test]
fn a_sandbox_without_its_source_is_over() {
    let run = sandbox_of("ok ok fail");
    assert_eq!(run.build().status, BuildStatus::Failed);
    assert!(run.build().phase(Phase::Finalizing).is_none());
}

// Witness: behaviour contract 12.5: executions run one after another (unconfirmed).
#[test]
fn commands_of_a_sandbox_run_one_after_the_other() {
    for twice in [false, true] {
        let mut run = sandbox_of("ok ok");
        run.twice = twice;
        assert_eq!(run.submit("early"), Err(NotRun::NotRunning));
        run.word("ok");
        run.submit("a").unwrap();
        run.submit("b").unwrap();
        assert_eq!(run.commanded(), ["a IN_PROGRESS", "b SUBMITTED"]);
        run.ran("b", 0);
        run.ran("a", 3);
        assert_eq!(run.commanded(), ["a FAILED", "b IN_PROGRESS"]);
        run.ran("a", 0);
        run.ran("b", 0);
        assert_eq!(run.commanded(), ["a FAILED", "b SUCCEEDED"]);
        run.submit("c").unwrap();
        run.submit("d").unwrap();
        run.restart();
        assert_eq!(run.build().status, BuildStatus::Fault);
        assert_eq!(
            run.commanded(),
            ["a FAILED", "b SUCCEEDED", "c FAILED", "d FAILED"]
        );
        assert_eq!(run.submit("late"), Err(NotRun::NotRunning));
    }
}

// Witness: ours: limits on all outside input.
#[test]
fn only_so_many_commands_wait() {
    let mut run = sandbox_of("ok ok ok");
    for number in 0..MOST_WAITING {
        run.submit(&number.to_string()).unwrap();
    }
    assert_eq!(run.submit("more"), Err(NotRun::TooMany));
}

#[test]
fn commands_and_their_output_stay_out_of_debug() {
    let mut run = sandbox_of("ok ok ok");
    run.submit("hunter2").unwrap();
    let text = format!("{:?} {:?} {:?}", run.live, run.effects, run.commands);
    assert!(!text.contains("echo"), "{text}");
}
