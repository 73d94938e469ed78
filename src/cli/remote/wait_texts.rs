//! Waits in words.

use super::waits::{Gate, Wait};
use crate::cli::words;
use jiff::Timestamp;

impl Gate {
    fn name(self) -> &'static str {
        match self {
            Self::BeforeEntry => "beforeEntry",
            Self::OnSuccess => "onSuccess",
            Self::OnFailure => "onFailure",
        }
    }
}

impl Wait {
    /// What a person may type to end the wait.
    pub fn command(&self) -> Option<&str> {
        match self {
            Self::Approval { command, .. } | Self::Transition { command, .. } => Some(command),
            Self::Condition { command, .. } => command.as_deref(),
            Self::Action { .. } | Self::Queue { .. } => None,
        }
    }

    /// Alike for the same wait at different times.
    pub fn key(&self) -> String {
        match self {
            Self::Action { stage, action, .. } => format!("action {stage} {action}"),
            Self::Approval { token, .. } => format!("approval {token}"),
            Self::Transition { stage, out_of, .. } => format!("transition {stage} {out_of:?}"),
            Self::Queue {
                stage,
                place,
                behind,
            } => format!("queue {stage} {place} {behind:?}"),
            Self::Condition {
                stage, gate, rule, ..
            } => format!("condition {stage} {gate:?} {rule}"),
        }
    }

    /// One sentence, without a full stop; ages are as of `now`.
    pub fn sentence(&self, now: Timestamp) -> String {
        let age = |since: &Option<Timestamp>| words::since(*since, now);
        match self {
            Self::Action {
                stage,
                action,
                provider,
                since,
                external_execution_id,
            } => {
                let id = words::prefixed(", ", external_execution_id.as_deref());
                format!("{stage} / {action} runs{} ({provider}{id})", age(since))
            }
            Self::Approval {
                stage,
                action,
                since,
                note,
                link,
                ..
            } => {
                let note = words::prefixed(": ", note.as_deref());
                let link = words::prefixed(" ", link.as_deref());
                format!(
                    "{stage} / {action} waits for an approval{}{note}{link}",
                    age(since)
                )
            }
            Self::Transition {
                stage,
                out_of: Some(before),
                ..
            } => format!("waits in front of {stage}: the way out of {before} is closed"),
            Self::Transition {
                stage,
                reason,
                by,
                since,
                ..
            } => {
                let by = words::prefixed(" by ", by.as_deref());
                let reason = words::prefixed(": ", reason.as_deref());
                format!(
                    "the way into {stage} has been closed{}{by}{reason}",
                    age(since)
                )
            }
            Self::Queue {
                stage,
                place,
                behind,
            } => {
                let behind = words::prefixed(", behind ", behind.as_deref());
                format!("waits in front of {stage} as number {place}{behind}")
            }
            Self::Condition {
                stage,
                gate,
                rule,
                provider,
                since,
                summary,
                ..
            } => {
                let gate = words::prefixed(" ", gate.map(Gate::name));
                let kind = provider
                    .as_deref()
                    .map(|of| format!(" ({of})"))
                    .unwrap_or_default();
                let summary = words::prefixed(": ", summary.as_deref());
                format!(
                    "{stage} waits for its condition{gate}, rule {rule}{kind}{}{summary}",
                    age(since)
                )
            }
        }
    }
}
