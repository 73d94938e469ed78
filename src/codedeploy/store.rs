//! What customers wrote: tables, and finders that return the modelled exception.
//!
//! Invariant: what belongs to an application is keyed by the application's id and tags by the id of what they are on, so that
//! a rename moves one row. Every name that a group claims (its configuration, its ECS service) is in a table of its own, written
//! with the group.

use super::deployments::Deployments;
use super::errors;
use super::fleet::{Host, HostKey};
use super::instances::Instance;
use super::revisions::Revisions;
use super::tags::Tags;
use crate::aws::{Scope, Time};
use crate::store::{Builder, Direction, Read, Table, Txn};
use codedeploy_api::error::{
    ApplicationDoesNotExistException, DeploymentGroupDoesNotExistException,
    InstanceNotRegisteredException,
};
use codedeploy_api::model::{ComputePlatform, DeploymentConfigInfo, DeploymentGroupInfo};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Scope and a name or an id.
pub type NameKey = (Scope, String);
/// Scope, the application's id, and the group's name.
pub type GroupKey = (Scope, String, String);

/// The tables of CodeDeploy; cheap to clone.
#[derive(Clone)]
pub struct Tables {
    /// By name.
    pub applications: Table<NameKey, Application>,
    pub groups: Table<GroupKey, Group>,
    /// Configurations that groups and active deployments name: scope, configuration, the group's or deployment's id.
    pub config_users: Table<(Scope, String, String), ()>,
    /// The id of the group that deploys to an ECS service: scope, cluster, service.
    pub ecs_services: Table<(Scope, String, String), String>,
    /// Those that customers made, by name.
    pub configs: Table<NameKey, DeploymentConfigInfo>,
    pub deployments: Deployments,
    pub revisions: Revisions,
    /// On-premises instances by name, deregistered ones too.
    pub instances: Table<NameKey, Instance>,
    /// The name of the registered instance that uses an IAM ARN.
    pub instance_arns: Table<NameKey, String>,
    /// Instances that groups have deployed to.
    pub hosts: Table<HostKey, Host>,
    /// By the id of an application, group or configuration.
    pub tags: Table<NameKey, Tags>,
}

/// An application; its name is in its key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Application {
    pub id: String,
    pub platform: ComputePlatform,
    pub created: Time,
}

/// A deployment group; its names are in its key and its application's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    pub id: String,
    /// As the customer wrote it; names, id and platform are absent.
    pub definition: DeploymentGroupInfo,
    /// Ids of deployments.
    #[serde(default)]
    pub last_attempted: Option<String>,
    #[serde(default)]
    pub last_successful: Option<String>,
}

impl Tables {
    pub fn declare(b: &mut Builder) -> Self {
        Self {
            applications: b.table("codedeploy.applications"),
            groups: b.table("codedeploy.groups"),
            config_users: b.table("codedeploy.config-users"),
            ecs_services: b.table("codedeploy.ecs-services"),
            configs: b.table("codedeploy.configs"),
            deployments: Deployments::declare(b),
            revisions: Revisions::declare(b),
            instances: b.table("codedeploy.instances"),
            instance_arns: b.table("codedeploy.instance-arns"),
            hosts: b.table("codedeploy.hosts"),
            tags: b.table("codedeploy.tags"),
        }
    }

    pub fn find_application(
        &self,
        rows: &impl Read,
        scope: &Scope,
        name: &str,
    ) -> Result<Arc<Application>, ApplicationDoesNotExistException> {
        let found = rows.row(&self.applications, &(scope.clone(), name.to_owned()));
        found.ok_or_else(|| errors::application_not_found(name))
    }

    pub fn find_group(
        &self,
        rows: &impl Read,
        key: &GroupKey,
    ) -> Result<Arc<Group>, DeploymentGroupDoesNotExistException> {
        let found = rows.row(&self.groups, key);
        found.ok_or_else(|| errors::group_not_found(&key.2))
    }

