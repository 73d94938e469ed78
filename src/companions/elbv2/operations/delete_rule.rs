//! `DeleteRule`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteRule.html>

use crate::companions::elbv2::companion::Rows;
use crate::companions::elbv2::rows::listener_of;
use crate::companions::elbv2::{changes, errors};
use crate::server::Call;
use elbv2_api::error::DeleteRuleError;
use elbv2_api::input::DeleteRuleInput;
use elbv2_api::output::DeleteRuleOutput;

pub async fn delete_rule(
    input: DeleteRuleInput,
    call: Call,
) -> Result<DeleteRuleOutput, DeleteRuleError> {
    let arn = input.rule_arn;
    let write = call.app.elbv2.write(&call.scope, move |tables, scope, tx| {
        let (key, row) = Rows::inside(tables, scope, tx).rule(&arn)?;
        if row.priority.is_none() {
            return Err(errors::default_rule(&arn, "deleted"));
        }
        let groups = tables.remove_rule(tx, &key);
        Ok(((), changes::orders(listener_of(&key), groups)))
    });
    write.await?;
    Ok(DeleteRuleOutput {})
}
