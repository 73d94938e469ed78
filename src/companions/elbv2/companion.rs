//! `Elbv2`: the store, its tables, what is live, finders and changes of rows. A cheap clone.
//!
//! Invariant: a change sees the rows as they are when it is written; what is live follows it before the caller is answered.

use super::board::Board;
use super::errors;
use super::keeper::Order;
use super::names::Named;
use super::outside::Outside;
use super::rows::{
    Balancer, BalancerKey, Group, GroupKey, Listener, ListenerKey, Rule, RuleKey, Tables,
};
use crate::aws::Scope;
use crate::store::{Store, Txn, WriteError};
use slipway_runtime::CommonError;
use std::sync::Arc;

#[derive(Clone)]
pub struct Elbv2 {
    pub(super) store: Store,
    pub(super) tables: Tables,
    pub(super) outside: Outside,
    pub(super) board: Board,
}

impl Elbv2 {
    /// Nothing listens and nobody looks at targets before `resume`.
    pub fn new(store: Store, tables: Tables, outside: Outside) -> Self {
        Self {
            store,
            tables,
            outside,
            board: Board::default(),
        }
    }

    pub(super) fn rows<'a>(&'a self, scope: &'a Scope) -> Rows<'a> {
        Rows {
            scope,
            tables: &self.tables,
            tx: None,
        }
    }

    /// Writes, and lets what is live follow; `function` gives its result and whom to tell.
    pub(super) async fn write<T>(
        &self,
        scope: &Scope,
        function: impl FnOnce(&Tables, &Scope, &mut Txn) -> Result<(T, Vec<Order>), CommonError>
        + Send
        + 'static,
    ) -> Result<T, CommonError>
    where
        T: Send + 'static,
    {
        let (tables, scope) = (self.tables.clone(), scope.clone());
        let written = self.store.write(move |tx| function(&tables, &scope, tx));
        let (value, orders) = written.await.map_err(WriteError::refused)?;
        self.settle(orders).await;
        Ok(value)
    }
}

/// Rows of one scope, as readers see them or as a write does.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    pub scope: &'a Scope,
    pub tables: &'a Tables,
    pub tx: Option<&'a Txn>,
}

pub type Found<K, R> = Result<(K, Arc<R>), CommonError>;

impl<'a> Rows<'a> {
    pub fn inside(tables: &'a Tables, scope: &'a Scope, tx: &'a Txn) -> Self {
        Self {
            scope,
            tables,
            tx: Some(tx),
        }
    }

    pub fn balancer(&self, arn: &str) -> Found<BalancerKey, Balancer> {
        let Some(Named::Balancer(_, name, id)) = Named::parse(self.scope, arn) else {
            return Err(self.unknown(
                "load balancer",
                arn,
                "loadbalancer/",
                errors::no_balancer(arn),
            ));
        };
        let found = self.balancer_named(&name);
        let found = found.filter(|(_, row)| row.id == id);
        found.ok_or_else(|| errors::no_balancer(arn))
    }

    pub fn balancer_named(&self, name: &str) -> Option<(BalancerKey, Arc<Balancer>)> {
        let key = (self.scope.clone(), name.to_owned());
        let row = match self.tx {
            Some(tx) => tx.get(&self.tables.balancers, &key),
            None => self.tables.balancers.get(&key),
        };
        Some((key, row?))
    }

    pub fn group(&self, arn: &str) -> Found<GroupKey, Group> {
        let Some(Named::Group(name, id)) = Named::parse(self.scope, arn) else {
            return Err(self.unknown("target group", arn, "targetgroup/", errors::no_group()));
        };
        let found = self.group_named(&name);
        let found = found.filter(|(_, row)| row.id == id);
        found.ok_or_else(errors::no_group)
    }

    pub fn group_named(&self, name: &str) -> Option<(GroupKey, Arc<Group>)> {
        let key = (self.scope.clone(), name.to_owned());
        let row = match self.tx {
            Some(tx) => tx.get(&self.tables.groups, &key),
            None => self.tables.groups.get(&key),
        };
        Some((key, row?))
    }

    pub fn listener(&self, arn: &str) -> Found<ListenerKey, Listener> {
        let Some(Named::Listener(_, name, _, id)) = Named::parse(self.scope, arn) else {
            return Err(self.unknown("listener", arn, "listener/", errors::no_listener()));
        };
        let key = (self.scope.clone(), name, id);
        let row = match self.tx {
            Some(tx) => tx.get(&self.tables.listeners, &key),
            None => self.tables.listeners.get(&key),
        };
        row.map(|row| (key, row)).ok_or_else(errors::no_listener)
    }

    pub fn rule(&self, arn: &str) -> Found<RuleKey, Rule> {
        let Some(Named::Rule(_, name, _, listener, id)) = Named::parse(self.scope, arn) else {
            return Err(self.unknown("listener rule", arn, "listener-rule/", errors::no_rule()));
        };
        let key = (self.scope.clone(), name, listener, id);
        let row = match self.tx {
            Some(tx) => tx.get(&self.tables.rules, &key),
            None => self.tables.rules.get(&key),
        };
        row.map(|row| (key, row)).ok_or_else(errors::no_rule)
    }

    pub fn users(&self, group: &GroupKey) -> Vec<RuleKey> {
        match self.tx {
            Some(tx) => self.tables.users_in(tx, group),
            None => self.tables.users(group),
        }
    }

    /// The load balancer of a listener or a rule that is there.
    pub fn owner(&self, name: &str) -> Result<(BalancerKey, Arc<Balancer>), CommonError> {
        self.balancer_named(name).ok_or_else(errors::no_balancers)
    }

    /// What is said of an ARN that names nothing here: that it is none, or that nothing is there.
    fn unknown(&self, what: &str, arn: &str, kind: &str, absent: CommonError) -> CommonError {
        let parsed = crate::aws::Arn::parse(arn);
        match parsed.is_some_and(|arn| arn.resource.starts_with(kind)) {
            true => absent,
            false => errors::not_an_arn(what, arn),
        }
    }
}

pub fn balancer_arn(key: &BalancerKey, row: &Balancer) -> String {
    Named::Balancer(row.kind, key.1.clone(), row.id.clone()).arn(&key.0)
}

pub fn group_arn(key: &GroupKey, row: &Group) -> String {
    Named::Group(key.1.clone(), row.id.clone()).arn(&key.0)
}

pub fn listener_arn(key: &ListenerKey, owner: &Balancer) -> String {
    Named::Listener(owner.kind, key.1.clone(), owner.id.clone(), key.2.clone()).arn(&key.0)
}

pub fn rule_arn(key: &RuleKey, owner: &Balancer) -> String {
    let (scope, name, listener, id) = key.clone();
    Named::Rule(owner.kind, name, owner.id.clone(), listener, id).arn(&scope)
}
