//! `Ec2`: the instances of a scope, and changes of their tags. A cheap clone.
//!
//! Invariant: the engine is asked each time; nothing about an instance is remembered but tags, and for a while that it is gone.

use super::errors;
use super::instance::{Instance, State};
use super::rows::{Gone, Tables};
use crate::aws::{Scope, Time};
use crate::sandbox::machines::Machines;
use crate::store::{Store, Txn, WriteError};
use slipway_runtime::CommonError;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

#[derive(Clone)]
pub struct Ec2 {
    store: Store,
    tables: Tables,
    outside: Outside,
    /// Whose the machines are.
    home: Scope,
}

/// What EC2 asks of the rest of the server.
#[derive(Clone)]
pub struct Outside {
    pub machines: Arc<dyn Machines>,
    pub now: Arc<dyn Fn() -> Time + Send + Sync>,
}

/// An instance that an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// It is here, and its ports are there unless it does not run.
    Here(Option<IpAddr>),
    /// No instance here has this id.
    Unknown,
}

/// For how long terminated instances are shown.
const SHOWN: Duration = Duration::from_secs(60 * 60);

impl Ec2 {
    pub fn new(store: Store, tables: Tables, outside: Outside, home: Scope) -> Self {
        Self {
            store,
            tables,
            outside,
            home,
        }
    }

    /// The instances of a scope with their tags, by id, with those that were terminated not long ago. The error is for people.
    pub async fn instances(&self, scope: &Scope) -> Result<Vec<Instance>, String> {
        if *scope != self.home {
            return Ok(Vec::new());
        }
        let machines = self.outside.machines.all().await?;
        let mut all: Vec<Instance> = machines.into_iter().map(Instance::from).collect();
        for one in &mut all {
            self.tables
                .over(scope, &one.machine.id, &mut one.machine.tags);
        }
        let now = (self.outside.now)();
        for gone in self.tables.gone(scope) {
            let known = |one: &Instance| one.machine.id == gone.machine.id;
            if gone.at + SHOWN > now && !all.iter().any(known) {
                all.push(Instance {
                    machine: gone.machine.clone(),
                    state: State::Terminated,
                });
            }
        }
        all.sort_by(|one, other| one.machine.id.cmp(&other.machine.id));
        Ok(all)
    }

    /// Where an instance's ports are, whosever it is.
    pub async fn reach(&self, id: &str) -> Reached {
        let machines = match self.outside.machines.all().await {
            Ok(machines) => machines,
            Err(why) => {
                tracing::warn!(id, why, "the engine does not say where an instance is");
                return Reached::Unknown;
            }
        };
        let found = machines.into_iter().find(|machine| machine.id == id);
        found.map_or(Reached::Unknown, |machine| {
            Reached::Here(machine.address.filter(|_| machine.running))
        })
    }

    /// Ends an instance for good; it is shown for a while. Harmless when it has been ended. The error is for people.
    pub async fn terminate(&self, scope: &Scope, id: &str) -> Result<(), String> {
        let all = self.instances(scope).await?;
        let found = all.into_iter().find(|one| one.machine.id == id);
        let Some(found) = found.filter(|one| one.state != State::Terminated) else {
            return Ok(());
        };
        let engine_id = &found.machine.engine_id;
        self.outside.machines.end(engine_id).await?;
        let (scope, now) = (scope.clone(), (self.outside.now)());
        let row = Gone {
            machine: found.machine,
            at: now,
        };
        let write = self.write(move |tables, tx| {
            tables.forget(tx, &scope, &row.machine.id);
            tables.bury(tx, &scope, row, now - SHOWN);
            Ok(())
        });
        write.await.map_err(|error| error.to_string())
    }

    /// Those of these ids, or all; one that is not there is refused by name.
    pub(super) async fn chosen(
        &self,
        scope: &Scope,
        ids: &[String],
    ) -> Result<Vec<Instance>, CommonError> {
        if let Some(odd) = ids.iter().find(|id| !id.starts_with("i-")) {
            return Err(errors::malformed_id(odd));
        }
        let mut all = self.instances(scope).await.map_err(errors::failed)?;
        let absent = |id: &&String| !all.iter().any(|one| one.machine.id == **id);
        let gone: Vec<&str> = ids.iter().filter(absent).map(String::as_str).collect();
        if !gone.is_empty() {
            return Err(errors::no_instances(&gone));
        }
        all.retain(|one| ids.is_empty() || ids.contains(&one.machine.id));
        Ok(all)
    }

    /// Resources that tags may be put on: instances that are there.
    pub(super) async fn taggable(
        &self,
        scope: &Scope,
        ids: &[String],
    ) -> Result<Vec<Instance>, CommonError> {
        match ids.iter().find(|id| !id.starts_with("i-")) {
            Some(odd) => Err(errors::other_id(odd)),
            None if ids.is_empty() => Err(errors::missing("resourceIdSet")),
            None => {
                let chosen = self.chosen(scope, ids).await?;
                let gone = chosen.iter().find(|one| one.state == State::Terminated);
                match gone.map(|one| one.machine.id.clone()) {
                    Some(id) => Err(errors::no_instances(&[&id])),
                    None => Ok(chosen),
                }
            }
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
