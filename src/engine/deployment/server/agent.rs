//! What an agent does to a deployment: it takes a command, confirms it, and tells how it ended.
//!
//! A command is known by an id that follows from the deployment's seed, so that performing and asking again meet the same one. News
//! of a command that is not waited for changes nothing. Source: contract, codedeploy section 8.8.

use super::fleet::{AGAIN, Doing, Instance, LONGEST_EVENT};
use super::report::Report;
use super::run::{change, event_ended};
use crate::aws::{Scope, Time};
use crate::engine::Step;
use crate::engine::deployment::Deployment;
use crate::engine::deployment::lifecycle::EventStatus;
use crate::engine::deployment::state::DeploymentState;
use crate::engine::deployment::turn::Turn;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// A command as an agent gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub id: String,
    pub host: String,
    /// Names the deployment and the instance: `<region>/<account>/<deployment>/<number>`.
    pub execution: String,
    pub event: String,
}

/// Where a command stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is waited for.
    Open,
    /// It has ended, well or not.
    Ended(bool),
}

/// There is no such command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such command")]
pub struct UnknownCommand;

/// Gives out the first command that waits for this agent, if one does.
pub fn poll(state: DeploymentState, now: Time, host: &str) -> (Step<Deployment>, Option<Command>) {
    let mut turn = Turn::new(state, now);
    let number = waiting(&turn.state).find(|(_, one)| one.host == host);
    let Some(number) = number.map(|(number, _)| number) else {
        return (turn.step(), None);
    };
    change(&mut turn, number, |one| {
        if let Doing::Queued { until } = one.doing {
            let again = now + AGAIN;
            one.doing = Doing::Given { again, until };
        }
    });
    let command = command(&turn.state, number);
    (turn.step(), command)
}

/// The agent has the command and is about to begin.
pub fn acknowledge(
    state: DeploymentState,
    now: Time,
    id: &str,
) -> Result<(Step<Deployment>, Standing), UnknownCommand> {
    let (number, standing) = lookup(&state, id).ok_or(UnknownCommand)?;
    let mut turn = Turn::new(state, now);
    if standing == Standing::Open {
        change(&mut turn, number, |one| {
            if matches!(one.doing, Doing::Queued { .. } | Doing::Given { .. }) {
                let running = one.lifecycle.running();
                let begun = running.and_then(|event| event.start).unwrap_or(now);
                let until = begun + LONGEST_EVENT;
                one.doing = Doing::Acknowledged { until };
            }
        });
    }
    Ok((turn.step(), standing))
}

/// The command has ended, as the agent says. The first word counts.
pub fn complete(
    state: DeploymentState,
    now: Time,
    id: &str,
    report: Report,
) -> Result<Step<Deployment>, UnknownCommand> {
    let (number, standing) = lookup(&state, id).ok_or(UnknownCommand)?;
    let mut turn = Turn::new(state, now);
    if standing == Standing::Open {
        event_ended(&mut turn, number, report);
    }
    Ok(turn.step())
}

/// The command of this id, live or not: whose it is and where it stands.
pub fn lookup(state: &DeploymentState, id: &str) -> Option<(usize, Standing)> {
    let mut parts = id.split('.').skip(1);
    let number: usize = parts.next()?.parse().ok()?;
    let event = parts.next()?;
    let one = state.fleet()?.instances.get(number)?;
    let known = one.lifecycle.get(event)?;
    if command_id(state, number, event) != id {
        return None;
    }
    let standing = match known.status {
        EventStatus::Pending => return None,
        EventStatus::InProgress => Standing::Open,
        EventStatus::Succeeded => Standing::Ended(true),
        EventStatus::Failed | EventStatus::Skipped => Standing::Ended(false),
    };
    Some((number, standing))
}

/// The deployment that an id of a command names.
pub fn deployment_of(id: &str) -> Option<&str> {
    Some(id.split_once('.')?.0)
}

/// The deployment and the number of the instance that an execution names.
pub fn execution_of(execution: &str) -> Option<(&str, usize)> {
    let mut parts = execution.split('/').skip(2);
    let (deployment, number) = (parts.next()?, parts.next()?.parse().ok()?);
    parts.next().is_none().then_some((deployment, number))
}

/// The agents that a live deployment has commands for. For an index, so that a poll finds its command.
pub fn hosts(state: &DeploymentState) -> Vec<(Scope, String)> {
    let waiting = waiting(state).map(|(_, one)| (state.plan.scope.clone(), one.host.clone()));
    waiting.collect()
}

/// Commands that may be given out: none once the end is decided.
fn waiting(state: &DeploymentState) -> impl Iterator<Item = (usize, &Arc<Instance>)> {
    let fleet = state.fleet().filter(|_| state.pending.is_none());
    let instances = fleet
        .into_iter()
        .flat_map(|fleet| fleet.instances.iter().enumerate());
    instances.filter(|(_, one)| matches!(one.doing, Doing::Queued { .. }))
}

/// The running event of an instance as a command.
fn command(state: &DeploymentState, number: usize) -> Option<Command> {
    let one = state.fleet()?.instances.get(number)?;
    let event = one.lifecycle.running()?.name.clone();
    let (scope, id) = (&state.plan.scope, &state.plan.id);
    Some(Command {
        id: command_id(state, number, &event),
        host: one.host.clone(),
        execution: format!("{}/{}/{id}/{number}", scope.region, scope.account),
        event,
    })
}

/// Who does not know the seed cannot guess it.
pub(super) fn command_id(state: &DeploymentState, number: usize, event: &str) -> String {
    let plan = &state.plan;
    let digest = Sha256::digest(format!("{}/{number}/{event}", plan.seed));
    format!(
        "{}.{number}.{event}.{}",
        plan.id,
        hex::encode(&digest[..16])
    )
}
