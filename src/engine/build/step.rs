//! News of a build → its next state and what is to be done: one match, one line per arm.
//!
//! News that does not fit the running phase changes nothing, so late and repeated news are harmless.

use super::Build;
use super::command_run::{CommandRan, CommandRun, CommandStatus};
use super::effect::{BuildEnded, Effect, child_ended};
use super::event::{Event, Failure, SourceReady};
use super::logs;
use super::phases;
use super::plan::Purpose;
use super::record::Record;
use super::reports::Report;
use super::state::{
    ArtifactResult, BuildState, Context, Phase, PhaseEnd, PhaseRecord, PhaseStatus,
};
use crate::aws::Time;
use crate::engine::Step;

/// What the event leads to.
pub fn step(state: BuildState, now: Time, event: Event) -> Step<Build> {
    match event {
        Event::Admitted => admitted(state, now),
        Event::Provisioned => succeeded(state, now, Phase::Provisioning),
        Event::SourceReady(ready) => source_ready(state, now, ready),
        Event::CommandsSucceeded(phase) => succeeded(state, now, phase),
        Event::Reported(report) => reported(state, report),
        Event::ArtifactsUploaded(results) => artifacts_uploaded(state, now, results),
        Event::Finalized(exported) => finalized(state, now, exported),
        Event::CommandRan(id, ran) => command_ran(state, now, &id, ran),
        Event::PhaseFailed(phase, failure) => phase_failed(state, now, phase, failure),
        Event::SandboxLost(phase) => sandbox_lost(state, now, phase),
        Event::Ticked => ticked(state, now),
    }
}

fn admitted(mut state: BuildState, now: Time) -> Step<Build> {
    if state.current() == Phase::Queued {
        state.logs = Some(logs::locations(&state.plan));
    }
    succeeded(state, now, Phase::Queued)
}

fn source_ready(mut state: BuildState, now: Time, ready: SourceReady) -> Step<Build> {
    if state.current() == Phase::DownloadSource {
        state.resolved_source_version = ready.resolved_version;
        state.on_failure = ready.on_failure;
        state.retries = ready.retries;
        state.batchspec = ready.batchspec;
    }
    succeeded(state, now, Phase::DownloadSource)
}

/// A report is kept once; what comes after the phase is late.
fn reported(mut state: BuildState, report: Box<Report>) -> Step<Build> {
    let id = report.id();
    if state.current() != Phase::UploadArtifacts || state.reports.contains(&id) {
        return Step::stay(state);
    }
    state.reports.push(id);
    Step {
        records: vec![Record::Reported(report)],
        ..Step::stay(state)
    }
}

/// The command that runs is the first one; news of another is late.
fn command_ran(mut state: BuildState, now: Time, id: &str, ran: CommandRan) -> Step<Build> {
    let runs = |run: &CommandRun| run.id == id && run.status == CommandStatus::InProgress;
    if state.current() != Phase::RunSandbox || !state.commands.first().is_some_and(runs) {
        return Step::stay(state);
    }
    let mut run = state.commands.remove(0);
    run.end(now, ran);
    next_command(state, now, vec![run])
}

/// Starts the command that waits longest, unless one runs; `kept` are the commands that have changed before.
pub fn next_command(mut state: BuildState, now: Time, mut kept: Vec<CommandRun>) -> Step<Build> {
    let mut effects = Vec::new();
    let waits = |run: &&mut CommandRun| run.status == CommandStatus::Submitted;
    if let Some(first) = state.commands.first_mut().filter(waits) {
        first.start(now);
        kept.push(first.clone());
        effects.push(Effect::RunCommand(Box::new(first.clone())));
    }
    let kept = kept.into_iter().map(Box::new);
    Step {
        state: Some(state),
        records: kept.map(Record::Commanded).collect(),
        effects,
    }
}

/// What had not ended when the sandbox did.
fn unfinished(state: &mut BuildState, now: Time) -> Vec<Record> {
    let runs = std::mem::take(&mut state.commands).into_iter();
    let ended = runs.map(|mut run| {
        let err = "The sandbox ended before the command did.".to_owned();
        run.end(
            now,
            CommandRan {
                err,
                ..CommandRan::default()
            },
        );
        Record::Commanded(Box::new(run))
    });
    ended.collect()
}

fn artifacts_uploaded(
    mut state: BuildState,
    now: Time,
    results: Vec<ArtifactResult>,
) -> Step<Build> {
    if state.current() == Phase::UploadArtifacts {
        state.artifacts = results;
    }
    succeeded(state, now, Phase::UploadArtifacts)
}

fn finalized(
    mut state: BuildState,
    now: Time,
    exported: Option<Vec<(String, String)>>,
) -> Step<Build> {
    if state.current() == Phase::Finalizing {
        state.exported = exported;
    }
    succeeded(state, now, Phase::Finalizing)
}

