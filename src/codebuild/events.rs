//! Changes of builds as EventBridge events (contract codebuild §13).
//!
//! Invariant: an event is made of the build as it was when the phase ended that the event follows.

use super::settings::Settings;
use super::view;
use crate::aws::Time;
use crate::companions::events::Event;
use crate::engine::build::state::{BuildState, Context, Phase, PhaseEnd, PhaseRecord};
use codebuild_api::model::{
    Build, BuildArtifacts, EnvironmentVariable, LogsLocation, NetworkInterface, ProjectEnvironment,
    ProjectSource, VpcConfig,
};
use serde_json::{Map, Value, json};

/// What the newest end of a phase is told by, in order: the start of the build, the phase, the end of the build.
pub fn events(settings: &Settings, state: &BuildState) -> Vec<Event> {
    let mut phases = state.phases.iter().rev();
    let newest = phases.find_map(|record| Some((record, record.end.as_ref()?)));
    let Some((record, end)) = newest else {
        return Vec::new();
    };
    let about = about(&view::build(settings, state), state);
    let mut told = Vec::new();
    if record.phase == Phase::Submitted {
        told.push(build_changed(state, &about, Phase::Submitted, end.time));
    }
    told.push(phase_changed(state, &about, record.phase, record, end));
    if state.is_complete() {
        // AWS tells COMPLETED with the times of the phase before it.
        told.push(phase_changed(state, &about, Phase::Completed, record, end));
        told.push(build_changed(state, &about, Phase::Completed, end.time));
    }
    told
}

fn build_changed(state: &BuildState, about: &Value, phase: Phase, at: Time) -> Event {
    let detail = json!({
        "build-status": state.status.as_str(),
        "project-name": state.plan.project,
        "build-id": state.plan.arn(),
        "current-phase": phase.as_str(),
        "current-phase-context": in_brackets(None),
        "version": "1",
        "additional-information": about,
    });
    event(state, "State", detail, at)
}

fn phase_changed(
    state: &BuildState,
    about: &Value,
    phase: Phase,
    of: &PhaseRecord,
    end: &PhaseEnd,
) -> Event {
    let context = end.context.as_ref();
    let detail = json!({
        "completed-phase": phase.as_str(),
        "completed-phase-status": end.status.as_str(),
        "completed-phase-context": in_brackets(context.filter(|_| phase != Phase::Completed)),
        "completed-phase-duration-seconds": seconds(of),
        "completed-phase-start": text(of.start),
        "completed-phase-end": text(end.time),
        "project-name": state.plan.project,
        "build-id": state.plan.arn(),
        "version": "1",
        "additional-information": about,
    });
    event(state, "Phase", detail, end.time)
}

fn event(state: &BuildState, what: &str, detail: Value, time: Time) -> Event {
    Event {
        scope: state.plan.scope.clone(),
        source: "aws.codebuild".to_owned(),
        detail_type: format!("CodeBuild Build {what} Change"),
        resources: vec![state.plan.arn()],
        detail,
        time,
    }
}

