//! How CodeBuild refuses a request that breaks its model (contract codebuild §1.1, §1.2).
//!
//! Invariant: always `InvalidInputException`. A single violation for which the service has a sentence of its own is told
//! with that; all others, and several at once, with the general sentence, which echoes texts and numbers that are no secrets.

use codebuild_api::error::InvalidInputException;
use slipway_runtime::smithy::HttpModeledError;
use slipway_runtime::{Constraint, Violation, Violations};

use crate::aws::constraint::sentence;

/// How projects, builds and batches call the time that a build may take.
const TIMEOUTS: [&str; 3] = [
    "timeoutInMinutes",
    "timeoutInMinutesOverride",
    "buildTimeoutInMinutesOverride",
];

/// The answer to `violations` of `operation`.
pub fn refuse(operation: &'static str, violations: Violations) -> Box<dyn HttpModeledError> {
    let violations = violations.into_vec();
    let own = match violations.as_slice() {
        [single] => own_sentence(operation, single),
        _ => None,
    };
    Box::new(InvalidInputException::new(
        own.unwrap_or_else(|| sentence(&violations, head)),
    ))
}

fn head(violation: &Violation) -> String {
    match (&violation.value, &violation.constraint) {
        (Some(value), _) => format!("Value '{value}' at '{}'", violation.path),
        (None, Constraint::Required) => format!("Value null at '{}'", violation.path),
        (None, _) => format!("Value at '{}'", violation.path),
    }
}

/// Sentences for the time of a build (contract codebuild §0) and for projects (§1.2).
fn own_sentence(operation: &str, violation: &Violation) -> Option<String> {
    let out_of_range = matches!(
        violation.constraint,
        Constraint::RangeMin(_) | Constraint::RangeMax(_)
    );
    if out_of_range && TIMEOUTS.contains(&violation.path.as_str()) {
        return Some("Invalid timeout. Should be between 5 minutes and 36 hours".to_owned());
    }
    if !matches!(operation, "CreateProject" | "UpdateProject") {
        return None;
    }
    let value = violation.value.as_deref().unwrap_or_default();
    Some(match (violation.path.as_str(), &violation.constraint) {
        ("name", Constraint::Pattern(_)) => {
            "Only alphanumeric characters, dash, and underscore are supported".to_owned()
        }
        ("source.type", Constraint::Enum(_)) => {
            "Invalid type provided: Project source type".to_owned()
        }
        ("artifacts.type", Constraint::Enum(_)) => {
            "Invalid type provided: Artifact type".to_owned()
        }
        ("environment.type", Constraint::Enum(_)) => format!("Invalid type provided: {value}"),
        ("environment.computeType", Constraint::Enum(_)) => {
            format!("Invalid compute type provided: {value}")
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use slipway_runtime::Step;

    use super::*;

    fn broken(
        violations: &mut Violations,
        path: [&str; 2],
        value: Option<&str>,
        constraint: Constraint,
    ) {
        let mut reader = violations.root();
        let mut reader = reader.then(Step::Member(path[0]));
        let value = value.map(str::to_owned);
        match path[1] {
            "" => reader.violated(value, constraint),
            below => reader.then(Step::Member(below)).violated(value, constraint),
        }
    }

    // Witness: contract codebuild §1.2, last row.
    #[test]
    fn the_general_sentence_echoes_the_value_and_says_null_for_a_missing_member() {
        let mut violations = Violations::new();
        broken(
            &mut violations,
            ["timeoutInMinutes", ""],
            Some("4"),
            Constraint::RangeMin(5),
        );
        broken(&mut violations, ["source", ""], None, Constraint::Required);
        broken(
            &mut violations,
            ["environment", "image"],
            None,
            Constraint::LengthMin(1),
        );
        assert_eq!(
            refuse("CreateProject", violations).to_string(),
            "InvalidInputException: 3 validation errors detected: Value '4' at 'timeoutInMinutes' failed to satisfy \
             constraint: Member must have value greater than or equal to 5; Value null at 'source' failed to satisfy \
             constraint: Member must not be null; Value at 'environment.image' failed to satisfy constraint: Member must \
             have length greater than or equal to 1"
        );
    }

    // Witness: contract codebuild §0: the text for a timeout; what is no number is told with the general sentence.
    #[test]
    fn the_time_of_a_build_has_a_sentence_of_its_own() {
        let said = |path, constraint| {
            let mut violations = Violations::new();
            broken(&mut violations, [path, ""], Some("4"), constraint);
            refuse("UpdateProject", violations).to_string()
        };
        let expected =
            "InvalidInputException: Invalid timeout. Should be between 5 minutes and 36 hours";
        assert_eq!(said("timeoutInMinutes", Constraint::RangeMin(5)), expected);
        assert_eq!(
            said("timeoutInMinutes", Constraint::RangeMax(2160)),
            expected
        );
        assert!(said("queuedTimeoutInMinutes", Constraint::RangeMin(5)).contains("constraint"));
        assert!(said("timeoutInMinutes", Constraint::Required).contains("must not be null"));
    }

    // Witness: contract codebuild §1.2, rows "Bad project name" and "Unknown enum".
    #[test]
    fn projects_have_sentences_of_their_own() {
        let said = |path, constraint| {
            let mut violations = Violations::new();
            broken(&mut violations, path, Some("x"), constraint);
            refuse("CreateProject", violations).to_string()
        };
        let unknown = || Constraint::Enum(&["S3"]);
        assert_eq!(
            said(["name", ""], Constraint::Pattern("[a]")),
            "InvalidInputException: Only alphanumeric characters, dash, and underscore are supported"
        );
        assert_eq!(
            [
                ["source", "type"],
                ["artifacts", "type"],
                ["environment", "type"],
                ["environment", "computeType"]
            ]
            .map(|path| said(path, unknown())),
            [
                "InvalidInputException: Invalid type provided: Project source type",
                "InvalidInputException: Invalid type provided: Artifact type",
                "InvalidInputException: Invalid type provided: x",
                "InvalidInputException: Invalid compute type provided: x",
            ]
        );
    }
}
