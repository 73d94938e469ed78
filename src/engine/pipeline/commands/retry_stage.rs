//! RetryStageExecution: runs a failed or stopped stage again, in the same execution.
//!
//! Source: contract, codepipeline section 5.6.

use super::super::execution::{Execution, StageRun, StageStatus};
use super::super::machine::Pipelines;
use super::super::plan::{Mode, Plan, RetryMode};
use super::super::state::Pipeline;
use super::super::turn::Turn;
use super::super::{begin, retry};
use crate::aws::Time;
use crate::engine::Step;
use std::sync::Arc;

/// What comes with the wish.
#[derive(Clone, Debug)]
pub struct RetryStage {
    pub stage: String,
    pub execution: String,
    pub mode: RetryMode,
}

/// Why it is not retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RetryRefused {
    /// Nothing failed there, it is superseded or unknown, or the definition has changed.
    #[error("the stage has nothing to retry in this execution")]
    NotRetryable,
    #[error("a newer execution has entered the stage")]
    NotLatest,
    /// An earlier retry of the stage is under way.
    #[error("the stage is being retried")]
    Retrying,
    #[error("the pipeline has as many live executions as it may have")]
    TooManyExecutions,
}

/// Retries a stage. `past` is the execution's record, for one that is over; `plan` is the current definition.
pub fn retry_stage(
    state: Option<Pipeline>,
    plan: &Arc<Plan>,
    past: Option<Execution>,
    now: Time,
    wish: RetryStage,
) -> Result<Step<Pipelines>, RetryRefused> {
    let pipeline = state.ok_or(RetryRefused::NotRetryable)?;
    let live = pipeline.execution(&wish.execution).cloned();
    let is_live = live.is_some();
    let execution = live.or(past).ok_or(RetryRefused::NotRetryable)?;
    check(&pipeline, plan, &execution, is_live, &wish)?;
    let (index, _) = plan.stage(&wish.stage).ok_or(RetryRefused::NotRetryable)?;
    let mut turn = Turn::new(pipeline, now);
    if !is_live {
        retry::take_up(&mut turn, plan.clone(), execution, index);
    }
    retry::again(&mut turn, &wish.execution, wish.mode, true);
    Ok(turn.finish())
}

fn check(
    pipeline: &Pipeline,
    plan: &Plan,
    execution: &Execution,
    is_live: bool,
    wish: &RetryStage,
) -> Result<(), RetryRefused> {
    let run = execution.last_stage(&wish.stage);
    let run = run.ok_or(RetryRefused::NotRetryable)?;
    if execution.pipeline_version != plan.version || execution.outdated {
        return Err(RetryRefused::NotRetryable);
    }
    let slot = pipeline.stage(&wish.stage);
    let latest = slot.and_then(|slot| slot.latest.as_ref());
    let is_latest = latest.is_some_and(|latest| latest.execution == execution.id);
    if execution.mode != Mode::Parallel && !is_latest {
        return Err(RetryRefused::NotLatest);
    }
    let retryable = match is_live {
        true => is_open(execution, run, wish.mode),
        false => is_over(run),
    };
    if !retryable {
        let retrying = run.status == StageStatus::InProgress && run.retries.is_some();
        return Err(match retrying {
            true => RetryRefused::Retrying,
            false => RetryRefused::NotRetryable,
        });
    }
    if !is_live && begin::is_full(pipeline, execution.mode) {
        return Err(RetryRefused::TooManyExecutions);
    }
    Ok(())
}

/// While others of the group still run, only what failed may be tried again.
fn is_open(execution: &Execution, run: &StageRun, mode: RetryMode) -> bool {
    execution.inside().is_some()
        && execution.stop.is_none()
        && run.has_failed()
        && mode == RetryMode::FailedActions
}

fn is_over(run: &StageRun) -> bool {
    let ended = matches!(run.status, StageStatus::Failed | StageStatus::Stopped);
    let by_gate = run.failed_gate().is_some();
    let cut_off = run.status == StageStatus::Stopped;
    ended && (run.has_failed() || by_gate || cut_off)
}
