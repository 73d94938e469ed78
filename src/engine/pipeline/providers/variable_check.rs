//! VariableCheck: compares a resolved text with an expected one, at once.
//
// Differs from AWS: regular expressions of VariableCheck rules have no look-around and no back-references; a rule with them fails and says so.

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
    let holds = holds(variable, operator, value)?;
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

fn holds(variable: &str, operator: &str, value: &str) -> Result<bool, ActionError> {
    match operator {
        "EQ" => Ok(variable == value),
        "NE" => Ok(variable != value),
        "CONTAINS" => Ok(variable.contains(value)),
        "MATCHES" => matches(value, variable),
        _ => Err(ActionError::configuration(format!(
            "The Operator '{operator}' is not one of EQ, NE, CONTAINS, MATCHES."
        ))),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Witness: contract §5.8, VariableCheck.
    #[test]
    fn each_operator_compares_in_its_way() {
        for (variable, operator, value, expected) in [
            ("main", "EQ", "main", true),
            ("main", "EQ", "Main", false),
            ("main", "NE", "release", true),
            ("main", "NE", "main", false),
            ("feature/x", "CONTAINS", "/", true),
            ("feature/x", "CONTAINS", "main", false),
            ("release-12", "MATCHES", "release-[0-9]+", true),
            ("release-12-rc", "MATCHES", "release-[0-9]+", false),
            ("a", "MATCHES", "b|a", true),
        ] {
            let holds = holds(variable, operator, value);
            assert_eq!(holds, Ok(expected), "{variable} {operator} {value}");
        }
    }

    /// Witness: our reading; an error tells what is wrong, and a large pattern is one.
    #[test]
    fn what_cannot_be_compared_is_an_error_of_the_configuration() {
        for (operator, value, said) in [
            (
                "eq",
                "a",
                "The Operator 'eq' is not one of EQ, NE, CONTAINS, MATCHES.",
            ),
            ("MATCHES", "(", "The Value is not a regular expression: "),
            (
                "MATCHES",
                "(?=a)a",
                "The Value is not a regular expression: ",
            ),
            (
                "MATCHES",
                "((a{99}){99}){99}",
                "The Value is not a regular expression: ",
            ),
        ] {
            let error = holds("a", operator, value).unwrap_err();
            assert_eq!(error.code, ErrorCode::ConfigurationError);
            assert!(error.message.starts_with(said), "{}", error.message);
        }
    }
}