fn succeeded(state: BuildState, now: Time, phase: Phase) -> Step<Build> {
    let context = phases::has_contexts(phase).then(Context::default);
    end_phase(state, now, phase, PhaseStatus::Succeeded, context)
}

fn phase_failed(state: BuildState, now: Time, phase: Phase, failure: Failure) -> Step<Build> {
    let status = failure.status();
    end_phase(state, now, phase, status, Some(failure.context))
}

fn sandbox_lost(state: BuildState, now: Time, phase: Phase) -> Step<Build> {
    let failure = Failure::platform(
        "Internal Service Error: the server was restarted while the build was running",
    );
    phase_failed(state, now, phase, failure)
}

fn ticked(state: BuildState, now: Time) -> Step<Build> {
    match state.deadline() {
        Some(deadline) if deadline <= now => timed_out(state, now),
        _ => Step::stay(state),
    }
}

/// The trailing blank of the message is AWS's.
fn timed_out(state: BuildState, now: Time) -> Step<Build> {
    let phase = state.current();
    let context = Context::new("BUILD_TIMED_OUT", "Build has timed out. ");
    end_phase(state, now, phase, PhaseStatus::TimedOut, Some(context))
}

/// Ends `phase`, if it is the one that runs, and begins the next.
pub fn end_phase(
    mut state: BuildState,
    now: Time,
    phase: Phase,
    status: PhaseStatus,
    context: Option<Context>,
) -> Step<Build> {
    if state.current() != phase || state.is_complete() {
        return Step::stay(state);
    }
    let succeeding = state.is_succeeding();
    let now = close(&mut state, now, status, context);
    let next = match state.plan.purpose {
        Purpose::Sandbox => phases::next_of_sandbox(phase, status),
        _ => phases::next(phase, status, state.on_failure.get(&phase).copied()),
    };
    let next = match state.plan.until {
        Some(last) if last == phase => phases::no_further(next),
        _ => next,
    };
    state.phases.push(PhaseRecord {
        phase: next,
        start: now,
        end: None,
    });
    match effect_of(&state) {
        Some(effect) => go_on(state, effect),
        None => complete(state, now, phases::verdict(phase, status, succeeding)),
    }
}

/// The end of the running phase, never before its start.
fn close(state: &mut BuildState, now: Time, status: PhaseStatus, context: Option<Context>) -> Time {
    let Some(last) = state.phases.last_mut() else {
        return now;
    };
    let time = now.max(last.start);
    last.end = Some(PhaseEnd {
        time,
        status,
        context,
    });
    time
}

/// What the running phase asks for; nothing once the build is complete.
pub fn effect_of(state: &BuildState) -> Option<Effect> {
    let phase = state.current();
    let succeeding = state.is_succeeding();
    match phase {
        Phase::Submitted | Phase::Completed => None,
        Phase::Queued => Some(Effect::AwaitCapacity),
        Phase::Provisioning => Some(Effect::Provision {
            plan: Box::new(state.plan.clone()),
        }),
        Phase::DownloadSource => Some(Effect::DownloadSource),
        Phase::RunSandbox => Some(Effect::KeepSandbox),
        Phase::Install | Phase::PreBuild | Phase::Build | Phase::PostBuild => {
            Some(Effect::RunCommands { phase, succeeding })
        }
        Phase::UploadArtifacts => Some(Effect::UploadArtifacts { succeeding }),
        Phase::Finalizing => Some(Effect::Finalize),
    }
}

fn go_on(state: BuildState, effect: Effect) -> Step<Build> {
    Step {
        records: vec![Record::PhaseEnded(Box::new(state.clone()))],
        effects: vec![effect],
        ..Step::stay(state)
    }
}

fn complete(mut state: BuildState, now: Time, status: super::state::BuildStatus) -> Step<Build> {
    state.status = status;
    state.end = Some(now);
    let mut effects = vec![Effect::Release];
    if let Some(uuid) = state.retry_uuid() {
        state.next_retry = Some(format!("{}:{uuid}", state.plan.project));
        effects.push(Effect::Retry { uuid });
    }
    let listener = state.plan.listener.clone();
    effects.extend(listener.map(|listener| Effect::TellPipeline {
        listener,
        ended: Box::new(BuildEnded::of(&state)),
    }));
    let member = state.plan.batch.clone();
    effects.extend(member.map(|member| Effect::TellBatch {
        member,
        ended: Box::new(child_ended(&state)),
    }));
    let mut records = unfinished(&mut state, now);
    records.push(Record::Finished(Box::new(state)));
    Step {
        state: None,
        records,
        effects,
    }
}
