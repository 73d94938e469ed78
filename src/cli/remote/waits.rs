//! What a live execution waits for, and what a person can do about it.
//!
//! Invariant: pure; every wait that a person can end comes with the command that ends it.

use super::caller::{Remote, time};
use super::snapshot::{Action, Answers, Stage};
use crate::cli::words;
use codepipeline_api::model::{RuleExecutionDetail, StageConditionState, StageState};
use jiff::Timestamp;
use serde::Serialize;

/// One reason why an execution does not go on by itself now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "for", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Wait {
    /// An action runs.
    Action {
        stage: String,
        action: String,
        provider: String,
        since: Option<Timestamp>,
        external_execution_id: Option<String>,
    },
    /// Somebody has to say yes or no.
    Approval {
        stage: String,
        action: String,
        since: Option<Timestamp>,
        token: String,
        note: Option<String>,
        link: Option<String>,
        command: String,
    },
    /// Somebody has closed the way into a stage.
    Transition {
        stage: String,
        /// The stage before, when the way out of that one is closed. GetPipelineState shows neither why nor by whom.
        out_of: Option<String>,
        reason: Option<String>,
        by: Option<String>,
        since: Option<Timestamp>,
        command: String,
    },
    /// Another execution is in the stage.
    Queue {
        stage: String,
        /// From 1.
        place: usize,
        behind: Option<String>,
    },
    /// A rule of a gate is being looked at.
    Condition {
        stage: String,
        gate: Option<Gate>,
        rule: String,
        provider: Option<String>,
        since: Option<Timestamp>,
        summary: Option<String>,
        command: Option<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Gate {
    BeforeEntry,
    OnSuccess,
    OnFailure,
}

/// All waits of a live execution, in the order of the stages.
pub fn of(answers: &Answers<'_>, stages: &[Stage]) -> Vec<Wait> {
    let mut waits = Vec::new();
    for stage in stages {
        let states = answers.state.stage_states.iter().flatten();
        let mut states = states.filter(|state| state.stage_name.as_ref() == Some(&stage.name));
        let state = states.next();
        waits.extend(state.and_then(|state| entry(answers, stages, state)));
        let running = stage
            .actions
            .iter()
            .filter(|action| action.status == "InProgress");
        waits.extend(running.map(|action| busy(answers, stage, action)));
        waits.extend(conditions(answers, &stage.name, state));
    }
    waits
}

/// The execution stands in front of the stage.
fn entry(answers: &Answers<'_>, stages: &[Stage], state: &StageState) -> Option<Wait> {
    let id = &answers.head.pipeline_execution_id;
    let mut inbound = state.inbound_executions.iter().flatten();
    let place = inbound.position(|waiting| waiting.pipeline_execution_id == *id)?;
    let stage = state.stage_name.clone().unwrap_or_default();
    let transition = state.inbound_transition_state.as_ref();
    if let Some(closed) = transition.filter(|transition| transition.enabled == Some(false)) {
        return Some(Wait::Transition {
            command: aws(
                answers,
                "enable-stage-transition",
                &stage,
                "--transition-type Inbound",
            ),
            stage,
            out_of: None,
            reason: closed.disabled_reason.clone(),
            by: closed.last_changed_by.clone(),
            since: closed.last_changed_at.as_ref().and_then(time),
        });
    }
    let inside = state.latest_execution.as_ref();
    let inside = inside.filter(|of| matches!(of.status.as_str(), "InProgress" | "Stopping"));
    // Nobody is in the way, and the way in is open.
    if let Some(before) = before(stages, &stage).filter(|_| inside.is_none()) {
        let flags = "--transition-type Outbound";
        return Some(Wait::Transition {
            command: aws(answers, "enable-stage-transition", before, flags),
            out_of: Some(before.to_owned()),
            stage,
            reason: None,
            by: None,
            since: None,
        });
    }
    Some(Wait::Queue {
        stage,
        place: place + 1,
        behind: inside.map(|of| of.pipeline_execution_id.clone()),
    })
}

/// The stage before this one.
fn before<'a>(stages: &'a [Stage], stage: &str) -> Option<&'a str> {
    let at = stages.iter().position(|of| of.name == stage)?;
    Some(&stages.get(at.checked_sub(1)?)?.name)
}

fn busy(answers: &Answers<'_>, stage: &Stage, action: &Action) -> Wait {
    if action.provider != "Manual" {
        return Wait::Action {
            stage: stage.name.clone(),
            action: action.name.clone(),
            provider: action.provider.clone(),
            since: action.started,
            external_execution_id: action.external_execution_id.clone(),
        };
    }
    let runs = answers.actions.iter();
    let mut runs =
        runs.filter(|run| run.action_execution_id.as_ref() == Some(&action.action_execution_id));
    let input = runs.next().and_then(|run| run.input.as_ref());
    let settings = input.and_then(|input| input.resolved_configuration.as_ref());
    let setting = |name: &str| settings?.get(name).cloned();
    // The token is the action execution's id (contract, codepipeline section 5.10).
    let token = action.action_execution_id.clone();
    let answer = format!(
        "--action-name {} --token {token} --result summary=ok,status=Approved",
        action.name
    );
    Wait::Approval {
        stage: stage.name.clone(),
        action: action.name.clone(),
        since: action.started,
        note: setting("CustomData"),
        link: setting("ExternalEntityLink"),
        command: aws(answers, "put-approval-result", &stage.name, &answer),
        token,
    }
}

