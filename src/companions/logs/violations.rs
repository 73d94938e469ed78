//! How CloudWatch Logs refuses a request that breaks its model: always `InvalidParameterException`.
//!
//! Witness: recorded answers to a limit that is too large and to a name that is too long.

use super::errors;
use crate::aws::constraint::sentence;
use slipway_runtime::smithy::HttpModeledError;
use slipway_runtime::{Constraint, Violation, Violations};

pub fn refuse(_operation: &'static str, violations: Violations) -> Box<dyn HttpModeledError> {
    let violations = violations.into_vec();
    let text = match violations.as_slice() {
        [single] if is_long_name(single) => {
            "Invalid LogGroup or LogStream, both must have length less than or equal to 512.".into()
        }
        all => sentence(all, head),
    };
    Box::new(errors::invalid(text))
}

fn is_long_name(violation: &Violation) -> bool {
    let long = matches!(violation.constraint, Constraint::LengthMax(_));
    long && matches!(violation.path.as_str(), "logGroupName" | "logStreamName")
}

fn head(violation: &Violation) -> String {
    match (&violation.value, &violation.constraint) {
        (Some(value), _) => format!("Value '{value}' at '{}'", violation.path),
        (None, Constraint::Required) => format!("Value null at '{}'", violation.path),
        (None, _) => format!("Value at '{}'", violation.path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slipway_runtime::Step;

    fn said(member: &'static str, value: &str, constraint: Constraint) -> String {
        let mut violations = Violations::new();
        let mut reader = violations.root();
        let mut reader = reader.then(Step::Member(member));
        reader.violated(Some(value.to_owned()), constraint);
        refuse("GetLogEvents", violations).to_string()
    }

    // Recorded answers.
    #[test]
    fn a_limit_too_large_and_a_name_too_long_are_refused_in_awss_words() {
        assert_eq!(
            said("limit", "10001", Constraint::RangeMax(10000)),
            "InvalidParameterException: 1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: \
             Member must have value less than or equal to 10000"
        );
        assert_eq!(
            said("logGroupName", &"x".repeat(513), Constraint::LengthMax(512)),
            "InvalidParameterException: Invalid LogGroup or LogStream, both must have length less than or equal to 512."
        );
    }
}
