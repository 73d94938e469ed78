//! `SetRulePriorities`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetRulePriorities.html>

use crate::companions::elbv2::companion::Rows;
use crate::companions::elbv2::keeper::Order;
use crate::companions::elbv2::rows::{Rule, listener_of};
use crate::companions::elbv2::{conditions, errors, view};
use crate::server::Call;
use elbv2_api::error::SetRulePrioritiesError;
use elbv2_api::input::SetRulePrioritiesInput;
use elbv2_api::output::SetRulePrioritiesOutput;

/// All of them or none; what counts is that no two are alike afterwards.
pub async fn set_rule_priorities(
    input: SetRulePrioritiesInput,
    call: Call,
) -> Result<SetRulePrioritiesOutput, SetRulePrioritiesError> {
    let pairs = input.rule_priorities;
    let write = call.app.elbv2.write(&call.scope, move |tables, scope, tx| {
        let (mut changed, mut orders) = (Vec::new(), Vec::new());
        for pair in &pairs {
            let arn = pair.rule_arn.as_deref().unwrap_or_default();
            let (key, row) = Rows::inside(tables, scope, tx).rule(arn)?;
            if row.priority.is_none() {
                return Err(errors::default_rule(arn, "modified"));
            }
            let row = Rule {
                priority: Some(conditions::priority(pair.priority.unwrap_or_default())?),
                ..Rule::clone(&row)
            };
            tx.put(&tables.rules, key.clone(), row);
            changed.push(key);
        }
        let mut shown = Vec::new();
        for key in changed {
            let listener = listener_of(&key);
            let row = tx.get(&tables.rules, &key).ok_or_else(errors::no_rule)?;
            let rules = tables.rules_in(tx, &listener);
            let mut others = rules.iter().filter(|(other, _)| *other != key);
            if others.any(|(_, other)| other.priority == row.priority) {
                return Err(errors::priority_in_use(row.priority.unwrap_or_default()));
            }
            let (_, owner) = Rows::inside(tables, scope, tx).owner(&key.1)?;
            shown.push(view::shown_rule(&key, &row, &owner));
            orders.push(Order::Listener(listener));
        }
        orders.dedup();
        Ok((shown, orders))
    });
    Ok(SetRulePrioritiesOutput {
        rules: Some(write.await?),
    })
}
