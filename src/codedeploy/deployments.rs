//! Deployments: rows, the orders they are listed in, and what a deployment's beginning and end mean for its group.
//!
//! Invariant: a deployment group has at most one active deployment, which its row in `active` names; who ends it either frees the
//! group or hands it to the rollback in the same commit. A deployment that is to roll back another one is there from that commit
//! on, as `Created`, whether the engine has begun it or not. Source: contract, codedeploy sections 5.1, 5.2, 5.5 and 5.10.

use super::store::{GroupKey, LAST, NameKey, Tables, names_of};
use super::{configs, revisions};
use crate::aws::{Scope, Time, ids};
use crate::engine::deployment::{DeploymentPlan, DeploymentState, Status, rollback};
use crate::store::{Builder, Direction, Records, Table, Txn};
use codedeploy_api::model::{
    ComputePlatform, DeploymentCreator, DeploymentInfo, FileExistsBehavior, RevisionLocation,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::ops::RangeInclusive;

/// Scope and `d-XXXXXXXXX`.
pub type DeploymentKey = (Scope, String);
/// Scope, a group's id or nothing for all of the region, a status or nothing for all of them, time of creation, id.
pub type ListKey = (Scope, String, String, Time, String);

/// The tables of deployments. Cheap to clone.
#[derive(Clone)]
pub struct Deployments {
    /// What never changes about a deployment.
    pub fixed: Records<DeploymentKey, Fixed>,
    pub finished: Records<DeploymentKey, DeploymentState>,
    pub listed: Records<ListKey, ()>,
    /// The active deployment of a group, by the group's id.
    pub active: Table<NameKey, String>,
    /// How many groups of a scope have one, by the scope and nothing.
    pub counts: Table<NameKey, usize>,
    /// Rollbacks that are not over.
    pub waiting: Table<DeploymentKey, DeploymentPlan>,
    /// Present names of applications and groups that have deployments, by id; the last ones of those that are gone.
    pub names: Table<NameKey, String>,
}

/// What never changes about a deployment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fixed {
    pub application_id: String,
    pub group_id: String,
    /// The group's last successful deployment when this one was created.
    pub previous: Option<String>,
    pub created: Time,
    /// As the wire shows it, without what changes and the time.
    pub info: DeploymentInfo,
}

impl Deployments {
    pub fn declare(b: &mut Builder) -> Self {
        Self {
            fixed: b.records("codedeploy.deployments"),
            finished: b.records("codedeploy.finished"),
            listed: b.records("codedeploy.listed"),
            active: b.table("codedeploy.active"),
            counts: b.table("codedeploy.active-counts"),
            waiting: b.table("codedeploy.waiting"),
            names: b.table("codedeploy.names"),
        }
    }

    /// How many active deployments there are.
    pub fn count(&self, rows: &Txn, scope: &Scope) -> usize {
        let known = rows.get(&self.counts, &(scope.clone(), String::new()));
        known.map_or_else(
            // A store of before the count was kept.
            || {
                let all = names_of(scope);
                let all = rows.range(&self.active, all, Direction::Forward, usize::MAX);
                all.len()
            },
            |known| *known,
        )
    }

    fn keep_count(&self, tx: &mut Txn, scope: &Scope, count: usize) {
        tx.put(&self.counts, (scope.clone(), String::new()), count);
    }

    /// The group has this active deployment, whatever it had before.
    fn occupy(&self, tx: &mut Txn, group: NameKey, id: String) {
        let count = self.count(tx, &group.0);
        if !tx.contains(&self.active, &group) {
            self.keep_count(tx, &group.0, count + 1);
        }
        tx.put(&self.active, group, id);
    }

    /// The group has no active deployment any more, if it was this one.
    fn free(&self, tx: &mut Txn, group: &NameKey, id: &str) {
        let count = self.count(tx, &group.0);
        if tx
            .get(&self.active, group)
            .is_some_and(|active| *active == id)
        {
            tx.remove(&self.active, group);
            self.keep_count(tx, &group.0, count.saturating_sub(1));
        }
    }

    /// Follows a renamed application or group, if it has deployments.
    pub fn rename(&self, tx: &mut Txn, scope: &Scope, id: &str, name: &str) {
        let key = (scope.clone(), id.to_owned());
        if tx.contains(&self.names, &key) {
            tx.put(&self.names, key, name.to_owned());
        }
    }

