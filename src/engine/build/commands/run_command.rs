//! Runs a command in a live sandbox, after those that were asked for before.

use crate::aws::Time;
use crate::engine::Step;
use crate::engine::build::Build;
use crate::engine::build::command_run::CommandRun;
use crate::engine::build::state::{BuildState, Phase};
use crate::engine::build::step::next_command;

/// Commands that may wait in one sandbox.
pub const MOST_WAITING: usize = 100;

/// Why no command is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRun {
    #[error("the sandbox is not running")]
    NotRunning,
    #[error("{MOST_WAITING} commands wait in the sandbox")]
    TooMany,
}

/// The step, and the command as StartCommandExecution answers it.
pub fn run_command(
    mut state: BuildState,
    now: Time,
    id: String,
    command: String,
) -> Result<(Step<Build>, CommandRun), NotRun> {
    if state.current() != Phase::RunSandbox {
        return Err(NotRun::NotRunning);
    }
    if state.commands.len() >= MOST_WAITING {
        return Err(NotRun::TooMany);
    }
    state.commanded += 1;
    let run = CommandRun::new(id, state.commanded, command, now);
    state.commands.push(run.clone());
    Ok((next_command(state, now, vec![run.clone()]), run))
}
