//! Changes of rules that several operations and neighbours make.

use super::actions;
use super::companion::Rows;
use super::errors;
use super::keeper::Order;
use super::rows::{GroupKey, ListenerKey, Rule, RuleKey, Tables, balancer_of, listener_of};
use crate::aws::Scope;
use crate::store::Txn;
use elbv2_api::model::{Action, RuleCondition};
use slipway_runtime::CommonError;

/// The key of a listener's default rule, as a write sees it.
pub fn default_rule(tables: &Tables, tx: &Txn, listener: &ListenerKey) -> Option<RuleKey> {
    let rules = tables.rules_in(tx, listener).into_iter();
    let mut rules = rules.filter(|(_, rule)| rule.priority.is_none());
    rules.next().map(|(key, _)| key)
}

/// Gives a rule other actions, and other conditions where there are some; gives who is to follow.
pub fn change_rule(
    tables: &Tables,
    scope: &Scope,
    tx: &mut Txn,
    key: RuleKey,
    given: Option<Vec<Action>>,
    conditions: Option<Vec<RuleCondition>>,
) -> Result<Vec<Order>, CommonError> {
    let rows = Rows::inside(tables, scope, tx);
    let listener = listener_of(&key);
    let (_, owner) = rows.owner(&key.1)?;
    let rule = tx.get(&tables.rules, &key).ok_or_else(errors::no_rule)?;
    let mut rule = Rule::clone(&rule);
    if let Some(given) = given {
        rule.actions = actions::accept(&rows, &balancer_of(&listener), owner.kind, given)?;
    }
    rule.conditions = conditions.unwrap_or(rule.conditions);
    let groups = tables.put_rule(tx, key, rule);
    Ok(orders(listener, groups))
}

/// A listener and groups are to be followed.
pub fn orders(listener: ListenerKey, mut groups: Vec<GroupKey>) -> Vec<Order> {
    groups.sort();
    groups.dedup();
    // Targets are on the board before requests can be led to them.
    let groups = groups.into_iter().map(Order::Group);
    groups.chain([Order::Listener(listener)]).collect()
}

/// Removes a listener and its rules; gives who is to follow.
pub fn remove_listener(tables: &Tables, tx: &mut Txn, listener: ListenerKey) -> Vec<Order> {
    let mut groups = Vec::new();
    for (rule, _) in tables.rules_in(tx, &listener) {
        groups.extend(tables.remove_rule(tx, &rule));
    }
    tx.remove(&tables.listeners, &listener);
    let mut orders = orders(listener, groups);
    // No request is led any more before nobody looks at targets any more.
    orders.reverse();
    orders
}
