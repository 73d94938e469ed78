//! This server's load balancers as the door that tasks use.
//!
//! Invariant: a task of a bridge network is an instance, since its ports are this machine's.

use super::targets::{Found, Target, TargetError, TargetKind, Targets};
use crate::aws::{Arn, Scope};
use crate::companions::balancing::Balancers;
use crate::companions::elbv2::{self, Elbv2, State};
use async_trait::async_trait;
use std::collections::HashMap;

/// The id under which this machine's ports are registered.
const THIS_MACHINE: &str = "i-00000000000000000";

fn id_of(target: Target) -> String {
    let own = target.address.map(|address| address.to_string());
    own.unwrap_or_else(|| THIS_MACHINE.to_owned())
}

fn target_of(target: Target) -> elbv2::Target {
    elbv2::Target {
        id: id_of(target),
        port: Some(target.port),
    }
}

#[async_trait]
impl Targets for Elbv2 {
    async fn kind(&self, scope: &Scope, group: &str) -> Option<TargetKind> {
        let arn = Arn::parse(group)?;
        let name = arn.resource.strip_prefix("targetgroup/")?;
        let name = name.split('/').next()?.to_owned();
        let found = Balancers::target_groups(self, scope, &[name]).await.ok()?;
        let info = found.into_iter().find(|info| info.arn == group)?;
        Some(match info.target_type.as_str() {
            "ip" => TargetKind::Ip,
            "instance" => TargetKind::Instance,
            _ => TargetKind::Other,
        })
    }

    async fn register(
        &self,
        scope: &Scope,
        group: &str,
        target: Target,
    ) -> Result<(), TargetError> {
        let target = target_of(target).into();
        let registered = Elbv2::register(self, scope, group, vec![target]).await;
        registered.map_err(|error| TargetError::Failed(error.to_string()))
    }

    async fn deregister(
        &self,
        scope: &Scope,
        group: &str,
        target: Target,
    ) -> Result<(), TargetError> {
        let target = target_of(target).into();
        let gone = Elbv2::deregister(self, scope, group, vec![target]).await;
        gone.map_err(|error| TargetError::Failed(error.to_string()))
    }

    async fn turned(&self, scope: &Scope, group: &str, target: Target, known: Found) -> Found {
        let mut changes = self.changes();
        loop {
            changes.borrow_and_update();
            let found = found(state(self, scope, group, target));
            if found != known || changes.changed().await.is_err() {
                return found;
            }
        }
    }

    fn all_well(&self, scope: &Scope, group: &str, targets: &[Target]) -> bool {
        let states = self.health(scope, group).unwrap_or_default();
        let states: HashMap<(&str, u16), State> = states
            .iter()
            .map(|of| ((of.id.as_str(), of.port), of.state))
            .collect();
        targets.iter().all(|target| {
            let id = id_of(*target);
            let state = states.get(&(id.as_str(), target.port));
            found(state.copied()) == Found::Well
        })
    }

    async fn drained(&self, scope: &Scope, group: &str, target: Target) {
        let mut changes = self.changes();
        loop {
            changes.borrow_and_update();
            let drains = state(self, scope, group, target) == Some(State::Draining);
            if !drains || changes.changed().await.is_err() {
                return;
            }
        }
    }
}

/// `None`: it is not registered.
fn found(state: Option<State>) -> Found {
    match state {
        Some(State::Healthy | State::Unused) => Found::Well,
        Some(State::Unhealthy) => Found::Unwell,
        Some(State::Initial | State::Draining) | None => Found::Unknown,
    }
}

/// `None`: it is not registered.
fn state(elbv2: &Elbv2, scope: &Scope, group: &str, target: Target) -> Option<State> {
    let id = id_of(target);
    let states = elbv2.health(scope, group).unwrap_or_default();
    let mut here = states
        .iter()
        .filter(|state| state.id == id && state.port == target.port);
    here.next().map(|state| state.state)
}
