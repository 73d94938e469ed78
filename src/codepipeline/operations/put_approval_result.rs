//! PutApprovalResult: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutApprovalResult.html>

use crate::codepipeline::errors;
use crate::engine::pipeline::Plan;
use crate::engine::pipeline::commands::{ApprovalRefused, PutApproval, put_approval};
use crate::engine::pipeline::plan::Category;
use crate::server::call::Call;
use crate::store::WriteError;
use codepipeline_api::error::PutApprovalResultError;
use codepipeline_api::input::PutApprovalResultInput;
use codepipeline_api::model::ApprovalStatus;
use codepipeline_api::output::PutApprovalResultOutput;

/// A person's answer to an approval that waits for it, and when it was taken.
pub async fn put_approval_result(
    input: PutApprovalResultInput,
    call: Call,
) -> Result<PutApprovalResultOutput, PutApprovalResultError> {
    let service = &call.app.codepipeline;
    let key = (call.scope.clone(), input.pipeline_name);
    let wish = PutApproval {
        stage: input.stage_name,
        action: input.action_name,
        token: input.token,
        approved: input.result.status == ApprovalStatus::Approved,
        summary: input.result.summary,
        caller_arn: call.principal.arn().to_owned(),
    };
    let (tables, asked) = (service.tables.clone(), key.clone());
    let answered = service.engine.command(key, move |live, now, tx| {
        let row = tables.find_in(tx, &asked)?;
        check(&row.plan, &wish)?;
        let past = tables.action_in(tx, &asked, &wish.token);
        let (stage, action) = (wish.stage.clone(), wish.action.clone());
        let step = put_approval(live, past.as_ref(), now, wish);
        let step = step.map_err(|refused| refusal(&asked.1, &stage, &action, refused))?;
        Ok((step, now))
    });
    let at = answered
        .await
        .map_err(WriteError::<PutApprovalResultError>::refused)?;
    Ok(PutApprovalResultOutput {
        approved_at: Some(at.wire()),
    })
}

/// The declaration of now must have the action.
fn check(plan: &Plan, wish: &PutApproval) -> Result<(), PutApprovalResultError> {
    let (name, action) = (&wish.stage, &wish.action);
    let stage = plan.stage(name);
    let (_, stage) = stage.ok_or_else(|| errors::stage_not_found(&plan.pipeline, name))?;
    let declared = stage.action(action);
    let declared = declared.ok_or_else(|| errors::action_not_found(name, action))?;
    match declared.kind.category {
        Category::Approval => Ok(()),
        _ => Err(errors::no_approval(name, action).into()),
    }
}

fn refusal(
    pipeline: &str,
    stage: &str,
    action: &str,
    refused: ApprovalRefused,
) -> PutApprovalResultError {
    match refused {
        ApprovalRefused::InvalidToken => errors::invalid_approval_token(stage, action).into(),
        ApprovalRefused::Outdated => errors::approval_outdated(pipeline).into(),
        ApprovalRefused::AlreadyCompleted => errors::approval_completed(stage, action).into(),
        ApprovalRefused::SummaryRequired => errors::approval_needs_summary(stage, action).into(),
    }
}