    /// The lists that a deployment of this status is in.
    fn places(&self, key: &DeploymentKey, fixed: &Fixed, at: Time, status: &str) -> [ListKey; 2] {
        ["", &fixed.group_id].map(|list| {
            let status = status.to_owned();
            (key.0.clone(), list.to_owned(), status, at, key.1.clone())
        })
    }

    /// A deployment has gone from one status to another.
    pub fn moved(&self, tx: &mut Txn, key: &DeploymentKey, fixed: &Fixed, way: (Status, Status)) {
        let created = fixed.created;
        for place in self.places(key, fixed, created, way.0.as_str()) {
            tx.remove_record(&self.listed, &place);
        }
        for place in self.places(key, fixed, created, way.1.as_str()) {
            tx.put_record(&self.listed, place, ());
        }
    }
}

impl Tables {
    /// Writes what a new deployment is known by, and what it means for its group, its revision and its configuration.
    pub fn put_deployment(&self, tx: &mut Txn, key: &DeploymentKey, fixed: Fixed) {
        let deployments = &self.deployments;
        let (scope, id) = key;
        let at = fixed.created;
        for status in ["", Status::Created.as_str()] {
            for place in deployments.places(key, &fixed, at, status) {
                tx.put_record(&deployments.listed, place, ());
            }
        }
        let group = (scope.clone(), fixed.group_id.clone());
        deployments.occupy(tx, group, id.clone());
        if let Some(config) = fixed.info.deployment_config_name.clone() {
            tx.put(&self.config_users, (scope.clone(), config, id.clone()), ());
        }
        if let Some((key, mut row)) = self.group_of(tx, scope, &fixed) {
            row.last_attempted = Some(id.clone());
            tx.put(&self.groups, key, row);
        }
        if let Some(revision) = fixed.info.revision.clone() {
            self.use_revision(tx, scope, &fixed.application_id, &revision, at);
        }
        tx.put_record(&deployments.fixed, key.clone(), fixed);
    }

    /// A revision that the application knows was used.
    fn use_revision(
        &self,
        tx: &mut Txn,
        scope: &Scope,
        application: &str,
        location: &RevisionLocation,
        at: Time,
    ) {
        let identity = revisions::identity(location);
        let key = (scope.clone(), application.to_owned(), identity);
        let Some(known) = tx.get(&self.revisions, &key) else {
            return;
        };
        let mut row = (*known).clone();
        row.first_used.get_or_insert(at);
        row.last_used = Some(at);
        tx.put(&self.revisions, key, row);
    }

    /// A deployment is over: its group is free, or is the rollback's.
    pub fn finish_deployment(&self, tx: &mut Txn, state: DeploymentState) {
        let key = state.key();
        let deployments = &self.deployments;
        tx.remove(&deployments.waiting, &key);
        if let Some(fixed) = tx.get_record(&deployments.fixed, &key) {
            let group = (key.0.clone(), fixed.group_id.clone());
            deployments.free(tx, &group, &key.1);
            if let Some(config) = fixed.info.deployment_config_name.clone() {
                tx.remove(&self.config_users, &(key.0.clone(), config, key.1.clone()));
            }
            self.put_hosts(tx, &state, &fixed);
            if state.status == Status::Succeeded {
                self.succeeded(tx, &key, &fixed);
            }
            if let Some(plan) = rollback::plan(&state) {
                self.put_rollback(tx, &fixed, plan);
            }
        }
        tx.put_record(&deployments.finished, key, state);
    }

    /// The group's target revision is this deployment's.
    fn succeeded(&self, tx: &mut Txn, (scope, id): &DeploymentKey, fixed: &Fixed) {
        let Some((key, mut row)) = self.group_of(tx, scope, fixed) else {
            return;
        };
        let before = row.definition.target_revision.take();
        let now = fixed.info.revision.clone();
        self.revisions.retarget(tx, &key, before.as_ref(), None);
        self.revisions
            .retarget(tx, &key, now.as_ref(), Some(&key.2));
        row.definition.target_revision = now;
        row.last_successful = Some(id.clone());
        tx.put(&self.groups, key, row);
    }

