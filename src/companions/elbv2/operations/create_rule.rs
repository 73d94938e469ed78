//! `CreateRule`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html>

use crate::companions::elbv2::companion::Rows;
use crate::companions::elbv2::rows::{Rule, balancer_of};
use crate::companions::elbv2::{actions, changes, conditions, errors, names, tags, view};
use crate::server::Call;
use elbv2_api::error::CreateRuleError;
use elbv2_api::input::CreateRuleInput;
use elbv2_api::output::CreateRuleOutput;
use std::sync::Arc;

/// Rules of a listener, without its default one.
const MOST: usize = 100;

pub async fn create_rule(
    input: CreateRuleInput,
    call: Call,
) -> Result<CreateRuleOutput, CreateRuleError> {
    let kept = tags::of(input.tags)?;
    let conditions = conditions::accept(input.conditions)?;
    conditions::no_transforms(input.transforms.as_deref())?;
    let priority = conditions::priority(input.priority)?;
    let (arn, given) = (input.listener_arn, input.actions);
    let write = call.app.elbv2.write(&call.scope, move |tables, scope, tx| {
        let rows = Rows::inside(tables, scope, tx);
        let (listener, _) = rows.listener(&arn)?;
        let (owner_key, owner) = rows.owner(&listener.1)?;
        conditions::only_application(owner.kind)?;
        let others = tables.rules_in(tx, &listener);
        if others
            .iter()
            .any(|(_, other)| other.priority == Some(priority))
        {
            return Err(errors::priority_in_use(priority));
        }
        if others.len() > MOST {
            return Err(errors::too_many_rules(&owner_key.1));
        }
        let row = Rule {
            priority: Some(priority),
            conditions,
            actions: actions::accept(&rows, &balancer_of(&listener), owner.kind, given)?,
            tags: kept,
        };
        let key = (
            listener.0.clone(),
            listener.1.clone(),
            listener.2.clone(),
            names::id(),
        );
        let groups = tables.put_rule(tx, key.clone(), row.clone());
        Ok((
            (key, Arc::new(row), owner),
            changes::orders(listener, groups),
        ))
    });
    let (key, row, owner) = write.await?;
    Ok(CreateRuleOutput {
        rules: Some(vec![view::shown_rule(&key, &row, &owner)]),
    })
}
