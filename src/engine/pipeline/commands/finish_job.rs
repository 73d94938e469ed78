//! The result of a job, from a worker or a function.
//!
//! A result for an attempt that is over changes nothing: what it was for is abandoned, late or gone.

use super::super::action;
use super::super::event::{ActionToken, Failure, Outcome, Success};
use super::super::machine::Pipelines;
use super::super::plan::Category;
use super::super::providers;
use super::super::run::{ActionError, ActionResult};
use super::super::state::Pipeline;
use super::super::turn::Turn;
use crate::aws::Time;
use crate::engine::Step;

/// What a worker says of its job.
#[derive(Clone, Debug)]
pub enum JobResult {
    Succeeded(Box<Success>),
    /// The job is done, and another is to go on with this token.
    Continued {
        token: String,
        result: ActionResult,
    },
    Failed {
        error: ActionError,
        external_id: Option<String>,
    },
}

/// Takes the result of the job of this id.
pub fn finish_job(state: Pipeline, now: Time, job: &str, result: JobResult) -> Step<Pipelines> {
    let Some(id) = action::of_job(&state, job).map(|run| run.id.clone()) else {
        return Step::stay(state);
    };
    let mut turn = Turn::new(state, now);
    let token = ActionToken(id);
    match result {
        JobResult::Succeeded(success) => {
            let success = shown(&mut turn, &token, *success);
            let success = pinned(&mut turn, &token, success);
            action::finish(&mut turn, &token, Outcome::Succeeded(success));
        }
        JobResult::Failed { error, external_id } => {
            let external_id = external_id.filter(|_| !is_function(&mut turn, &token));
            let failure = Failure { error, external_id };
            action::finish(&mut turn, &token, Outcome::Failed(failure));
        }
        JobResult::Continued {
            token: next,
            result,
        } => go_on(&mut turn, &token, next, result),
    }
    turn.finish()
}

fn go_on(turn: &mut Turn, token: &ActionToken, next: String, result: ActionResult) {
    let now = turn.now;
    let result = match is_function(turn, token) {
        true => ActionResult::default(),
        false => result,
    };
    let Some(live) = turn.running(&token.0) else {
        return;
    };
    let Some(plan) = live.planned(&token.0) else {
        return;
    };
    let mut start = providers::continued(plan, next, now);
    start.result = result;
    if let Some(run) = live.execution.run_mut(&token.0) {
        run.updated = now;
    }
    action::follow(turn, &token.0, Ok(start));
}

/// What functions say of themselves is not shown (contract §6.7).
fn shown(turn: &mut Turn, token: &ActionToken, success: Success) -> Success {
    match is_function(turn, token) {
        true => Success {
            result: ActionResult::default(),
            revision: None,
            ..success
        },
        false => success,
    }
}

/// A custom source that names no revision has taken the one it was started for.
fn pinned(turn: &mut Turn, token: &ActionToken, success: Success) -> Success {
    let live = turn.running(&token.0);
    let pin = live.and_then(|live| {
        let plan = live.planned(&token.0)?;
        let is_source = plan.kind.category == Category::Source;
        let pins = &live.execution.pins;
        pins.get(&plan.name).filter(|_| is_source)?.as_revision()
    });
    Success {
        revision: success.revision.or(pin),
        ..success
    }
}

fn is_function(turn: &mut Turn, token: &ActionToken) -> bool {
    let live = turn.running(&token.0);
    let plan = live.and_then(|live| live.planned(&token.0));
    plan.is_some_and(|plan| providers::is_function(&plan.kind))
}
