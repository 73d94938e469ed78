//! `ModifyTargetGroup`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyTargetGroup.html>

use crate::companions::elbv2::companion::Rows;
use crate::companions::elbv2::definition;
use crate::companions::elbv2::keeper::Order;
use crate::companions::elbv2::rows::Group;
use crate::server::Call;
use elbv2_api::error::ModifyTargetGroupError;
use elbv2_api::input::ModifyTargetGroupInput;
use elbv2_api::output::ModifyTargetGroupOutput;

/// Changes how the targets of a group are looked at.
pub async fn modify_target_group(
    input: ModifyTargetGroupInput,
    call: Call,
) -> Result<ModifyTargetGroupOutput, ModifyTargetGroupError> {
    let elbv2 = &call.app.elbv2;
    let write = elbv2.write(&call.scope, move |tables, scope, tx| {
        let (key, row) = Rows::inside(tables, scope, tx).group(&input.target_group_arn)?;
        let mut row = Group::clone(&row);
        definition::change(&mut row.definition, &input)?;
        tx.put(&tables.groups, key.clone(), row.clone());
        Ok(((key.clone(), row), vec![Order::Group(key)]))
    });
    let (key, row) = write.await?;
    Ok(ModifyTargetGroupOutput {
        target_groups: Some(vec![elbv2.shown_group(&key, &row)]),
    })
}
