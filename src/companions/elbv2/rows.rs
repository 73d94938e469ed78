//! What is stored: load balancers, target groups, listeners, their rules, and registered targets.
//!
//! Invariant: a listener's default actions are a rule of it that has no priority; which groups are in use is read from the rules alone.

use crate::aws::{Scope, Time};
use crate::store::{Builder, Direction, Table, Txn};
use elbv2_api::model::{
    Action, IpAddressType, Listener as Shown, LoadBalancerSchemeEnum, RuleCondition, TargetGroup,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::ops::RangeInclusive;
use std::sync::Arc;

pub type Tags = BTreeMap<String, String>;
/// Attributes that were set; the others have their defaults.
pub type Attributes = BTreeMap<String, String>;

/// Scope and name.
pub type BalancerKey = (Scope, String);
/// Scope and name.
pub type GroupKey = (Scope, String);
/// Scope, load balancer's name, listener's id.
pub type ListenerKey = (Scope, String, String);
/// Scope, load balancer's name, listener's id, rule's id.
pub type RuleKey = (Scope, String, String, String);
/// Scope and name of a target group, then the load balancer's name, the listener's and the rule's id of a rule that forwards to it.
pub type UseKey = (Scope, String, String, String, String);
/// Scope, target group's name, target's id, port.
pub type TargetKey = (Scope, String, String, u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    Application,
    Network,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Balancer {
    pub kind: Kind,
    /// Sixteen hexadecimal digits.
    pub id: String,
    pub created: Time,
    /// Where its listeners listen.
    pub address: Ipv4Addr,
    pub scheme: LoadBalancerSchemeEnum,
    pub ip_address_type: IpAddressType,
    pub subnets: Vec<String>,
    pub security_groups: Vec<String>,
    pub attributes: Attributes,
    pub tags: Tags,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    pub id: String,
    /// Complete but for its ARN and its load balancers.
    pub definition: TargetGroup,
    pub attributes: Attributes,
    pub tags: Tags,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listener {
    /// Without ARNs and actions.
    pub definition: Shown,
    pub attributes: Attributes,
    pub tags: Tags,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// `None`: the default rule.
    pub priority: Option<u32>,
    pub conditions: Vec<RuleCondition>,
    pub actions: Vec<Action>,
    pub tags: Tags,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registered {
    pub since: Time,
    pub zone: Option<String>,
    /// Deregistered, and gone at this time.
    pub drained: Option<Time>,
}

/// Clones share their rows.
#[derive(Clone)]
pub struct Tables {
    pub balancers: Table<BalancerKey, Balancer>,
    pub groups: Table<GroupKey, Group>,
    pub listeners: Table<ListenerKey, Listener>,
    pub rules: Table<RuleKey, Rule>,
    pub targets: Table<TargetKey, Registered>,
    /// Rules by the target groups they forward to.
    uses: Table<UseKey, ()>,
}

impl Tables {
    pub fn declare(builder: &mut Builder) -> Self {
        Self {
            uses: builder.table("elbv2.uses"),
            rules: builder.table("elbv2.rules"),
            balancers: builder.table("elbv2.balancers"),
            groups: builder.table("elbv2.groups"),
            listeners: builder.table("elbv2.listeners"),
            targets: builder.table("elbv2.targets"),
        }
    }

    /// The rules that forward to a group.
    pub fn users(&self, group: &GroupKey) -> Vec<RuleKey> {
        let all = self
            .uses
            .range(uses_of(group), Direction::Forward, usize::MAX);
        all.into_iter().map(|(key, _)| rule_of(key)).collect()
    }

    pub fn users_in(&self, tx: &Txn, group: &GroupKey) -> Vec<RuleKey> {
        let all = tx.range(&self.uses, uses_of(group), Direction::Forward, usize::MAX);
        all.into_iter().map(|(key, _)| rule_of(key)).collect()
    }

    pub fn is_used(&self, group: &GroupKey) -> bool {
        !self
            .uses
            .range(uses_of(group), Direction::Forward, 1)
            .is_empty()
    }

    /// Adds or replaces a rule; gives the groups that it forwards to now or did before.
    pub fn put_rule(&self, tx: &mut Txn, key: RuleKey, rule: Rule) -> Vec<GroupKey> {
        let mut touched = self.remove_rule(tx, &key);
        let groups = super::actions::groups(&key.0, &rule.actions);
        for group in &groups {
            tx.put(&self.uses, use_of(group, &key), ());
        }
        tx.put(&self.rules, key, rule);
        touched.extend(groups);
        touched
    }

    /// Removes a rule; gives the groups that it forwarded to.
    pub fn remove_rule(&self, tx: &mut Txn, key: &RuleKey) -> Vec<GroupKey> {
        let Some(rule) = tx.remove(&self.rules, key) else {
            return Vec::new();
        };
        let groups = super::actions::groups(&key.0, &rule.actions);
        for group in &groups {
            tx.remove(&self.uses, &use_of(group, key));
        }
        groups
    }

    pub fn listeners_of(&self, balancer: &BalancerKey) -> Vec<(ListenerKey, Arc<Listener>)> {
        let all = listeners_of(balancer);
        self.listeners.range(all, Direction::Forward, usize::MAX)
    }

    pub fn listeners_in(
        &self,
        tx: &Txn,
        balancer: &BalancerKey,
    ) -> Vec<(ListenerKey, Arc<Listener>)> {
        let all = listeners_of(balancer);
        tx.range(&self.listeners, all, Direction::Forward, usize::MAX)
    }

    /// The rules of a listener by priority, the default one last.
    pub fn rules_of(&self, listener: &ListenerKey) -> Vec<(RuleKey, Arc<Rule>)> {
        let all = rules_of(listener);
        let mut rules = self.rules.range(all, Direction::Forward, usize::MAX);
        rules.sort_by_key(|(_, rule)| rule.priority.unwrap_or(u32::MAX));
        rules
    }

    pub fn rules_in(&self, tx: &Txn, listener: &ListenerKey) -> Vec<(RuleKey, Arc<Rule>)> {
        let all = rules_of(listener);
        tx.range(&self.rules, all, Direction::Forward, usize::MAX)
    }

    pub fn targets_of(&self, group: &GroupKey) -> Vec<(TargetKey, Arc<Registered>)> {
        let all = targets_of(group);
        self.targets.range(all, Direction::Forward, usize::MAX)
    }

    pub fn targets_in(&self, tx: &Txn, group: &GroupKey) -> Vec<(TargetKey, Arc<Registered>)> {
        let all = targets_of(group);
        tx.range(&self.targets, all, Direction::Forward, usize::MAX)
    }
}

fn use_of(group: &GroupKey, rule: &RuleKey) -> UseKey {
    let (scope, group) = group.clone();
    (scope, group, rule.1.clone(), rule.2.clone(), rule.3.clone())
}

fn rule_of(key: UseKey) -> RuleKey {
    (key.0, key.2, key.3, key.4)
}

/// Later than all names and ids, which are ASCII.
const LAST: &str = "~";

/// Keys of everything that a scope has in a table by names.
pub fn all_of(scope: &Scope) -> RangeInclusive<(Scope, String)> {
    (scope.clone(), String::new())..=(scope.clone(), LAST.to_owned())
}

fn uses_of(group: &GroupKey) -> RangeInclusive<UseKey> {
    let at = |rest: &str| {
        let (scope, name) = group.clone();
        (scope, name, rest.to_owned(), String::new(), String::new())
    };
    at("")..=at(LAST)
}

pub fn listeners_of(balancer: &BalancerKey) -> RangeInclusive<ListenerKey> {
    let at = |id: &str| (balancer.0.clone(), balancer.1.clone(), id.to_owned());
    at("")..=at(LAST)
}

pub fn rules_of(listener: &ListenerKey) -> RangeInclusive<RuleKey> {
    let at = |id: &str| {
        let (scope, balancer, listener) = listener.clone();
        (scope, balancer, listener, id.to_owned())
    };
    at("")..=at(LAST)
}

pub fn targets_of(group: &GroupKey) -> RangeInclusive<TargetKey> {
    let at = |id: &str, port| (group.0.clone(), group.1.clone(), id.to_owned(), port);
    at("", 0)..=at(LAST, u32::MAX)
}

pub fn listener_of(rule: &RuleKey) -> ListenerKey {
    (rule.0.clone(), rule.1.clone(), rule.2.clone())
}

pub fn balancer_of(listener: &ListenerKey) -> BalancerKey {
    (listener.0.clone(), listener.1.clone())
}

pub fn group_of(target: &TargetKey) -> GroupKey {
    (target.0.clone(), target.1.clone())
}
