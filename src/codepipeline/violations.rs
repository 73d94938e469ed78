//! How CodePipeline refuses a request that breaks its model (contract codepipeline §1.4).
//!
//! Invariant: one `ValidationException` joins all violations, and no offending value is ever echoed.

use codepipeline_api::error::ValidationException;
use slipway_runtime::smithy::HttpModeledError;
use slipway_runtime::{Constraint, Violation, Violations};

use crate::aws::constraint::sentence;

/// The answer to `violations`, whatever the operation.
pub fn refuse(_operation: &'static str, violations: Violations) -> Box<dyn HttpModeledError> {
    Box::new(ValidationException::new(sentence(
        &violations.into_vec(),
        head,
    )))
}

/// Members that are required although the generated code lets them be absent: each by its path, and whether it is there.
pub fn present(members: &[(&str, bool)]) -> Result<(), ValidationException> {
    let absent: Vec<Violation> = members
        .iter()
        .filter(|(_, is_there)| !is_there)
        .map(|(path, _)| Violation {
            path: (*path).to_owned(),
            member: path.split('.').next().unwrap_or_default().to_owned(),
            depth: path.split('.').count(),
            value: None,
            constraint: Constraint::Required,
        })
        .collect();
    match absent.is_empty() {
        true => Ok(()),
        false => Err(ValidationException::new(sentence(&absent, head))),
    }
}

fn head(violation: &Violation) -> String {
    format!("Value at '{}'", violation.path)
}

#[cfg(test)]
mod tests {
    use slipway_runtime::Step;

    use super::*;

    const ACTION: [Step<'static>; 5] = [
        Step::Member("pipeline"),
        Step::Member("stages"),
        Step::Element(1),
        Step::Member("actions"),
        Step::Element(2),
    ];

    /// Breaks `constraint` at the action's member; the offending value is one that must not be told.
    fn broken(violations: &mut Violations, member: &str, constraint: Constraint) {
        let mut reader = violations.root();
        let mut reader = reader.then(ACTION[0]);
        let mut reader = reader.then(ACTION[1]);
        let mut reader = reader.then(ACTION[2]);
        let mut reader = reader.then(ACTION[3]);
        let mut reader = reader.then(ACTION[4]);
        reader
            .then(Step::Member(member))
            .violated(Some("hush".to_owned()), constraint);
    }

    // Witness of all: the captured sentences of contract codepipeline §1.4.
    #[test]
    fn one_violation_is_one_error() {
        let mut violations = Violations::new();
        broken(&mut violations, "name", Constraint::Enum(&["KMS"]));
        assert_eq!(
            refuse("CreatePipeline", violations).to_string(),
            "ValidationException: 1 validation error detected: Value at \
             'pipeline.stages.1.member.actions.2.member.name' failed to satisfy constraint: Member must satisfy enum \
             value set: [KMS]"
        );
    }

    #[test]
    fn several_violations_are_joined() {
        let mut violations = Violations::new();
        broken(&mut violations, "runOrder", Constraint::RangeMax(999));
        let values = vec![Constraint::LengthMax(1000), Constraint::LengthMin(1)];
        broken(
            &mut violations,
            "configuration",
            Constraint::MapValues(values),
        );
        assert_eq!(
            refuse("CreatePipeline", violations).to_string(),
            "ValidationException: 2 validation errors detected: Value at \
             'pipeline.stages.1.member.actions.2.member.runOrder' failed to satisfy constraint: Member must have value \
             less than or equal to 999; Value at 'pipeline.stages.1.member.actions.2.member.configuration' failed to \
             satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to \
             1000, Member must have length greater than or equal to 1]"
        );
    }
}
