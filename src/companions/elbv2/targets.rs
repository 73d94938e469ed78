//! Registering and deregistering targets, and how they are: for clients and for the neighbours in this process.

use super::companion::{Elbv2, Rows};
use super::health::{Status, said, shown};
use super::keeper::Order;
use super::rows::{Group, GroupKey, Registered, TargetKey};
use super::{attributes, errors};
use crate::aws::Scope;
use crate::store::Txn;
use elbv2_api::model::{
    TargetDescription, TargetHealth, TargetHealthReasonEnum, TargetHealthStateEnum, TargetTypeEnum,
};
use slipway_runtime::CommonError;
use std::net::IpAddr;
use std::time::Duration;
use tokio::sync::watch;

/// Targets of a group at a time.
const MOST: usize = 1000;

/// A target: an address or an instance's id. Without a port it is the group's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub id: String,
    pub port: Option<u16>,
}

/// A target and how it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetState {
    pub id: String,
    pub port: u16,
    pub state: State,
    /// AWS's reason code, such as `Target.FailedHealthChecks`; `None` for healthy targets.
    pub reason: Option<String>,
    /// For people.
    pub description: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Initial,
    Healthy,
    Unhealthy,
    /// Its group is in no listener and no rule, so nobody looks at it.
    Unused,
    Draining,
}

impl From<Target> for TargetDescription {
    fn from(target: Target) -> Self {
        Self {
            port: target.port.map(i32::from),
            ..Self::new(target.id)
        }
    }
}

impl Elbv2 {
    /// Registers targets; durable, and they are being looked at, when it returns. One that is registered already stays as it is.
    pub async fn register(
        &self,
        scope: &Scope,
        group_arn: &str,
        targets: Vec<TargetDescription>,
    ) -> Result<(), CommonError> {
        let (arn, now) = (group_arn.to_owned(), (self.outside.now)());
        let write = self.write(scope, move |tables, scope, tx| {
            let (key, group) = Rows::inside(tables, scope, tx).group(&arn)?;
            for target in &targets {
                let at = key_of(&key, &group, target)?;
                let before = tx.get(&tables.targets, &at);
                if before.is_some_and(|row| row.drained.is_none()) {
                    continue;
                }
                let row = Registered {
                    since: now,
                    zone: target.availability_zone.clone(),
                    drained: None,
                };
                tx.put(&tables.targets, at, row);
            }
            match tables.targets_in(tx, &key).len() > MOST {
                true => Err(errors::too_many_targets(&arn)),
                false => Ok(((), vec![Order::Group(key)])),
            }
        });
        write.await
    }

    /// Deregisters targets; when it returns no new request goes to them. They drain for the group's delay and then are gone; where
    /// the group is in no listener they are gone at once. One that is not registered is passed over.
    pub async fn deregister(
        &self,
        scope: &Scope,
        group_arn: &str,
        targets: Vec<TargetDescription>,
    ) -> Result<(), CommonError> {
        let (arn, now) = (group_arn.to_owned(), (self.outside.now)());
        let write = self.write(scope, move |tables, scope, tx| {
            let rows = Rows::inside(tables, scope, tx);
            let (key, group) = rows.group(&arn)?;
            let delay = match rows.users(&key).is_empty() {
                true => Duration::ZERO,
                false => delay(&group),
            };
            for target in &targets {
                for (at, row) in registered(tables.targets_in(tx, &key), target) {
                    match delay.is_zero() {
                        true => {
                            tx.remove(&tables.targets, &at);
                        }
                        false if row.drained.is_none() => {
                            let drained = Registered {
                                drained: Some(now + delay),
                                ..row
                            };
                            tx.put(&tables.targets, at, drained);
                        }
                        false => {}
                    }
                }
            }
            Ok(((), vec![Order::Group(key)]))
        });
        write.await
    }

