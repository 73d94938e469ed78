//! CloudWatchAlarm: fails while an alarm is in a bad state, after a time in which it may recover.

use super::super::event::{ActionToken, Alarm, Outcome, Success};
use super::super::plan::{ActionPlan, Category};
use super::super::prepare::{Job, Start};
use super::super::run::{ActionError, ActionResult, ActionRun, ErrorCode};
use super::super::state::Live;
use super::super::{Effect, Pipeline};
use crate::aws::{Scope, Time};
use std::time::Duration;

/// What a look at the alarm means.
pub(in super::super) enum Verdict {
    Ended(Box<Outcome>),
    /// It may recover until then.
    Wait(Time),
}

pub(super) fn start(job: &Job) -> Result<Start, ActionError> {
    wait_time(job.run)?;
    bad_states(job.run)?;
    Ok(Start::ask(Effect::ReadAlarm {
        order: job.order(),
        alarm: job.required("AlarmName")?.to_owned(),
    }))
}

/// The time in which it might have recovered is over.
pub(super) fn wake(job: &Job) -> Result<Start, ActionError> {
    Err(in_bad_state(job.run))
}

/// The alarm was seen, at the beginning or because it changed.
pub(in super::super) fn seen(run: &ActionRun, alarm: &Alarm, now: Time) -> Verdict {
    let state = match alarm {
        Alarm::Absent => {
            let text = format!(
                "The Amazon CloudWatch alarm '{}' does not exist.",
                name(run)
            );
            return Verdict::Ended(Box::new(ActionError::configuration(text).into()));
        }
        Alarm::State(state) => state,
    };
    let bad = bad_states(run).unwrap_or_default();
    if !bad.contains(state) {
        let summary = format!("The alarm '{}' is in the state {state}.", name(run));
        return Verdict::Ended(Box::new(Outcome::Succeeded(Success {
            result: ActionResult {
                summary: Some(summary),
                ..ActionResult::default()
            },
            ..Success::default()
        })));
    }
    let until = run.started + wait_time(run).unwrap_or_default();
    match until > now {
        true => Verdict::Wait(until),
        false => Verdict::Ended(Box::new(in_bad_state(run).into())),
    }
}

/// The alarms that running rules of a pipeline ask for, and the attempts that do. For an index, so that news of an alarm finds
/// its pipelines.
pub fn awaited(pipeline: &Pipeline) -> Vec<((Scope, String), ActionToken)> {
    let live = pipeline.live.iter();
    live.flat_map(|live| {
        let running = live.execution.running();
        running.filter_map(|run| awaited_by(live, run))
    })
    .collect()
}

fn awaited_by(live: &Live, run: &ActionRun) -> Option<((Scope, String), ActionToken)> {
    let rule = live.planned(&run.id).filter(|rule| is_alarm(rule))?;
    let scope = live.plan.scope_of(rule);
    Some(((scope, name(run).to_owned()), ActionToken(run.id.clone())))
}

fn is_alarm(rule: &ActionPlan) -> bool {
    rule.kind.category == Category::Rule && rule.kind.provider == "CloudWatchAlarm"
}

/// The alarm that a rule's running attempt asks for.
fn name(run: &ActionRun) -> &str {
    run.resolved.get("AlarmName").map_or("", String::as_str)
}

fn in_bad_state(run: &ActionRun) -> ActionError {
    let text = format!(
        "The alarm '{}' is in a state that fails the rule.",
        name(run)
    );
    ActionError::new(ErrorCode::JobFailed, text)
}

/// `WaitTime` in minutes; none when absent.
fn wait_time(run: &ActionRun) -> Result<Duration, ActionError> {
    let Some(text) = run.resolved.get("WaitTime") else {
        return Ok(Duration::ZERO);
    };
    match text.trim().parse::<u32>() {
        Ok(minutes) => Ok(Duration::from_secs(u64::from(minutes) * 60)),
        Err(_) => Err(ActionError::configuration(format!(
            "The WaitTime '{text}' is not a number of minutes."
        ))),
    }
}

/// `AlarmStates`, separated by commas; ALARM when absent.
fn bad_states(run: &ActionRun) -> Result<Vec<String>, ActionError> {
    let text = run
        .resolved
        .get("AlarmStates")
        .map_or("ALARM", String::as_str);
    let words = text
        .split([',', '[', ']', '"', ' '])
        .filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(str::to_owned).collect();
    let known = ["ALARM", "OK", "INSUFFICIENT_DATA"];
    match words.iter().find(|word| !known.contains(&word.as_str())) {
        Some(word) => Err(ActionError::configuration(format!(
            "The AlarmStates name '{word}', which is none of ALARM, OK, INSUFFICIENT_DATA."
        ))),
        None => Ok(words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::pipeline::run::ActionStatus;
    use std::collections::BTreeMap;
    use std::sync::Arc;

    fn rule(configuration: &[(&str, &str)]) -> ActionRun {
        let pairs = configuration.iter();
        let pairs = pairs.map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let begun = Time::from_millis(0);
        ActionRun {
            name: "r".to_owned(),
            id: "id".to_owned(),
            attempt: 1,
            status: ActionStatus::InProgress,
            started: begun,
            updated: begun,
            deadline: begun,
            resolved: Arc::new(pairs.collect()),
            inputs: Vec::new(),
            outputs: Vec::new(),
            variables: BTreeMap::new(),
            revision: None,
            result: ActionResult::default(),
            wake: None,
            job: None,
            updated_by: None,
        }
    }

    fn judged(configuration: &[(&str, &str)], state: &str) -> &'static str {
        let alarm = Alarm::State(state.to_owned());
        match seen(&rule(configuration), &alarm, Time::from_millis(0)) {
            Verdict::Wait(_) => "waits",
            Verdict::Ended(outcome) => match *outcome {
                Outcome::Succeeded(_) => "succeeds",
                Outcome::Failed(_) => "fails",
            },
        }
    }

    /// Witness: contract §5.8, CloudWatchAlarm.
    #[test]
    fn an_alarm_fails_the_rule_in_the_states_that_are_named() {
        for (states, state, expected) in [
            (None, "ALARM", "fails"),
            (None, "OK", "succeeds"),
            (None, "INSUFFICIENT_DATA", "succeeds"),
            (
                Some("ALARM, INSUFFICIENT_DATA"),
                "INSUFFICIENT_DATA",
                "fails",
            ),
            (Some("ALARM,INSUFFICIENT_DATA"), "OK", "succeeds"),
            (Some("[\"OK\"]"), "OK", "fails"),
            (Some("[\"OK\"]"), "ALARM", "succeeds"),
        ] {
            let states = states.map(|states| ("AlarmStates", states));
            let configuration: Vec<_> = states.into_iter().collect();
            assert_eq!(
                judged(&configuration, state),
                expected,
                "{states:?} {state}"
            );
        }
        assert_eq!(judged(&[("WaitTime", "1")], "ALARM"), "waits");
        assert_eq!(judged(&[("WaitTime", "0")], "ALARM"), "fails");
    }

    /// Witness: our reading.
    #[test]
    fn other_states_and_times_are_errors_of_the_configuration() {
        let states = bad_states(&rule(&[("AlarmStates", "ALARM,RED")])).unwrap_err();
        assert_eq!(
            states.message,
            "The AlarmStates name 'RED', which is none of ALARM, OK, INSUFFICIENT_DATA."
        );
        let time = wait_time(&rule(&[("WaitTime", "soon")])).unwrap_err();
        assert_eq!(
            time.message,
            "The WaitTime 'soon' is not a number of minutes."
        );
    }
}
