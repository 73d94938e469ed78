//! `Logs`: the store, its tables and those who wait for new lines. A cheap clone.

use super::follow::Watchers;
use super::store::{StreamKey, Tables};
use crate::store::{Store, Txn, WriteError};
use slipway_runtime::CommonError;
use std::sync::Arc;

#[derive(Clone)]
pub struct Logs {
    pub(super) store: Store,
    pub(super) tables: Tables,
    pub(super) watchers: Arc<Watchers>,
}

impl Logs {
    pub fn new(store: Store, tables: Tables) -> Self {
        Self {
            store,
            tables,
            watchers: Arc::default(),
        }
    }

    /// Runs a write of an operation; a failing store becomes the operation's answer.
    pub(super) async fn write<T, E>(
        &self,
        function: impl FnOnce(&Tables, &mut Txn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<CommonError> + Send + 'static,
    {
        let written = self.try_write(function).await;
        written.map_err(super::errors::write)
    }

    pub(super) async fn try_write<T, E>(
        &self,
        function: impl FnOnce(&Tables, &mut Txn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, WriteError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let tables = self.tables.clone();
        self.store.write(move |tx| function(&tables, tx)).await
    }

    /// Tells followers that a stream has changed.
    pub(super) fn changed(&self, key: &StreamKey) {
        self.watchers.tell(key);
    }
}