    /// The targets of a group that are registered or draining.
    pub fn health(&self, scope: &Scope, group_arn: &str) -> Result<Vec<TargetState>, CommonError> {
        let (key, _) = self.rows(scope).group(group_arn)?;
        let targets = self.tables.targets_of(&key).into_iter();
        let state = |(at, row): (TargetKey, std::sync::Arc<Registered>)| {
            let health = self.health_of(&key, &at, &row);
            TargetState {
                id: at.2,
                port: u16::try_from(at.3).unwrap_or_default(),
                state: match health.state {
                    Some(TargetHealthStateEnum::Healthy) => State::Healthy,
                    Some(TargetHealthStateEnum::Draining) => State::Draining,
                    Some(TargetHealthStateEnum::Unused) => State::Unused,
                    Some(TargetHealthStateEnum::Unhealthy) => State::Unhealthy,
                    _ => State::Initial,
                },
                reason: health.reason.map(|reason| reason.as_str().to_owned()),
                description: health.description,
            }
        };
        Ok(targets.map(state).collect())
    }

    /// Tells when targets come, go or change their state, in any group: subscribe, look, wait, look again.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.board.news()
    }

    /// How a target with this row is.
    pub(super) fn health_of(
        &self,
        group: &GroupKey,
        key: &TargetKey,
        row: &Registered,
    ) -> TargetHealth {
        if row.drained.is_some() {
            return said(
                TargetHealthStateEnum::Draining,
                TargetHealthReasonEnum::TargetDeregistrationInProgress,
                "Target deregistration is in progress",
            );
        }
        if !self.tables.is_used(group) {
            return said(
                TargetHealthStateEnum::Unused,
                TargetHealthReasonEnum::TargetNotInUse,
                "Target group is not configured to receive traffic from the load balancer",
            );
        }
        let member = self.board.pool(group).and_then(|pool| pool.member(key));
        shown(member.map_or(Status::New, |member| member.health().status))
    }
}

/// How long targets of a group drain.
fn delay(group: &Group) -> Duration {
    let all = attributes::of_group(group);
    let seconds = all.get("deregistration_delay.timeout_seconds");
    let seconds = seconds.and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(300))
}

/// The rows that a target to be deregistered names: without a port, all of its id.
fn registered(
    rows: Vec<(TargetKey, std::sync::Arc<Registered>)>,
    target: &TargetDescription,
) -> Vec<(TargetKey, Registered)> {
    let meant = |key: &TargetKey| {
        let port = target.port.and_then(|port| u32::try_from(port).ok());
        key.2 == target.id && port.is_none_or(|port| port == key.3)
    };
    let rows = rows.into_iter().filter(|(key, _)| meant(key));
    rows.map(|(key, row)| (key, Registered::clone(&row)))
        .collect()
}

/// The key of a target of a group, if it may be one.
pub fn key_of(
    key: &GroupKey,
    group: &Group,
    target: &TargetDescription,
) -> Result<TargetKey, CommonError> {
    let id = &target.id;
    match group.definition.target_type {
        Some(TargetTypeEnum::Ip) if id.parse::<IpAddr>().is_err() => {
            return Err(errors::invalid(format!(
                "The IP address '{id}' is not a valid IPv4 or IPv6 address"
            )));
        }
        Some(TargetTypeEnum::Instance) if !is_instance(id) => {
            return Err(errors::target(format!(
                "The following targets are not valid instance IDs: '{id}'"
            )));
        }
        _ => {}
    }
    let port = target.port.or(group.definition.port);
    let port = port
        .and_then(|port| u32::try_from(port).ok())
        .unwrap_or_default();
    Ok((key.0.clone(), key.1.clone(), id.clone(), port))
}

/// `i-…` of EC2, or `mi-…` of machines that are registered elsewhere.
fn is_instance(id: &str) -> bool {
    let digits = id.strip_prefix("i-").or_else(|| id.strip_prefix("mi-"));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    digits.is_some_and(|digits| (1..=64).contains(&digits.len()) && digits.bytes().all(plain))
}

/// Removes all targets of a group.
pub fn clear(tables: &super::rows::Tables, tx: &mut Txn, group: &GroupKey) {
    for (key, _) in tables.targets_in(tx, group) {
        tx.remove(&tables.targets, &key);
    }
}
