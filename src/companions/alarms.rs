//! Alarms as engines see them, and who hears of their changes.
//!
//! Invariant: listeners hear of a change after it is durable.

use crate::aws::Scope;

/// An alarm as engines see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmInfo {
    pub name: String,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state: String,
}

/// An alarm has come from one state into another; states as in `AlarmInfo`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmChanged {
    pub scope: Scope,
    pub name: String,
    pub old: String,
    /// `None`: it is gone.
    pub new: Option<String>,
}

/// Receives news of changed alarms, after the change is durable; returns quickly (it hands the news on).
pub trait AlarmListener: Send + Sync + 'static {
    fn alarm_changed(&self, news: &AlarmChanged);
}