/// From the history of rules; the state adds which gate it is and what the rule says, but pipelines of mode PARALLEL have none.
fn conditions(answers: &Answers<'_>, stage: &str, state: Option<&StageState>) -> Vec<Wait> {
    let history = answers.rules.iter().filter(|rule| {
        rule.stage_name.as_deref() == Some(stage)
            && rule
                .status
                .is_some_and(|status| status.as_str() == "InProgress")
    });
    history
        .map(|rule| condition(answers, stage, state, rule))
        .collect()
}

fn condition(
    answers: &Answers<'_>,
    stage: &str,
    state: Option<&StageState>,
    rule: &RuleExecutionDetail,
) -> Wait {
    let name = rule.rule_name.clone().unwrap_or_default();
    let id = rule.rule_execution_id.as_deref();
    let shown = state.and_then(|state| find_gate(state, id));
    let gate = shown.as_ref().map(|(gate, _)| *gate);
    let gate = gate.or_else(|| declared_gate(answers, stage, &name));
    let kind = rule
        .input
        .as_ref()
        .and_then(|input| input.rule_type_id.as_ref());
    Wait::Condition {
        stage: stage.to_owned(),
        rule: name,
        provider: kind.map(|kind| kind.provider.clone()),
        since: rule.start_time.as_ref().and_then(time),
        summary: shown.and_then(|(_, summary)| summary),
        command: gate.and_then(|gate| override_of(answers, stage, gate)),
        gate,
    }
}

fn find_gate(state: &StageState, rule: Option<&str>) -> Option<(Gate, Option<String>)> {
    let gates: [(Gate, &Option<StageConditionState>); 3] = [
        (Gate::BeforeEntry, &state.before_entry_condition_state),
        (Gate::OnSuccess, &state.on_success_condition_state),
        (Gate::OnFailure, &state.on_failure_condition_state),
    ];
    gates.into_iter().find_map(|(gate, state)| {
        let conditions = state.as_ref()?.condition_states.iter().flatten();
        let mut rules = conditions.flat_map(|condition| condition.rule_states.iter().flatten());
        let found = rules.find_map(|of| {
            let latest = of.latest_execution.as_ref()?;
            (latest.rule_execution_id.as_deref() == rule).then_some(latest)
        })?;
        Some((gate, found.summary.clone()))
    })
}

/// The gate that declares a rule of this name, when only one does.
fn declared_gate(answers: &Answers<'_>, stage: &str, rule: &str) -> Option<Gate> {
    let stage = answers
        .declaration
        .stages
        .iter()
        .find(|of| of.name == stage)?;
    let entry = stage.before_entry.as_ref().map(|gate| &gate.conditions);
    let success = stage.on_success.as_ref().map(|gate| &gate.conditions);
    let failure = stage
        .on_failure
        .as_ref()
        .and_then(|gate| gate.conditions.as_ref());
    let gates = [
        (Gate::BeforeEntry, entry),
        (Gate::OnSuccess, success),
        (Gate::OnFailure, failure),
    ];
    let declares = |conditions: &Vec<codepipeline_api::model::Condition>| {
        let mut rules = conditions
            .iter()
            .flat_map(|condition| condition.rules.iter().flatten());
        rules.any(|of| of.name == rule)
    };
    let mut found = gates
        .into_iter()
        .filter(|(_, conditions)| conditions.is_some_and(declares));
    match (found.next(), found.next()) {
        (Some((gate, _)), None) => Some(gate),
        _ => None,
    }
}

fn override_of(answers: &Answers<'_>, stage: &str, gate: Gate) -> Option<String> {
    let kind = match gate {
        Gate::BeforeEntry => "BEFORE_ENTRY",
        Gate::OnSuccess => "ON_SUCCESS",
        Gate::OnFailure => return None,
    };
    let id = &answers.head.pipeline_execution_id;
    let flags = format!("--pipeline-execution-id {id} --condition-type {kind}");
    Some(aws(answers, "override-stage-condition", stage, &flags))
}

/// Names of pipelines, stages and actions need no quotes in any shell.
fn aws(answers: &Answers<'_>, command: &str, stage: &str, flags: &str) -> String {
    let (pipeline, more) = (&answers.declaration.name, answers.aws_flags);
    format!(
        "aws codepipeline {command} --pipeline-name {pipeline} --stage-name {stage} {flags}{more}"
    )
}

impl Remote {
    /// Flags that an aws CLI in this shell needs to reach the same server; empty when its environment says it all.
    pub fn aws_flags(&self) -> String {
        let set = |name: &str| std::env::var(name).unwrap_or_default();
        let mut flags = String::new();
        if set("AWS_ENDPOINT_URL").trim_end_matches('/') != self.url() {
            flags.push_str(&format!(" --endpoint-url {}", words::quoted(self.url())));
        }
        if ![set("AWS_REGION"), set("AWS_DEFAULT_REGION")]
            .iter()
            .any(|of| of == self.region())
        {
            flags.push_str(&format!(" --region {}", self.region()));
        }
        flags
    }
}
