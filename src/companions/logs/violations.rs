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
