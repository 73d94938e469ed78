//! `DeleteTargetGroup`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteTargetGroup.html>

use crate::companions::elbv2::companion::Rows;
use crate::companions::elbv2::keeper::Order;
use crate::companions::elbv2::names::Named;
use crate::companions::elbv2::{errors, targets};
use crate::server::Call;
use elbv2_api::error::DeleteTargetGroupError;
use elbv2_api::input::DeleteTargetGroupInput;
use elbv2_api::output::DeleteTargetGroupOutput;

/// Its targets go with it; one that is not there is none already.
pub async fn delete_target_group(
    input: DeleteTargetGroupInput,
    call: Call,
) -> Result<DeleteTargetGroupOutput, DeleteTargetGroupError> {
    let arn = input.target_group_arn;
    if !matches!(Named::parse(&call.scope, &arn), Some(Named::Group(..))) {
        return Err(errors::not_an_arn("target group", &arn).into());
    }
    let write = call.app.elbv2.write(&call.scope, move |tables, scope, tx| {
        let rows = Rows::inside(tables, scope, tx);
        let Ok((key, _)) = rows.group(&arn) else {
            return Ok(((), Vec::new()));
        };
        if !rows.users(&key).is_empty() {
            return Err(errors::group_in_use(&arn));
        }
        targets::clear(tables, tx, &key);
        tx.remove(&tables.groups, &key);
        Ok(((), vec![Order::Group(key)]))
    });
    write.await?;
    Ok(DeleteTargetGroupOutput {})
}
