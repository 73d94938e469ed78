//! Whatever has tags, by its ARN.

use super::companion::Rows;
use super::errors;
use super::names::Named;
use super::rows::{Balancer, Group, Listener, Rule, Tables, Tags};
use crate::aws::Scope;
use crate::store::Txn;
use slipway_runtime::CommonError;

/// The tags of what an ARN names.
pub fn of(rows: &Rows<'_>, arn: &str) -> Result<Tags, CommonError> {
    Ok(match Named::parse(rows.scope, arn) {
        Some(Named::Balancer(..)) => rows.balancer(arn)?.1.tags.clone(),
        Some(Named::Group(..)) => rows.group(arn)?.1.tags.clone(),
        Some(Named::Listener(..)) => rows.listener(arn)?.1.tags.clone(),
        Some(Named::Rule(..)) => rows.rule(arn)?.1.tags.clone(),
        None => return Err(errors::not_an_arn("resource", arn)),
    })
}

/// Changes them.
pub fn change(
    tables: &Tables,
    scope: &Scope,
    tx: &mut Txn,
    arn: &str,
    change: impl FnOnce(&mut Tags) -> Result<(), CommonError>,
) -> Result<(), CommonError> {
    let rows = Rows::inside(tables, scope, tx);
    let mut tags = of(&rows, arn)?;
    change(&mut tags)?;
    match Named::parse(scope, arn) {
        Some(Named::Balancer(..)) => {
            let (key, row) = rows.balancer(arn)?;
            let row = Balancer {
                tags,
                ..Balancer::clone(&row)
            };
            tx.put(&tables.balancers, key, row);
        }
        Some(Named::Group(..)) => {
            let (key, row) = rows.group(arn)?;
            let row = Group {
                tags,
                ..Group::clone(&row)
            };
            tx.put(&tables.groups, key, row);
        }
        Some(Named::Listener(..)) => {
            let (key, row) = rows.listener(arn)?;
            let row = Listener {
                tags,
                ..Listener::clone(&row)
            };
            tx.put(&tables.listeners, key, row);
        }
        Some(Named::Rule(..)) => {
            let (key, row) = rows.rule(arn)?;
            let row = Rule {
                tags,
                ..Rule::clone(&row)
            };
            tx.put(&tables.rules, key, row);
        }
        None => {}
    }
    Ok(())
}
