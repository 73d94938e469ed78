//! PutActionRevision: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutActionRevision.html>

use crate::aws::Time;
use crate::codepipeline::{errors, violations};
use crate::engine::pipeline::commands::{NoRoom, PutRevision, put_revision};
use crate::engine::pipeline::plan::Category;
use crate::engine::pipeline::{Plan, Seed};
use crate::server::call::Call;
use crate::store::WriteError;
use codepipeline_api::error::PutActionRevisionError;
use codepipeline_api::input::PutActionRevisionInput;
use codepipeline_api::output::PutActionRevisionOutput;
use uuid::Uuid;

/// A revision that the pipeline has not seen starts an execution; one that it has seen is answered with the execution it
/// started.
pub async fn put_action_revision(
    input: PutActionRevisionInput,
    call: Call,
) -> Result<PutActionRevisionOutput, PutActionRevisionError> {
    let service = &call.app.codepipeline;
    let key = (call.scope.clone(), input.pipeline_name);
    let (stage, action, revision) = (input.stage_name, input.action_name, input.action_revision);
    violations::present(&[
        (
            "actionRevision.revisionChangeId",
            revision.revision_change_id.is_some(),
        ),
        ("actionRevision.created", revision.created.is_some()),
    ])?;
    let wish = PutRevision {
        action: action.clone(),
        revision: revision.revision_id,
        change: revision.revision_change_id,
        created: revision.created.and_then(Time::from_wire),
        caller_arn: call.principal.arn().to_owned(),
        seed: Seed::new(Uuid::new_v4()),
    };
    let (tables, asked) = (service.tables.clone(), key.clone());
    let put = service.engine.command(key, move |live, now, tx| {
        let row = tables.find_in(tx, &asked)?;
        check(&row.plan, &stage, &action)?;
        let put = put_revision(live, &row.plan, now, wish);
        put.map_err(|NoRoom| errors::too_many_executions(&asked.1).into())
    });
    let (is_new, id) = put
        .await
        .map_err(WriteError::<PutActionRevisionError>::refused)?;
    Ok(PutActionRevisionOutput {
        new_revision: Some(is_new),
        pipeline_execution_id: Some(id),
    })
}

/// Sources are in the first stage only. AWS means this for custom sources; of others it is not known to be refused.
fn check(plan: &Plan, stage: &str, action: &str) -> Result<(), PutActionRevisionError> {
    let known = plan.stage(stage);
    let (_, declared) = known.ok_or_else(|| errors::stage_not_found(&plan.pipeline, stage))?;
    let declared = declared.action(action);
    let declared = declared.ok_or_else(|| errors::action_not_found(stage, action))?;
    match declared.kind.category {
        Category::Source => Ok(()),
        _ => Err(errors::no_source(stage, action).into()),
    }
}
