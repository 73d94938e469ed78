//! What is stored: alarms, their history, and actions that are still to be performed.
//!
//! Invariant: a definition is kept as it was sent, but for its tags and whether its actions are enabled, which change by themselves.

use crate::aws::{Scope, Time};
use crate::store::{Builder, Index, Records, Table, Txn};
use cloudwatch_api::input::PutMetricAlarmInput;
use cloudwatch_api::model::{HistoryItemType, StateValue};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

pub type AlarmKey = (Scope, String);
/// The time of an event, and its number in its scope.
pub type Moment = (Time, u64);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// Without tags.
    pub definition: PutMetricAlarmInput,
    pub actions_enabled: bool,
    pub configured: Time,
    pub state: State,
    pub tags: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub value: StateValue,
    pub reason: String,
    /// JSON.
    pub data: Option<String>,
    pub updated: Time,
    /// When the value last became another one.
    pub transitioned: Time,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub kind: HistoryItemType,
    pub summary: String,
    /// JSON.
    pub data: String,
}

/// An action that follows from a change of state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Action {
    pub alarm: AlarmKey,
    /// The ARN of what is to act.
    pub target: String,
    pub subject: String,
    pub message: String,
}

/// Clones share their rows.
#[derive(Clone)]
pub struct Tables {
    pub alarms: Table<AlarmKey, Alarm>,
    /// By scope, namespace and name of the metric.
    pub by_metric: Index<(Scope, String, String), AlarmKey>,
    pub history: Records<(Scope, String, Time, u64), Event>,
    /// Names of alarms by what happened when.
    pub timeline: Records<(Scope, Time, u64), String>,
    pub actions: Table<u64, Action>,
    counters: Table<u64, u64>,
}

const LAST_EVENT: u64 = 0;
const LAST_ACTION: u64 = 1;

impl Tables {
    pub fn declare(builder: &mut Builder) -> Self {
        let alarms = builder.table("cloudwatch.alarms");
        Self {
            by_metric: builder.index(&alarms, metrics),
            alarms,
            history: builder.records("cloudwatch.history"),
            timeline: builder.records("cloudwatch.timeline"),
            actions: builder.table("cloudwatch.actions"),
            counters: builder.table("cloudwatch.counters"),
        }
    }

    pub fn next_event(&self, tx: &mut Txn) -> u64 {
        self.next(tx, LAST_EVENT)
    }

    /// Notes an action and gives its number.
    pub fn add_action(&self, tx: &mut Txn, action: Action) -> u64 {
        let number = self.next(tx, LAST_ACTION);
        tx.put(&self.actions, number, action);
        number
    }

    fn next(&self, tx: &mut Txn, counter: u64) -> u64 {
        let next = tx.get(&self.counters, &counter).map_or(0, |last| *last) + 1;
        tx.put(&self.counters, counter, next);
        next
    }
}

fn metrics(key: &AlarmKey, alarm: &Alarm) -> Vec<(Scope, String, String)> {
    let (namespace, name) = (&alarm.definition.namespace, &alarm.definition.metric_name);
    let metric = namespace.clone().zip(name.clone());
    let metric = metric.map(|(namespace, name)| (key.0.clone(), namespace, name));
    metric.into_iter().collect()
}

/// Keys of all alarms of a scope whose names begin with `prefix`, and perhaps of some after them.
pub fn alarms_from(scope: &Scope, prefix: &str) -> RangeInclusive<AlarmKey> {
    let last = char::MAX.to_string().repeat(64);
    (scope.clone(), prefix.to_owned())..=(scope.clone(), last)
}
