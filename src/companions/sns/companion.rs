//! `Sns`: the store, its tables, the deliveries on their way, and changes of rows. A cheap clone.
//!
//! Invariant: a change sees the row as it is when it is written, and either all of it happens or nothing.

use super::deliver::Couriers;
use super::errors;
use super::outside::Outside;
use super::rows::{Subscription, SubscriptionKey, Tables, Topic, TopicKey};
use crate::store::{Store, Txn, WriteError};
use sns_api::error::NotFoundException;
use std::sync::Arc;

#[derive(Clone)]
pub struct Sns {
    pub(super) store: Store,
    pub(super) tables: Tables,
    pub(super) outside: Outside,
    pub(super) couriers: Couriers,
}

impl Sns {
    /// Nothing is delivered before `resume`.
    pub fn new(store: Store, tables: Tables, outside: Outside) -> Self {
        Self {
            store,
            tables,
            outside,
            couriers: Couriers::default(),
        }
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

    pub(super) fn subscription(
        &self,
        key: &SubscriptionKey,
    ) -> Result<Arc<Subscription>, NotFoundException> {
        let found = self.tables.subscriptions.get(key);
        found.ok_or_else(errors::no_subscription)
    }

    /// Changes a topic's row; `absent` is what is said when there is none.
    pub(super) async fn change_topic<E, A>(
        &self,
        key: TopicKey,
        absent: fn() -> A,
        change: impl FnOnce(&mut Topic) -> Result<(), E> + Send + 'static,
    ) -> Result<(), E>
    where
        E: From<A> + Send + 'static,
        A: Send + 'static,
    {
        let write = self.write(move |tables, tx| {
            let topic = tx.get(&tables.topics, &key).ok_or_else(absent)?;
            let mut topic = Topic::clone(&topic);
            change(&mut topic)?;
            tx.put(&tables.topics, key, topic);
            Ok(())
        });
        write.await
    }

    /// Changes a subscription's row.
    pub(super) async fn change_subscription<E>(
        &self,
        key: SubscriptionKey,
        change: impl FnOnce(&mut Subscription) -> Result<(), E> + Send + 'static,
    ) -> Result<(), E>
    where
        E: From<NotFoundException> + Send + 'static,
    {
        let write = self.write(move |tables, tx| {
            let row = tx.get(&tables.subscriptions, &key);
            let mut row = Subscription::clone(&*row.ok_or_else(errors::no_subscription)?);
            change(&mut row)?;
            tx.put(&tables.subscriptions, key, row);
            Ok(())
        });
        write.await
    }
}
