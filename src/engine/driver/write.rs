//! The write of one step, on the store's thread: row, records, effects.
//!
//! Everything here is one commit, together with what the decision itself has written.

use super::Keep;
use super::rows::{DriverTables, Live, Posted};
use crate::engine::{Machine, Step};
use crate::store::Txn;
use std::sync::Arc;

/// An effect in the outbox.
pub(super) struct Posting<M: Machine> {
    pub key: M::Key,
    pub number: u64,
    pub effect: Arc<M::Effect>,
}

impl<M: Machine> DriverTables<M> {
    /// The row as this write sees it.
    pub(super) fn read(&self, key: &M::Key, tx: &Txn) -> Option<M::State> {
        let row = tx.get_divided(&self.live, key);
        row.map(|row| M::State::clone(&row.0))
    }

    /// Writes the step and yields the effects to start when it is durable.
    pub(super) fn apply(
        &self,
        key: &M::Key,
        step: Step<M>,
        keep: &dyn Keep<M>,
        tx: &mut Txn,
    ) -> Vec<Posting<M>> {
        match step.state {
            Some(state) => tx.put_divided(&self.live, key.clone(), Live(Arc::new(state))),
            None => tx.remove_divided(&self.live, key),
        }
        for record in step.records {
            keep.keep(tx, key, record);
        }
        let post = |effect| self.post(key, effect, tx);
        step.effects.into_iter().map(post).collect()
    }

    /// The sequence number that the next effect will have.
    pub(super) fn next_number(&self) -> u64 {
        let next = self.numbers.get(&M::NAME.to_owned());
        next.map_or(1, |next| *next)
    }

    fn post(&self, key: &M::Key, effect: M::Effect, tx: &mut Txn) -> Posting<M> {
        let name = M::NAME.to_owned();
        let number = tx.get(&self.numbers, &name).map_or(1, |next| *next);
        tx.put(&self.numbers, name, number + 1);
        let row = (key.clone(), number);
        let effect = Arc::new(effect);
        tx.put(&self.outbox, row, Posted(effect.clone()));
        Posting {
            key: key.clone(),
            number,
            effect,
        }
    }
}