    /// A copy of the instance, unless it was deregistered or never registered.
    pub fn find_registered(
        &self,
        rows: &impl Read,
        scope: &Scope,
        name: &str,
    ) -> Result<(NameKey, Instance), InstanceNotRegisteredException> {
        let key = (scope.clone(), name.to_owned());
        let found = rows.row(&self.instances, &key);
        let found = found.filter(|row| row.is_registered());
        let row = found.ok_or_else(|| errors::instance_not_registered(name))?;
        Ok((key, (*row).clone()))
    }

    /// Adds or replaces a group, with what it claims.
    pub fn put_group(&self, tx: &mut Txn, key: GroupKey, group: Group) {
        if let Some(before) = tx.get(&self.groups, &key) {
            self.release(tx, &key.0, &before);
        }
        let scope = &key.0;
        if let Some(config) = group.definition.deployment_config_name.clone() {
            tx.put(
                &self.config_users,
                (scope.clone(), config, group.id.clone()),
                (),
            );
        }
        for service in group.services(scope) {
            tx.put(&self.ecs_services, service, group.id.clone());
        }
        tx.put(&self.groups, key, group);
    }

    /// Gives a group another name; its id and tags stay, and a revision that it deployed last knows the new name.
    pub fn rename_group(&self, tx: &mut Txn, from: &GroupKey, to: GroupKey, group: Group) {
        let target = group.definition.target_revision.clone();
        self.revisions
            .retarget(tx, from, target.as_ref(), Some(&to.2));
        if let Some(before) = tx.remove(&self.groups, from) {
            self.release(tx, &from.0, &before);
        }
        self.deployments.rename(tx, &to.0, &group.id, &to.2);
        self.put_group(tx, to, group);
    }

    /// Removes a group with its tags and what it claims.
    pub fn remove_group(&self, tx: &mut Txn, key: &GroupKey) {
        if let Some(group) = tx.remove(&self.groups, key) {
            let target = group.definition.target_revision.as_ref();
            self.revisions.retarget(tx, key, target, None);
            self.release(tx, &key.0, &group);
            tx.remove(&self.tags, &(key.0.clone(), group.id.clone()));
            self.remove_hosts(tx, &key.0, &group.id);
        }
    }

    /// Whether a group or an active deployment names the configuration.
    pub fn is_config_used(&self, tx: &Txn, scope: &Scope, config: &str) -> bool {
        let key = |group: &str| (scope.clone(), config.to_owned(), group.to_owned());
        let users = key("")..=key(LAST);
        let used = tx.range(&self.config_users, users, Direction::Forward, 1);
        !used.is_empty()
    }

    fn release(&self, tx: &mut Txn, scope: &Scope, group: &Group) {
        if let Some(config) = group.definition.deployment_config_name.clone() {
            tx.remove(
                &self.config_users,
                &(scope.clone(), config, group.id.clone()),
            );
        }
        for service in group.services(scope) {
            tx.remove(&self.ecs_services, &service);
        }
    }
}

impl Group {
    /// Keys of the ECS services it deploys to.
    pub fn services(&self, scope: &Scope) -> Vec<(Scope, String, String)> {
        let services = self.definition.ecs_services.iter().flatten();
        services
            .map(|service| {
                let text = |of: &Option<String>| of.clone().unwrap_or_default();
                let cluster = text(&service.cluster_name);
                (scope.clone(), cluster, text(&service.service_name))
            })
            .collect()
    }
}

/// After every name.
pub const LAST: &str = "\u{10FFFF}";

/// Every name of a scope.
pub fn names_of(scope: &Scope) -> RangeInclusive<NameKey> {
    (scope.clone(), String::new())..=(scope.clone(), LAST.to_owned())
}

/// Every name below an application.
pub fn names_below(scope: &Scope, application: &str) -> RangeInclusive<GroupKey> {
    let key = |name: &str| (scope.clone(), application.to_owned(), name.to_owned());
    key("")..=key(LAST)
}
