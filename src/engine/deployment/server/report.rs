//! How an event of an instance ended, as `diagnostics` show it.
//!
//! Source: contract, codedeploy sections 5.4, 5.6 and 8.7.

use serde::{Deserialize, Serialize};

/// What the agent or the server says of an event that has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub code: Code,
    pub script: String,
    pub message: String,
    /// The newest lines, at most [`LONGEST_LOG`] bytes.
    pub log: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Code {
    Success,
    ScriptMissing,
    ScriptNotExecutable,
    ScriptTimedOut,
    ScriptFailed,
    UnknownError,
}

/// Bytes of a log that are kept.
pub const LONGEST_LOG: usize = 4096;
/// Bytes of a message or a script's name.
const LONGEST_TEXT: usize = 4096;

impl Report {
    /// Nothing is said of scripts that succeed.
    pub fn success() -> Self {
        Self {
            code: Code::Success,
            script: String::new(),
            message: "Succeeded".to_owned(),
            log: String::new(),
        }
    }

    pub fn unknown(message: impl Into<String>) -> Self {
        Self {
            code: Code::UnknownError,
            script: String::new(),
            message: message.into(),
            log: String::new(),
        }
    }

    /// Nobody has fetched the command.
    pub fn silent() -> Self {
        Self::unknown(
            "CodeDeploy agent was not able to receive the lifecycle event. Check the CodeDeploy agent logs on your host and make sure \
             the agent is running and can connect to the CodeDeploy server.",
        )
    }

    /// The event has taken longer than any may.
    pub fn took_too_long(event: &str) -> Self {
        Self {
            code: Code::ScriptTimedOut,
            ..Self::unknown(format!(
                "The lifecycle event {event} did not finish within one hour."
            ))
        }
    }

    /// A failure as an agent tells it, under the number that agents give it.
    pub fn failure(number: i64, script: &str, message: &str, log: &str) -> Self {
        Self {
            code: match number {
                1 => Code::ScriptMissing,
                2 => Code::ScriptNotExecutable,
                3 => Code::ScriptTimedOut,
                4 | 6 => Code::ScriptFailed,
                _ => Code::UnknownError,
            },
            script: beginning(script, LONGEST_TEXT).to_owned(),
            message: beginning(message, LONGEST_TEXT).to_owned(),
            log: end(log, LONGEST_LOG).to_owned(),
        }
    }
}

impl Code {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::ScriptMissing => "ScriptMissing",
            Self::ScriptNotExecutable => "ScriptNotExecutable",
            Self::ScriptTimedOut => "ScriptTimedOut",
            Self::ScriptFailed => "ScriptFailed",
            Self::UnknownError => "UnknownError",
        }
    }
}

fn beginning(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

fn end(text: &str, bytes: usize) -> &str {
    let from = text.len().saturating_sub(bytes);
    &text[text.ceil_char_boundary(from)..]
}

#[cfg(test)]
mod tests {
    use super::*;

    // Witness: contract codedeploy §8.7.
    #[test]
    fn numbers_of_agents_have_their_codes() {
        let codes = [0, 1, 2, 3, 4, 5, 6, 7, 99, -1].map(|number| {
            let report = Report::failure(number, "s", "m", "l");
            report.code.as_str()
        });
        assert_eq!(
            codes,
            [
                "UnknownError",
                "ScriptMissing",
                "ScriptNotExecutable",
                "ScriptTimedOut",
                "ScriptFailed",
                "UnknownError",
                "ScriptFailed",
                "UnknownError",
                "UnknownError",
                "UnknownError"
            ]
        );
    }

    #[test]
    fn logs_keep_their_newest_part_and_whole_letters() {
        let log = format!("{}é", "é".repeat(3000));
        let report = Report::failure(4, "s", "m", &format!("x{log}"));
        assert_eq!(report.log.len(), LONGEST_LOG);
        assert!(report.log.chars().all(|letter| letter == 'é'));
    }
}
