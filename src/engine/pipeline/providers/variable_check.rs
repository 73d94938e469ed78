//! VariableCheck: compares a resolved text with an expected one, at once.

use super::super::event::Success;
use super::super::prepare::{Job, Start};
use super::super::run::{ActionError, ActionResult, ErrorCode};
use regex::RegexBuilder;

/// The most memory that a pattern may be compiled to, in bytes.
const MAX_PATTERN: usize = 1 << 20;

pub(super) fn start(job: &Job) -> Result<Start, ActionError> {
    let variable = job.config("Variable").unwrap_or_default();
    let value = job.config("Value").unwrap_or_default();
    let operator = job.required("Operator")?;
    let holds = match operator {
        "EQ" => variable == value,
        "NE" => variable != value,
        "CONTAINS" => variable.contains(value),
        "MATCHES" => matches(value, variable)?,
        _ => {
            return Err(ActionError::configuration(format!(
                "The Operator '{operator}' is not one of EQ, NE, CONTAINS, MATCHES."
            )));
        }
    };
    let text = format!("'{variable}' {operator} '{value}'");
    if !holds {
        return Err(ActionError::new(
            ErrorCode::JobFailed,
            format!("The variable check {text} does not hold."),
        ));
    }
    Ok(Start {
        done: Some(Success {
            result: ActionResult {
                summary: Some(format!("The variable check {text} holds.")),
                ..ActionResult::default()
            },
            ..Success::default()
        }),
        ..Start::default()
    })
}

/// The whole text must match, as with Java's `matches`.
fn matches(pattern: &str, text: &str) -> Result<bool, ActionError> {
    let whole = RegexBuilder::new(&format!("^(?:{pattern})$"))
        .size_limit(MAX_PATTERN)
        .build();
    whole.map(|whole| whole.is_match(text)).map_err(|error| {
        ActionError::configuration(format!("The Value is not a regular expression: {error}"))
    })
}
