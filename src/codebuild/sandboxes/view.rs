//! Sandboxes and their commands as the wire shows them.
//!
//! Source: contract, codebuild section 12.5.

use crate::aws::{Arn, Scope, Time};
use crate::codebuild::settings::Settings;
use crate::codebuild::view::{contexts, logs, network_interface, phase_status};
use crate::engine::build::command_run::CommandRun;
use crate::engine::build::state::{BuildState, BuildStatus, Phase, PhaseRecord};
use crate::engine::pipeline::Seed;
use codebuild_api::model::*;
use uuid::Uuid;

/// `arn:aws:codebuild:R:A:sandbox/P:U`.
pub fn arn(scope: &Scope, id: &str) -> String {
    Arn::regional("codebuild", scope, format!("sandbox/{id}")).to_string()
}

/// The sandbox as BatchGetSandboxes answers it.
pub fn sandbox(of: &Settings, state: &BuildState) -> Sandbox {
    let plan = &state.plan;
    Sandbox {
        id: Some(plan.id()),
        arn: Some(arn(&plan.scope, &plan.id())),
        project_name: Some(plan.project.clone()),
        request_time: Some(plan.start.wire()),
        start_time: started(state).map(Time::wire),
        end_time: state.end.map(Time::wire),
        status: Some(status(state).to_owned()),
        source: Some(of.source.clone()),
        source_version: plan.source_version.clone(),
        secondary_sources: Some(of.secondary_sources.clone()),
        secondary_source_versions: Some(of.secondary_source_versions.clone()),
        environment: Some(of.environment.clone()),
        file_system_locations: of.file_system_locations.clone(),
        timeout_in_minutes: Some(of.timeout_in_minutes),
        queued_timeout_in_minutes: Some(of.queued_timeout_in_minutes),
        vpc_config: of.vpc_config.clone(),
        log_config: of.logs.clone(),
        encryption_key: Some(of.encryption_key.clone()),
        service_role: Some(of.service_role.clone()),
        current_session: Some(session(of, state)),
    }
}

fn started(state: &BuildState) -> Option<Time> {
    state.phase(Phase::Provisioning).map(|record| record.start)
}

/// A sandbox that was stopped, or ran out of time, is STOPPED.
fn status(state: &BuildState) -> &'static str {
    let ran = state.phase(Phase::RunSandbox).is_some();
    match state.status {
        BuildStatus::InProgress if ran => "RUNNING",
        BuildStatus::InProgress => "QUEUED",
        BuildStatus::Fault => "FAULT",
        BuildStatus::Failed if !ran => "FAILED",
        _ => "STOPPED",
    }
}

fn session(of: &Settings, state: &BuildState) -> SandboxSession {
    let own = Uuid::parse_str(&state.plan.uuid).unwrap_or_default();
    SandboxSession {
        id: Some(Seed::new(own).uuid(&["session"])),
        status: Some(status(state).to_owned()),
        start_time: started(state).map(Time::wire),
        end_time: state.end.map(Time::wire),
        current_phase: Some(state.current().as_str().to_owned()),
        phases: Some(state.phases.iter().map(phase).collect()),
        resolved_source_version: state.resolved_source_version.clone(),
        logs: Some(logs(of, state)),
        network_interface: network_interface(of, state),
    }
}

fn phase(record: &PhaseRecord) -> SandboxSessionPhase {
    let end = record.end.as_ref();
    let seconds = |end: Time| i64::try_from(end.since(record.start).as_secs()).unwrap_or(i64::MAX);
    SandboxSessionPhase {
        phase_type: Some(record.phase.as_str().to_owned()),
        phase_status: end.map(|end| phase_status(end.status)),
        start_time: Some(record.start.wire()),
        end_time: end.map(|end| end.time.wire()),
        duration_in_seconds: end.map(|end| seconds(end.time)),
        contexts: end.and_then(|end| end.context.as_ref()).map(contexts),
    }
}

/// A command as BatchGetCommandExecutions answers it; outputs without anything in them are absent.
pub fn command(of: &Settings, state: &BuildState, run: &CommandRun) -> CommandExecution {
    let some = |text: &String| (!text.is_empty()).then(|| text.clone());
    let plan = &state.plan;
    CommandExecution {
        id: Some(run.id.clone()),
        sandbox_id: Some(plan.uuid.clone()),
        sandbox_arn: Some(arn(&plan.scope, &plan.id())),
        submit_time: Some(run.submitted.wire()),
        start_time: run.started.map(Time::wire),
        end_time: run.ended.map(Time::wire),
        status: Some(run.status.as_str().to_owned()),
        command: Some(run.command.clone()),
        r#type: Some(CommandType::Shell),
        exit_code: run.ran.exit.map(|code| code.to_string()),
        standard_output_content: some(&run.ran.out),
        standard_err_content: some(&run.ran.err),
        logs: Some(logs(of, state)),
    }
}
