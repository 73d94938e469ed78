//! Commands that somebody runs in a live sandbox: one after the other, each with its output and exit code.
//!
//! Commands and their output may be secret and stay out of `Debug`.

use crate::aws::Time;
use serde::{Deserialize, Serialize};

/// One command.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandRun {
    /// A lower-case UUID.
    pub id: String,
    /// 1, 2, 3, … in its sandbox.
    pub number: u64,
    pub command: String,
    pub submitted: Time,
    pub started: Option<Time>,
    pub ended: Option<Time>,
    pub status: CommandStatus,
    pub ran: CommandRan,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CommandStatus {
    Submitted,
    InProgress,
    Succeeded,
    Failed,
}

/// What a command left behind; what was kept of its output.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandRan {
    /// Absent when it did not come to an end of its own.
    pub exit: Option<i32>,
    pub out: String,
    pub err: String,
}

impl CommandRun {
    pub fn new(id: String, number: u64, command: String, now: Time) -> Self {
        Self {
            id,
            number,
            command,
            submitted: now,
            started: None,
            ended: None,
            status: CommandStatus::Submitted,
            ran: CommandRan::default(),
        }
    }

    pub fn start(&mut self, now: Time) {
        self.started = Some(now.max(self.submitted));
        self.status = CommandStatus::InProgress;
    }

    pub fn end(&mut self, now: Time, ran: CommandRan) {
        self.ended = Some(now.max(self.started.unwrap_or(self.submitted)));
        self.status = match ran.exit {
            Some(0) => CommandStatus::Succeeded,
            _ => CommandStatus::Failed,
        };
        self.ran = ran;
    }
}

impl CommandStatus {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            CommandStatus::Submitted => "SUBMITTED",
            CommandStatus::InProgress => "IN_PROGRESS",
            CommandStatus::Succeeded => "SUCCEEDED",
            CommandStatus::Failed => "FAILED",
        }
    }
}

impl std::fmt::Debug for CommandRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CommandRun")
            .field("id", &self.id)
            .field("number", &self.number)
            .field("status", &self.status)
            .field("ran", &self.ran)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for CommandRan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CommandRan")
            .field("exit", &self.exit)
            .finish_non_exhaustive()
    }
}
