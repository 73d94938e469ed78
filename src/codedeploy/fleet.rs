//! Instances that deployments go to: which ones a group selects, and what is kept of each for the group's next deployment.
//!
//! Source: contract, codedeploy sections 8.1 and 8.3.

use super::deployments::{DeploymentKey, Fixed};
use super::store::{LAST, NameKey, Tables, names_of};
use super::{CodeDeploy, revisions};
use crate::aws::Scope;
use crate::companions::Companions;
use crate::engine::deployment::DeploymentState;
use crate::engine::deployment::server::order::{Candidate, Installed};
use crate::engine::deployment::server::plan::Selection;
use crate::engine::deployment::state::TargetStatus;
use crate::store::{Direction, Txn};
use serde::{Deserialize, Serialize};

/// Scope, the group's id, and the instance's.
pub type HostKey = (Scope, String, String);

/// What a group knows of an instance that it has deployed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Its last deployment succeeded.
    pub healthy: bool,
    /// The identity of the revision that was installed last.
    pub revision: Option<String>,
    /// Another instance may have the name by now.
    #[serde(default)]
    pub arn: Option<String>,
}

impl Host {
    /// Whether this is known of the instance with this ARN.
    fn is(&self, arn: &str) -> bool {
        self.arn.as_deref().is_none_or(|known| known == arn)
    }
}

/// The instances that a deployment selects, wherever they are.
pub async fn find(
    service: &CodeDeploy,
    companions: &dyn Companions,
    key: &DeploymentKey,
    selection: &Selection,
) -> Result<Vec<Candidate>, String> {
    let Some((fixed, _)) = service.deployment(&key.0, &key.1) else {
        return Err(format!("the deployment {} is gone", key.1));
    };
    let mut found = on_premises(&service.tables, key, selection);
    for one in companions.instances(&key.0, &selection.ec2).await? {
        found.push(bare(one.id, one.arn.clone(), one.arn, one.zone));
    }
    // What the group deployed last with success.
    let current = fixed.info.previous_revision.as_ref();
    let current = current.map(revisions::identity);
    for one in &mut found {
        let host = (key.0.clone(), fixed.group_id.clone(), one.id.clone());
        let host = service.tables.hosts.get(&host);
        if let Some(host) = host.filter(|host| host.is(&one.arn)) {
            one.healthy = host.healthy;
            one.installed = match &host.revision {
                None => Installed::Unknown,
                known if *known == current => Installed::Current,
                Some(_) => Installed::Old,
            };
        }
    }
    Ok(found)
}

/// Registered instances whose tags match, page by page.
fn on_premises(
    tables: &Tables,
    (scope, _): &DeploymentKey,
    selection: &Selection,
) -> Vec<Candidate> {
    let (first, last) = names_of(scope).into_inner();
    let mut from = std::ops::Bound::Included(first);
    let mut found = Vec::new();
    loop {
        let range = (from, std::ops::Bound::Included(last.clone()));
        let rows = tables.instances.range(range, Direction::Forward, PAGE);
        let Some((end, _)) = rows.last().cloned() else {
            return found;
        };
        let registered = rows.into_iter().filter(|(_, row)| row.is_registered());
        let selected = registered.filter(|(_, row)| selection.takes_on_premises(&row.tags));
        found.extend(
            selected.map(|((_, name), row)| {
                bare(name, row.arn.clone(), row.iam.arn().to_owned(), None)
            }),
        );
        from = std::ops::Bound::Excluded(end);
    }
}

const PAGE: usize = 500;

/// Nothing is known of it yet.
fn bare(id: String, arn: String, host: String, zone: Option<String>) -> Candidate {
    Candidate {
        id,
        arn,
        host,
        zone,
        healthy: false,
        installed: Installed::Unknown,
        label: None,
    }
}

impl Tables {
    /// Keeps what became of the instances that a deployment has touched.
    pub fn put_hosts(&self, tx: &mut Txn, state: &DeploymentState, fixed: &Fixed) {
        let deployed = fixed.info.revision.as_ref().map(revisions::identity);
        let instances = state.fleet().map(|fleet| &fleet.instances);
        for one in instances.into_iter().flatten() {
            if !one.was_touched() {
                continue;
            }
            let key: HostKey = (
                state.plan.scope.clone(),
                fixed.group_id.clone(),
                one.id.clone(),
            );
            let before = tx.get(&self.hosts, &key);
            let before = before.filter(|host| host.is(&one.arn));
            let before = before.and_then(|host| host.revision.clone());
            // However the deployment ends: what is installed is installed.
            let host = Host {
                healthy: one.status == TargetStatus::Succeeded,
                revision: match one.has_installed() {
                    true => deployed.clone(),
                    false => before,
                },
                arn: Some(one.arn.clone()),
            };
            tx.put(&self.hosts, key, host);
        }
    }

    /// A group is gone, and with it what it knew of instances.
    pub fn remove_hosts(&self, tx: &mut Txn, scope: &Scope, group: &str) {
        let key = |instance: &str| (scope.clone(), group.to_owned(), instance.to_owned());
        let hosts = tx.range(
            &self.hosts,
            key("")..=key(LAST),
            Direction::Forward,
            usize::MAX,
        );
        for (key, _) in hosts {
            tx.remove(&self.hosts, &key);
        }
    }

    /// The registered instance that an agent is.
    pub fn instance_of(&self, host: &NameKey) -> Option<String> {
        Some((*self.instance_arns.get(host)?).clone())
    }
}
