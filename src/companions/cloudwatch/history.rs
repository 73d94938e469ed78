//! What happened to alarms, found by alarm and by time. It outlives the alarm.
//!
//! Invariant: every event is in both orders; those older than [`KEPT`] go with the events that come after them.

use super::companion::CloudWatch;
use super::rows::{AlarmKey, Event, Moment, Tables};
use crate::aws::{Scope, Time, page};
use crate::store::{Direction, StoreError, Txn};
use cloudwatch_api::model::HistoryItemType;
use std::ops::Bound;
use std::time::Duration;

/// AWS shows the last thirty days.
const KEPT: Duration = Duration::from_secs(30 * 86_400);
/// Old events that one write removes, and events that are read together.
const AT_ONCE: usize = 16;
const CHUNK: usize = 200;

/// Notes an event, as part of a write.
pub fn note(tables: &Tables, tx: &mut Txn, key: &AlarmKey, now: Time, event: Event) {
    forget(tables, tx, &key.0, now);
    let number = tables.next_event(tx);
    let (scope, name) = key.clone();
    let place = (scope.clone(), name.clone(), now, number);
    tx.put_record(&tables.history, place, event);
    tx.put_record(&tables.timeline, (scope, now, number), name);
}

fn forget(tables: &Tables, tx: &mut Txn, scope: &Scope, now: Time) {
    let old = first(scope)..(scope.clone(), now - KEPT, 0);
    for (place, name) in tx.range_records(&tables.timeline, old, Direction::Forward, AT_ONCE) {
        let (scope, time, number) = place.clone();
        tx.remove_record(&tables.history, &(scope, name, time, number));
        tx.remove_record(&tables.timeline, &place);
    }
}

fn first(scope: &Scope) -> (Scope, Time, u64) {
    (scope.clone(), Time::from_millis(i64::MIN), 0)
}

/// Which events are asked for.
pub struct Query {
    pub scope: Scope,
    pub alarm: Option<String>,
    pub kind: Option<HistoryItemType>,
    pub from: Time,
    pub to: Time,
    pub direction: Direction,
}

/// One event as it is found.
#[derive(Clone, Debug)]
pub struct Found {
    pub alarm: String,
    pub moment: Moment,
    pub event: Event,
}

impl CloudWatch {
    /// At most `limit` events after a moment, in the query's direction.
    pub(super) fn events(
        &self,
        query: &Query,
        after: Option<Moment>,
        limit: usize,
    ) -> Result<Vec<Found>, StoreError> {
        let (mut found, mut after) = (Vec::new(), after);
        loop {
            let chunk = self.chunk(query, after)?;
            let Some(last) = chunk.last().map(|found| found.moment) else {
                return Ok(found);
            };
            after = Some(last);
            for event in chunk {
                if query.kind.is_none_or(|kind| kind == event.event.kind) {
                    found.push(event);
                }
                if found.len() == limit {
                    return Ok(found);
                }
            }
        }
    }

    fn chunk(&self, query: &Query, after: Option<Moment>) -> Result<Vec<Found>, StoreError> {
        let (first, last) = ((query.from, 0), (query.to, u64::MAX));
        let (start, end) = page::after(first, last, after, query.direction);
        match &query.alarm {
            Some(alarm) => {
                let at = |(time, number)| (query.scope.clone(), alarm.clone(), time, number);
                let range = (start.map(at), end.map(at));
                let rows = self.tables.history.range(range, query.direction, CHUNK)?;
                let found = |((_, alarm, time, number), event)| Found {
                    alarm,
                    moment: (time, number),
                    event,
                };
                Ok(rows.into_iter().map(found).collect())
            }
            None => self.chunk_of_all(query, (start, end)),
        }
    }

    fn chunk_of_all(
        &self,
        query: &Query,
        bounds: (Bound<Moment>, Bound<Moment>),
    ) -> Result<Vec<Found>, StoreError> {
        let at = |(time, number)| (query.scope.clone(), time, number);
        let range = (bounds.0.map(at), bounds.1.map(at));
        let mut found = Vec::new();
        for ((scope, time, number), alarm) in
            self.tables.timeline.range(range, query.direction, CHUNK)?
        {
            let place = (scope, alarm.clone(), time, number);
            // Gone between the two reads: it was too old.
            if let Some(event) = self.tables.history.get(&place)? {
                found.push(Found {
                    alarm,
                    moment: (time, number),
                    event,
                });
            }
        }
        Ok(found)
    }
}
