//! Alarms: what a look at them means, and which deployments wait for which.
//!
//! Source: contract, codedeploy section 5.9.

use super::ecs::way;
use super::effect::Effect;
use super::ending::end_when_quiet;
use super::event::AlarmSeen;
use super::fault::Fault;
use super::lambda;
use super::plan::AlarmWatch;
use super::server;
use super::state::{DeploymentState, Doing, Ending, Status, Target};
use super::turn::Turn;
use crate::aws::Scope;

/// Work begins with this target: all alarms are looked at before anything else.
pub(super) fn begin(turn: &mut Turn, target: Target) {
    turn.state.started = Some(turn.now.max(turn.state.plan.created));
    turn.state.target = Some(target);
    turn.move_to(Status::InProgress);
    if turn.state.plan.rolls_back.is_some() {
        turn.tell("DeploymentRollback");
    }
    let names = turn.state.plan.alarms.names.clone();
    match names.is_empty() {
        true => quiet(turn),
        false => turn.ask(Effect::ReadAlarms { names }),
    }
}

/// No alarm keeps the deployment from going on.
fn quiet(turn: &mut Turn) {
    match turn.state.target {
        Some(Target::Lambda(_)) => lambda::check(turn),
        Some(Target::Ecs(_)) => way::check(turn),
        Some(Target::Server(_)) => server::run::calm(turn),
        None => {}
    }
}

/// Somebody looked at alarms: one in ALARM stops the deployment, one that is not there may. The look at the beginning was at all
/// of them.
pub(super) fn seen(turn: &mut Turn, seen: &[AlarmSeen]) {
    let watch = &turn.state.plan.alarms;
    if let Some(fault) = verdict(watch, seen) {
        return end_when_quiet(turn, Ending::Alarmed(fault));
    }
    let all = watch
        .names
        .iter()
        .all(|name| seen.iter().any(|alarm| alarm.name == *name));
    if all && turn.state.doing() == Some(&Doing::LookingAtAlarms) {
        quiet(turn);
    } else if all {
        server::run::calm(turn);
    }
}

/// Why the deployment has to stop, if it has to. Alarms that the deployment does not watch say nothing.
pub fn verdict(watch: &AlarmWatch, seen: &[AlarmSeen]) -> Option<Fault> {
    let state = |name: &String| seen.iter().find(|alarm| alarm.name == *name);
    let named = |wanted: Option<&str>| -> Vec<&str> {
        let names = watch.names.iter();
        names
            .filter(|name| state(name).is_some_and(|alarm| alarm.state.as_deref() == wanted))
            .map(String::as_str)
            .collect()
    };
    let active = named(Some("ALARM"));
    if !active.is_empty() {
        return Some(Fault::alarms_active(active));
    }
    let missing = named(None);
    (!missing.is_empty() && !watch.ignore_failure).then(|| Fault::alarms_missing(missing))
}

/// The alarms that a live deployment watches. For an index, so that news of an alarm finds its deployments.
pub fn watched(state: &DeploymentState) -> Vec<(Scope, String)> {
    let names = state.plan.alarms.names.iter();
    names
        .map(|name| (state.plan.scope.clone(), name.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(ignore: bool, seen: &[(&str, Option<&str>)]) -> Option<String> {
        let watch = AlarmWatch {
            names: ["One", "Two"].map(str::to_owned).to_vec(),
            ignore_failure: ignore,
        };
        let seen: Vec<AlarmSeen> = seen
            .iter()
            .map(|(name, state)| AlarmSeen {
                name: (*name).to_owned(),
                state: state.map(str::to_owned),
            })
            .collect();
        verdict(&watch, &seen).map(|fault| fault.message)
    }

    // Witness: contract codedeploy §5.6 (literal angle brackets), §5.9.
    #[test]
    fn alarms_stop_and_everything_else_goes_on() {
        let said = look(false, &[("Two", Some("ALARM")), ("One", Some("ALARM"))]);
        assert_eq!(
            said.as_deref(),
            Some(
                "One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the \
                 affected deployments have been stopped. Activated alarms: <One> <Two>"
            )
        );
        assert_eq!(
            look(
                false,
                &[("One", Some("OK")), ("Two", Some("INSUFFICIENT_DATA"))]
            ),
            None
        );
        assert_eq!(look(false, &[("Other", Some("ALARM"))]), None);
        assert!(look(false, &[("One", None)]).unwrap().ends_with(": <One>"));
        assert_eq!(look(true, &[("One", None)]), None);
    }
}
