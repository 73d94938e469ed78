//! `CloudWatch`: the store, its tables, listeners, and where actions publish. A cheap clone.
//!
//! Invariant: a change sees the row as it is when it is written, and either all of it happens or nothing.

use super::news::News;
use super::rows::{Alarm, AlarmKey, Tables};
use crate::aws::{Scope, Time};
use crate::companions::{AlarmInfo, AlarmListener, Publisher};
use crate::store::{Store, Txn, WriteError};
use std::sync::Arc;

#[derive(Clone)]
pub struct CloudWatch {
    pub(super) store: Store,
    pub(super) tables: Tables,
    pub(super) news: News,
    pub(super) publisher: Arc<dyn Publisher>,
    pub(super) now: Arc<dyn Fn() -> Time + Send + Sync>,
}

impl CloudWatch {
    /// Actions that are topics publish through `publisher`.
    pub fn new(
        store: Store,
        tables: Tables,
        publisher: Arc<dyn Publisher>,
        now: Arc<dyn Fn() -> Time + Send + Sync>,
    ) -> Self {
        Self {
            store,
            tables,
            news: News::default(),
            publisher,
            now,
        }
    }

    /// The states of the alarms of these names, in the order asked for; those that are not there are left out.
    pub fn alarms(&self, scope: &Scope, names: &[String]) -> Vec<AlarmInfo> {
        let info = |name: &String| {
            let alarm = self.tables.alarms.get(&(scope.clone(), name.clone()))?;
            Some(AlarmInfo {
                name: name.clone(),
                state: alarm.state.value.to_string(),
            })
        };
        names.iter().filter_map(info).collect()
    }

    pub fn listen_alarms(&self, listener: Arc<dyn AlarmListener>) {
        self.news.listen(listener);
    }

    pub(super) async fn write<T, E>(
        &self,
        function: impl FnOnce(&Tables, &mut Txn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let tables = self.tables.clone();
        let written = self.store.write(move |tx| function(&tables, tx)).await;
        written.map_err(WriteError::refused)
    }

    /// Changes the rows of those alarms that are there.
    pub(super) async fn change<E: Send + 'static>(
        &self,
        keys: Vec<AlarmKey>,
        change: impl Fn(&mut Alarm) -> Result<(), E> + Send + 'static,
    ) -> Result<(), E> {
        let write = self.write(move |tables, tx| {
            for key in keys {
                if let Some(alarm) = tx.get(&tables.alarms, &key) {
                    let mut alarm = Alarm::clone(&alarm);
                    change(&mut alarm)?;
                    tx.put(&tables.alarms, key, alarm);
                }
            }
            Ok(())
        });
        write.await
    }
}
