//! A machine in pure memory with time of its own: what the driver does, without a store, a world or a wait.
//!
//! A test scripts it: commands and events now, the world's answers later, time as far as wished. Whoever watches sees every
//! step with the state before and after. With `twice` set, each event is delivered a second time right away.

use super::{EffectId, Machine, Step};
use crate::aws::Time;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// One step as the watcher sees it.
pub struct Moment<'a, M: Machine> {
    pub now: Time,
    pub key: &'a M::Key,
    pub before: Option<&'a M::State>,
    pub after: Option<&'a M::State>,
    pub records: &'a [M::Record],
    pub effects: &'a [M::Effect],
}

/// An effect that is asked for, with what the world needs to answer.
pub struct Asked<M: Machine> {
    pub id: EffectId,
    pub key: M::Key,
    pub effect: M::Effect,
}

type Watcher<M> = Box<dyn FnMut(Moment<'_, M>)>;

/// The machine's rows, its outbox and news on the way.
pub struct Sim<M: Machine> {
    pub now: Time,
    /// Deliver every event twice.
    pub twice: bool,
    rows: BTreeMap<M::Key, M::State>,
    outbox: VecDeque<Asked<M>>,
    news: BTreeMap<(Time, u64), (M::Key, M::Event)>,
    effects: u64,
    serial: u64,
    watcher: Watcher<M>,
}

impl<M: Machine> Sim<M> {
    pub fn new(start: Time, watcher: impl FnMut(Moment<'_, M>) + 'static) -> Self {
        Self {
            now: start,
            twice: false,
            rows: BTreeMap::new(),
            outbox: VecDeque::new(),
            news: BTreeMap::new(),
            effects: 0,
            serial: 0,
            watcher: Box::new(watcher),
        }
    }

    pub fn state(&self, key: &M::Key) -> Option<&M::State> {
        self.rows.get(key)
    }

    /// A command, as `Driver::command` runs it.
    pub fn command<T, E>(
        &mut self,
        key: &M::Key,
        decide: impl FnOnce(Option<M::State>, Time) -> Result<(Step<M>, T), E>,
    ) -> Result<T, E> {
        let before = self.rows.get(key).cloned();
        let (step, answer) = decide(before.clone(), self.now)?;
        self.apply(key, before, step);
        Ok(answer)
    }

    /// News, now.
    pub fn event(&mut self, key: &M::Key, event: M::Event) {
        if self.twice {
            self.deliver(key, event.clone());
        }
        self.deliver(key, event);
    }

    /// News after a while.
    pub fn later(&mut self, after: Duration, key: &M::Key, event: M::Event) {
        self.serial += 1;
        let place = (self.now + after, self.serial);
        self.news.insert(place, (key.clone(), event));
    }

    /// The oldest effect that nobody has performed.
    pub fn asked(&mut self) -> Option<Asked<M>> {
        self.outbox.pop_front()
    }

    /// Goes to the next moment at which something happens, `until` at the latest: news arrives or a deadline has come.
    /// False: nothing happens before `until`, and it is `until` now.
    pub fn advance(&mut self, until: Time) -> bool {
        let news = self.news.first_key_value().map(|((time, _), _)| *time);
        let deadlines = self
            .rows
            .iter()
            .filter_map(|(key, row)| Some((M::deadline(row)?, key.clone())));
        let deadline = deadlines.min();
        let next = news
            .into_iter()
            .chain(deadline.iter().map(|(time, _)| *time))
            .min();
        let Some(next) = next.filter(|next| *next <= until) else {
            self.now = self.now.max(until);
            return false;
        };
        self.now = self.now.max(next);
        match (news, deadline) {
            (Some(time), _) if time <= next => {
                if let Some((_, (key, event))) = self.news.pop_first() {
                    self.event(&key, event);
                }
            }
            (_, Some((_, key))) => self.event(&key, M::tick()),
            _ => (),
        }
        true
    }

    fn deliver(&mut self, key: &M::Key, event: M::Event) {
        if let Some(before) = self.rows.get(key).cloned() {
            let step = M::step(before.clone(), self.now, event);
            self.apply(key, Some(before), step);
        }
    }

    fn apply(&mut self, key: &M::Key, before: Option<M::State>, step: Step<M>) {
        (self.watcher)(Moment {
            now: self.now,
            key,
            before: before.as_ref(),
            after: step.state.as_ref(),
            records: &step.records,
            effects: &step.effects,
        });
        match step.state {
            Some(state) => self.rows.insert(key.clone(), state),
            None => self.rows.remove(key),
        };
        for effect in step.effects {
            self.effects += 1;
            self.outbox.push_back(Asked {
                id: EffectId::new(M::NAME, self.effects),
                key: key.clone(),
                effect,
            });
        }
    }
}
