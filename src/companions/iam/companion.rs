//! `Iam`: finders and changes of rows, and the questions engines ask.
//!
//! Invariant: a change sees the row as it is when it is written, and either all of it happens or nothing.

use super::rows::{self, Key, Policy, Role, Tables};
use super::{RoleArn, document, errors, names};
use crate::aws::Account;
use crate::companions::RoleError;
use crate::store::{Direction, Store, Txn, WriteError};
use iam_api::error::NoSuchEntityException;
use std::sync::Arc;

/// Roles and policies of all accounts. Clones share them.
#[derive(Clone)]
pub struct Iam {
    pub(super) store: Store,
    pub(super) tables: Tables,
}

impl Iam {
    pub fn new(store: Store, tables: Tables) -> Self {
        Self { store, tables }
    }

    /// The role, if it trusts `who`: a service such as `codebuild.amazonaws.com`, or the ARN of a user, role or session.
    pub fn trusting_role(&self, arn: &str, who: &str) -> Result<Arc<Role>, RoleError> {
        let absent = || RoleError::NoSuchRole(arn.to_owned());
        let parts = RoleArn::parse(arn).ok_or_else(absent)?;
        let role = self
            .tables
            .roles
            .get(&rows::key(&parts.account, &parts.name))
            .ok_or_else(absent)?;
        if role.path != parts.path || role.name != parts.name {
            return Err(absent());
        }
        match document::trusts(&role.trust, who) {
            true => Ok(role),
            false => Err(RoleError::NotTrusted(arn.to_owned(), who.to_owned())),
        }
    }

    pub(super) fn role(
        &self,
        account: &Account,
        name: &str,
    ) -> Result<Arc<Role>, NoSuchEntityException> {
        self.tables
            .roles
            .get(&rows::key(account, name))
            .ok_or_else(|| errors::no_role(name))
    }

    /// A policy of the account's own.
    pub(super) fn policy(
        &self,
        account: &Account,
        arn: &str,
    ) -> Result<Arc<Policy>, NoSuchEntityException> {
        let found = key_of(account, arn).and_then(|key| self.tables.policies.get(&key));
        found
            .filter(|policy| names::policy_arn(account, &policy.path, &policy.name) == arn)
            .ok_or_else(|| errors::no_policy(arn))
    }

    /// The account's roles, by lower-case name.
    pub(super) fn roles_of(&self, account: &Account) -> Vec<(Key, Arc<Role>)> {
        self.tables
            .roles
            .range(rows::all_of(account), Direction::Forward, usize::MAX)
    }

    /// The account's own policies, by lower-case name.
    pub(super) fn policies_of(&self, account: &Account) -> Vec<(Key, Arc<Policy>)> {
        self.tables
            .policies
            .range(rows::all_of(account), Direction::Forward, usize::MAX)
    }

    /// How many roles of the account a policy is attached to.
    pub(super) fn attachments(&self, account: &Account, arn: &str) -> usize {
        self.attached_to(account, arn).len()
    }

    /// Keys of the roles a policy is attached to.
    pub(super) fn attached_to(&self, account: &Account, arn: &str) -> Vec<Key> {
        let at = (account.clone(), arn.to_owned());
        let found = self
            .tables
            .attachments
            .range(at.clone()..=at, Direction::Forward, usize::MAX);
        found.into_iter().map(|(_, key)| key).collect()
    }

    /// Changes a role's row.
    pub(super) async fn change_role<T, E>(
        &self,
        account: &Account,
        name: &str,
        change: impl FnOnce(&mut Role, &Txn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<NoSuchEntityException> + Send + 'static,
    {
        let (table, key, absent) = (
            self.tables.roles.clone(),
            rows::key(account, name),
            errors::no_role(name),
        );
        let write = move |tx: &mut Txn| {
            let Some(role) = tx.get(&table, &key) else {
                return Err(E::from(absent));
            };
            let mut role = Role::clone(&role);
            let outcome = change(&mut role, tx)?;
            tx.put(&table, key, role);
            Ok(outcome)
        };
        self.store.write(write).await.map_err(WriteError::refused)
    }

    /// Changes the row of a policy of the account's own.
    pub(super) async fn change_policy<T, E>(
        &self,
        account: &Account,
        arn: &str,
        change: impl FnOnce(&mut Policy) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<NoSuchEntityException> + Send + 'static,
    {
        let row = self.policy(account, arn)?;
        let (table, key, absent) = (
            self.tables.policies.clone(),
            rows::key(account, &row.name),
            errors::no_policy(arn),
        );
        let write = move |tx: &mut Txn| {
            let Some(policy) = tx.get(&table, &key) else {
                return Err(E::from(absent));
            };
            let mut policy = Policy::clone(&policy);
            let outcome = change(&mut policy)?;
            tx.put(&table, key, policy);
            Ok(outcome)
        };
        self.store.write(write).await.map_err(WriteError::refused)
    }
}

/// The key of a policy of the account's own.
pub(super) fn key_of(account: &Account, arn: &str) -> Option<Key> {
    let (_, name) = names::policy_parts(arn)?;
    Some(rows::key(account, &name))
}