    /// The rollback is there from now on; the engine begins it as soon as it comes to it.
    fn put_rollback(&self, tx: &mut Txn, of: &Fixed, plan: DeploymentPlan) {
        let scope = plan.scope.clone();
        let previous = of.previous.clone();
        let previous = previous.and_then(|id| {
            let key = (scope.clone(), id);
            tx.get_record(&self.deployments.fixed, &key)
        });
        let behavior = previous.and_then(|fixed| fixed.info.file_exists_behavior);
        let platform = of.info.compute_platform.unwrap_or(ComputePlatform::Lambda);
        // As of every deployment that says nothing else: a copy of what the group has now.
        let group = self.group_of(tx, &scope, of);
        let group = group.map(|(_, group)| group.definition);
        let fixed = Fixed {
            created: plan.created,
            info: DeploymentInfo {
                deployment_id: Some(plan.id.clone()),
                deployment_config_name: match platform {
                    ComputePlatform::Server => of.info.deployment_config_name.clone(),
                    platform => Some(configs::usual(platform)),
                },
                revision: of.info.previous_revision.clone(),
                creator: Some(DeploymentCreator::CodeDeployRollback),
                file_exists_behavior: Some(behavior.unwrap_or(FileExistsBehavior::Disallow)),
                description: None,
                auto_rollback_configuration: group.and_then(|of| of.auto_rollback_configuration),
                // It goes to all that were touched, whatever they have.
                update_outdated_instances_only: Some(false),
                override_alarm_configuration: None,
                target_instances: None,
                ..of.info.clone()
            },
            ..of.clone()
        };
        let key = plan.key();
        self.put_deployment(tx, &key, fixed);
        tx.put(&self.deployments.waiting, key, plan);
    }

    /// The active deployment of a group.
    pub fn active_of(&self, tx: &Txn, group: &GroupKey) -> Option<DeploymentKey> {
        let row = tx.get(&self.groups, group)?;
        let key = (group.0.clone(), row.id.clone());
        let id = tx.get(&self.deployments.active, &key)?;
        Some((key.0, (*id).clone()))
    }

    /// The group of a deployment, under whatever name it has now.
    fn group_of(
        &self,
        tx: &Txn,
        scope: &Scope,
        fixed: &Fixed,
    ) -> Option<(GroupKey, super::store::Group)> {
        let by_id = (scope.clone(), fixed.group_id.clone());
        let name = tx.get(&self.deployments.names, &by_id)?;
        let key = (scope.clone(), fixed.application_id.clone(), (*name).clone());
        let row = tx.get(&self.groups, &key)?;
        (row.id == fixed.group_id).then(|| (key, (*row).clone()))
    }
}

/// A new id.
pub fn new_id() -> String {
    format!("d-{}", ids::alphanumeric(ID).to_uppercase())
}

/// The same effect of the same data folder always means the same deployment.
pub fn id_of(instance: &str, effect: &str) -> String {
    let digest: [u8; 32] = Sha256::digest(format!("{instance}/{effect}")).into();
    let letter = |byte: &u8| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]);
    let letters: String = digest[..ID].iter().map(letter).collect();
    format!("d-{letters}")
}

/// Whether the text looks like an id of a deployment.
pub fn is_id(text: &str) -> bool {
    let rest = text.strip_prefix("d-");
    rest.is_some_and(|rest| rest.len() == ID && rest.bytes().all(|byte| LETTERS.contains(&byte)))
}

const ID: usize = 9;
const LETTERS: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// A list between two times, the ends included.
pub fn between(
    scope: &Scope,
    list: &str,
    status: &str,
    from: Time,
    to: Time,
) -> RangeInclusive<ListKey> {
    let key = |time, id: &str| {
        let (list, status) = (list.to_owned(), status.to_owned());
        (scope.clone(), list, status, time, id.to_owned())
    };
    key(from, "")..=key(to, LAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Witness: contract codedeploy §2.1, §10.1 F30.
    #[test]
    fn ids_have_nine_letters_or_digits() {
        for id in [new_id(), id_of("instance", "effect-1")] {
            assert!(is_id(&id), "{id}");
        }
        assert_eq!(id_of("a", "b"), id_of("a", "b"));
        for text in [
            "",
            "d-",
            "d-12345678",
            "d-1234567890",
            "d-12345678a",
            "x-123456789",
        ] {
            assert!(!is_id(text), "{text}");
        }
    }
}