/// The `additional-information` of both kinds.
fn about(build: &Build, state: &BuildState) -> Value {
    let minutes = |minutes: Option<i32>| minutes.map(|minutes| json!(f64::from(minutes)));
    known([
        ("artifact", build.artifacts.as_ref().map(artifact)),
        ("environment", build.environment.as_ref().map(environment)),
        ("timeout-in-minutes", minutes(build.timeout_in_minutes)),
        (
            "queued-timeout-in-minutes",
            minutes(build.queued_timeout_in_minutes),
        ),
        ("build-complete", Some(json!(state.is_complete()))),
        ("build-number", Some(json!(state.plan.number as f64))),
        ("initiator", Some(json!(state.plan.initiator))),
        ("build-start-time", Some(json!(text(state.plan.start)))),
        ("source", build.source.as_ref().map(source)),
        (
            "source-version",
            build.source_version.as_ref().map(|version| json!(version)),
        ),
        (
            "cache",
            build
                .cache
                .as_ref()
                .map(|cache| json!({"type": cache.r#type.as_str()})),
        ),
        ("logs", build.logs.as_ref().map(logs)),
        (
            "network-interface",
            build.network_interface.as_ref().map(interface),
        ),
        ("vpc-config", build.vpc_config.as_ref().map(network)),
        ("phases", Some(state.phases.iter().map(phase).collect())),
    ])
}

fn artifact(of: &BuildArtifacts) -> Value {
    known([
        ("md5sum", of.md5sum.as_ref().map(|sum| json!(sum))),
        ("sha256sum", of.sha256sum.as_ref().map(|sum| json!(sum))),
        ("location", of.location.as_ref().map(|at| json!(at))),
    ])
}

fn environment(of: &ProjectEnvironment) -> Value {
    let variables = of.environment_variables.as_deref().unwrap_or_default();
    let credentials = of.image_pull_credentials_type;
    known([
        ("image", Some(json!(of.image))),
        (
            "privileged-mode",
            Some(json!(of.privileged_mode == Some(true))),
        ),
        ("compute-type", Some(json!(of.compute_type.as_str()))),
        ("type", Some(json!(of.r#type.as_str()))),
        (
            "environment-variables",
            Some(variables.iter().map(variable).collect()),
        ),
        (
            "image-pull-credentials-type",
            credentials.map(|credentials| json!(credentials.as_str())),
        ),
    ])
}

/// As it was given: of a secret or a parameter, its name.
fn variable(of: &EnvironmentVariable) -> Value {
    let kind = of.r#type.as_ref().map_or("PLAINTEXT", |kind| kind.as_str());
    json!({"name": of.name, "type": kind, "value": of.value})
}

fn source(of: &ProjectSource) -> Value {
    known([
        ("location", of.location.as_ref().map(|at| json!(at))),
        ("type", Some(json!(of.r#type.as_str()))),
        ("buildspec", of.buildspec.as_ref().map(|spec| json!(spec))),
    ])
}

fn logs(of: &LogsLocation) -> Value {
    known([
        ("group-name", of.group_name.as_ref().map(|name| json!(name))),
        (
            "stream-name",
            of.stream_name.as_ref().map(|name| json!(name)),
        ),
        ("deep-link", of.deep_link.as_ref().map(|link| json!(link))),
    ])
}

fn interface(of: &NetworkInterface) -> Value {
    known([
        ("subnet-id", of.subnet_id.as_ref().map(|id| json!(id))),
        (
            "eni-id",
            of.network_interface_id.as_ref().map(|id| json!(id)),
        ),
    ])
}

fn network(of: &VpcConfig) -> Value {
    known([
        ("vpc-id", of.vpc_id.as_ref().map(|vpc| json!(vpc))),
        ("subnets", of.subnets.as_ref().map(|list| json!(list))),
        (
            "security-group-ids",
            of.security_group_ids.as_ref().map(|list| json!(list)),
        ),
    ])
}

/// A phase that runs has its start only, and COMPLETED for ever.
fn phase(of: &PhaseRecord) -> Value {
    let end = of.end.as_ref();
    let contexts = |end: &PhaseEnd| end.context.iter().map(colon).map(Value::from).collect();
    known([
        ("phase-context", end.map(contexts)),
        ("phase-type", Some(json!(of.phase.as_str()))),
        ("phase-status", end.map(|end| json!(end.status.as_str()))),
        ("start-time", Some(json!(text(of.start)))),
        ("end-time", end.map(|end| json!(text(end.time)))),
        ("duration-in-seconds", end.map(|_| json!(seconds(of)))),
    ])
}

fn seconds(of: &PhaseRecord) -> f64 {
    of.duration().unwrap_or_default().as_secs() as f64
}

fn colon(context: &Context) -> String {
    format!("{}: {}", context.code, context.message)
}

fn in_brackets(context: Option<&Context>) -> String {
    format!("[{}]", context.map(colon).unwrap_or_default())
}

/// What there is of these members.
fn known<const N: usize>(members: [(&str, Option<Value>); N]) -> Value {
    let members = members.into_iter();
    let known: Map<String, Value> = members
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect();
    Value::Object(known)
}

/// As in `Sep 1, 2017 4:12:29 PM`, in UTC.
fn text(time: Time) -> String {
    let time = jiff::Timestamp::from_millisecond(time.millis()).unwrap_or_default();
    time.strftime("%b %-d, %Y %-I:%M:%S %p").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Witness: contract codebuild §13: times are text, `MMM d, yyyy h:mm:ss a` in UTC.
    #[test]
    fn times_are_text() {
        for (millis, expected) in [
            (1_504_282_349_000, "Sep 1, 2017 4:12:29 PM"),
            (1_504_224_000_999, "Sep 1, 2017 12:00:00 AM"),
            (1_513_080_061_000, "Dec 12, 2017 12:01:01 PM"),
        ] {
            assert_eq!(text(Time::from_millis(millis)), expected);
        }
    }

    // Witness: contract codebuild §13: `[]` or `[: ]`-like rendering of contexts.
    #[test]
    fn contexts_are_written_in_brackets() {
        assert_eq!(in_brackets(None), "[]");
        assert_eq!(in_brackets(Some(&Context::default())), "[: ]");
        let context = Context::new("COMMAND_EXECUTION_ERROR", "Error while executing");
        let expected = "[COMMAND_EXECUTION_ERROR: Error while executing]";
        assert_eq!(in_brackets(Some(&context)), expected);
    }
}
