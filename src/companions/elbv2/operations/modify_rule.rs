//! `ModifyRule`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyRule.html>

use crate::companions::elbv2::companion::Rows;
use crate::companions::elbv2::{changes, conditions, errors, view};
use crate::server::Call;
use elbv2_api::error::ModifyRuleError;
use elbv2_api::input::ModifyRuleInput;
use elbv2_api::output::ModifyRuleOutput;

/// New requests go the new way when this answers.
pub async fn modify_rule(
    input: ModifyRuleInput,
    call: Call,
) -> Result<ModifyRuleOutput, ModifyRuleError> {
    let conditions = input.conditions.map(conditions::accept).transpose()?;
    conditions::no_transforms(input.transforms.as_deref())?;
    let (arn, given) = (input.rule_arn, input.actions);
    let elbv2 = &call.app.elbv2;
    let write = elbv2.write(&call.scope, move |tables, scope, tx| {
        let rows = Rows::inside(tables, scope, tx);
        let (key, row) = rows.rule(&arn)?;
        let (_, owner) = rows.owner(&key.1)?;
        if row.priority.is_none() {
            return Err(errors::default_rule(&arn, "modified"));
        }
        let orders = changes::change_rule(tables, scope, tx, key.clone(), given, conditions)?;
        let row = tx.get(&tables.rules, &key).ok_or_else(errors::no_rule)?;
        Ok((view::shown_rule(&key, &row, &owner), orders))
    });
    Ok(ModifyRuleOutput {
        rules: Some(vec![write.await?]),
    })
}
