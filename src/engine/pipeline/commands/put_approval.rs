//! PutApprovalResult: a person's answer to an approval that waits for it.
//!
//! Source: contract, codepipeline section 5.10.

use super::super::action;
use super::super::change::ChangeState;
use super::super::machine::Pipelines;
use super::super::record::ActionRecord;
use super::super::run::ActionStatus;
use super::super::state::Pipeline;
use super::super::turn::{Todo, Turn};
use crate::aws::Time;
use crate::engine::Step;

/// What comes with the wish.
#[derive(Clone, Debug)]
pub struct PutApproval {
    pub stage: String,
    pub action: String,
    /// The action execution id.
    pub token: String,
    pub approved: bool,
    /// Blank means none.
    pub summary: String,
    pub caller_arn: String,
}

/// Why the answer is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalRefused {
    #[error("the token names no approval that waits here")]
    InvalidToken,
    /// The pipeline was updated, or the approval was abandoned.
    #[error("the approval is out of date")]
    Outdated,
    #[error("the approval was answered already")]
    AlreadyCompleted,
    #[error("the approval requires a summary")]
    SummaryRequired,
}

/// Takes the answer. `past` is the record of the attempt that the token names, if there is one in the pipeline.
pub fn put_approval(
    state: Option<Pipeline>,
    past: Option<&ActionRecord>,
    now: Time,
    wish: PutApproval,
) -> Result<Step<Pipelines>, ApprovalRefused> {
    let pipeline = state.ok_or(ApprovalRefused::InvalidToken)?;
    let mut turn = Turn::new(pipeline, now);
    let blank = wish.summary.trim().is_empty();
    let Some(live) = turn.running(&wish.token) else {
        return Err(over(past, &wish));
    };
    let id = live.execution.id.clone();
    let is_asked = live
        .planned(&wish.token)
        .is_some_and(|plan| action::is_approval(plan) && plan.name == wish.action);
    let in_stage = live
        .execution
        .stage()
        .is_some_and(|run| run.name == wish.stage);
    let run = live.execution.run_mut(&wish.token);
    let Some(run) = run.filter(|_| is_asked && in_stage) else {
        return Err(ApprovalRefused::InvalidToken);
    };
    let required = run.resolved.get("IsSummaryRequired");
    if blank && required.is_some_and(|text| text.eq_ignore_ascii_case("true")) {
        return Err(ApprovalRefused::SummaryRequired);
    }
    let (status, state, word) = match wish.approved {
        true => (ActionStatus::Succeeded, ChangeState::Succeeded, "Approved"),
        false => (ActionStatus::Failed, ChangeState::Failed, "Rejected"),
    };
    action::end(run, status, now);
    run.result.summary = Some(match blank {
        true => format!("{word} by {}", wish.caller_arn),
        false => wish.summary,
    });
    run.updated_by = Some(wish.caller_arn);
    turn.tell_run(&id, &wish.token, state);
    turn.todo.push_back(Todo::Settle(id));
    Ok(turn.finish())
}

fn over(past: Option<&ActionRecord>, wish: &PutApproval) -> ApprovalRefused {
    let asked = past.filter(|past| past.stage == wish.stage && past.run.name == wish.action);
    match asked.map(|past| (past.run.status, past.run.updated_by.is_some())) {
        Some((ActionStatus::Abandoned, _)) => ApprovalRefused::Outdated,
        Some((_, true)) => ApprovalRefused::AlreadyCompleted,
        _ => ApprovalRefused::InvalidToken,
    }
}
