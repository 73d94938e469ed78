//! `Ec2`: the instances of a scope, and changes of their tags. A cheap clone.
//!
//! Invariant: the engine is asked each time; nothing about a machine is remembered but tags.

use super::errors;
use super::machines::{Machine, Machines};
use super::rows::Tables;
use crate::aws::Scope;
use crate::store::{Store, Txn, WriteError};
use slipway_runtime::CommonError;
use std::net::IpAddr;
use std::sync::Arc;

#[derive(Clone)]
pub struct Ec2 {
    store: Store,
    pub(super) tables: Tables,
    pub(super) machines: Arc<dyn Machines>,
    /// Whose the machines are.
    home: Scope,
}

impl Ec2 {
    pub fn new(store: Store, tables: Tables, machines: Arc<dyn Machines>, home: Scope) -> Self {
        Self {
            store,
            tables,
            machines,
            home,
        }
    }

    /// The instances of a scope with their tags, by id.
    pub async fn instances(&self, scope: &Scope) -> Vec<Machine> {
        if *scope != self.home {
            return Vec::new();
        }
        let mut machines = self.machines.all().await;
        machines.sort_by(|one, other| one.id.cmp(&other.id));
        for machine in &mut machines {
            self.tables.over(scope, &machine.id, &mut machine.tags);
        }
        machines
    }

    /// Where an instance's ports are, if it runs.
    pub async fn address(&self, id: &str) -> Option<IpAddr> {
        let machines = self.machines.all().await;
        let found = machines.into_iter().find(|machine| machine.id == id);
        found.filter(|machine| machine.running)?.address
    }

    /// Those of these ids, or all; one that is not there is refused by name.
    pub(super) async fn chosen(
        &self,
        scope: &Scope,
        ids: &[String],
    ) -> Result<Vec<Machine>, CommonError> {
        if let Some(odd) = ids.iter().find(|id| !id.starts_with("i-")) {
            return Err(errors::malformed_id(odd));
        }
        let mut machines = self.instances(scope).await;
        let absent = |id: &&String| !machines.iter().any(|machine| machine.id == **id);
        let gone: Vec<&str> = ids.iter().filter(absent).map(String::as_str).collect();
        if !gone.is_empty() {
            return Err(errors::no_instances(&gone));
        }
        machines.retain(|machine| ids.is_empty() || ids.contains(&machine.id));
        Ok(machines)
    }

    /// Resources that tags may be put on: instances that are there.
    pub(super) async fn taggable(
        &self,
        scope: &Scope,
        ids: &[String],
    ) -> Result<Vec<Machine>, CommonError> {
        match ids.iter().find(|id| !id.starts_with("i-")) {
            Some(odd) => Err(errors::other_id(odd)),
            None if ids.is_empty() => Err(errors::missing("resourceIdSet")),
            None => self.chosen(scope, ids).await,
        }
    }

    pub(super) async fn write(
        &self,
        function: impl FnOnce(&Tables, &mut Txn) -> Result<(), CommonError> + Send + 'static,
    ) -> Result<(), CommonError> {
        let tables = self.tables.clone();
        let written = self.store.write(move |tx| function(&tables, tx)).await;
        written.map_err(WriteError::refused)
    }
}
