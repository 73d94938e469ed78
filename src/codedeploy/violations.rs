//! How CodeDeploy refuses a request that breaks its model (contract codedeploy §1.3, §1.4, §1.5).
//!
//! Invariant: one violation is told, with the exception of the member it lies under. First come missing members of the
//! request itself, an empty text counting as missing, then its other violations, each in the model's order; those in
//! structures below come last. (The adapter keeps these for the handler, which asks here when their turn has come.)

use codedeploy_api::SERVICE;
use slipway_runtime::smithy::{HttpModeledError, OperationSchema, Schema};
use slipway_runtime::{CommonError, Constraint, Violation, Violations};

use super::refused::Refused;

/// The answer to `violations` of `operation`: to the first in the contract's order.
pub fn refuse(operation: &'static str, violations: Violations) -> Box<dyn HttpModeledError> {
    Box::new(first(operation, &violations.into_vec()))
}

/// The answer to violations that were deferred to a handler, when their turn has come.
pub fn deferred(operation: &str, violations: &[Violation]) -> Result<(), CommonError> {
    match violations {
        [] => Ok(()),
        some => Err(CommonError::new(first(operation, some))),
    }
}

/// The violation that is told, as an error of the operation.
pub fn first(operation: &str, violations: &[Violation]) -> Refused {
    let schema = SERVICE
        .operations()
        .iter()
        .find(|schema| schema.shape_id().shape_name() == operation);
    let rank =
        |violation: &&Violation| (turn(violation), schema.and_then(|s| position(s, violation)));
    let Some(violation) = violations.iter().min_by_key(rank) else {
        return Refused::general("The request is not valid");
    };
    let candidates = is_missing(violation).then(|| missing(&violation.member));
    let mut candidates = candidates
        .into_iter()
        .chain([invalid(operation, violation)]);
    let listed = candidates.find_map(|(code, text)| Refused::listed(schema?, &code, &text));
    listed.unwrap_or_else(|| Refused::general(&sentence(violation)))
}

/// Missing members, then broken ones, then what lies deeper.
fn turn(violation: &Violation) -> u8 {
    let is_member = violation.path == violation.member;
    match (violation.is_nested(), is_member && is_missing(violation)) {
        (false, true) => 0,
        (false, false) => 1,
        (true, _) => 2,
    }
}

/// Where the model lists the member among those of the operation's input.
fn position(operation: &OperationSchema<'static>, violation: &Violation) -> Option<usize> {
    operation
        .input()
        .member_schema(&violation.member)
        .and_then(Schema::member_index)
}

/// A member of the request, or an element of a list that is one, that is absent or empty.
fn is_missing(violation: &Violation) -> bool {
    let is_empty = match violation.constraint {
        Constraint::Required => true,
        Constraint::LengthMin(_) => violation.value.as_deref() == Some(""),
        _ => false,
    };
    is_empty && !violation.is_nested()
}

/// Code and message, should the operation list the code.
fn missing(member: &str) -> (String, String) {
    let thing = match member {
        "serviceRoleArn" => "Role".to_owned(),
        "tags" | "Tags" | "TagKeys" => "Tag".to_owned(),
        "targetId" | "targetIds" => "DeploymentTargetId".to_owned(),
        member => thing(member),
    };
    let sentence = match thing.as_str() {
        "DeploymentGroupName" => "Deployment Group name is missing".to_owned(),
        "Revision" => "RevisionLocation must be specified".to_owned(),
        thing => format!("{} is missing", words(thing)),
    };
    (format!("{thing}RequiredException"), sentence)
}

/// Code and message.
fn invalid(operation: &str, violation: &Violation) -> (String, String) {
    let thing = invalid_thing(operation, &violation.member);
    (format!("Invalid{thing}Exception"), sentence(violation))
}

/// What the exception calls it: by its member's name, but for these.
fn invalid_thing(operation: &str, member: &str) -> String {
    let exceptional = match member {
        "ResourceArn" => "Arn",
        "alarmConfiguration" | "overrideAlarmConfiguration" => "AlarmConfig",
        "autoRollbackConfiguration" => "AutoRollbackConfig",
        "deployed" => "DeployedStateFilter",
        "deploymentMode" | "outdatedInstancesStrategy" => "Input",
        "ec2DeploymentOptions" => "AutoScalingGroupProcessToSuspend",
        "ec2TagFilters" | "ec2TagSet" => "EC2Tag",
        "ecsServices" => "ECSService",
        "includeOnlyStatuses" => "DeploymentStatus",
        "instanceId" | "instanceIds" => "InstanceName",
        "instanceStatusFilter" => "InstanceStatus",
        "instanceTypeFilter" => "InstanceType",
        "minimumHealthyHosts" => "MinimumHealthyHostValue",
        "onPremisesInstanceTagFilters" | "onPremisesTagSet" => "Tag",
        "serviceRoleArn" => "Role",
        "status" => "LifecycleEventHookExecutionStatus",
        "tags" if !operation.starts_with("Create") => "Tag",
        "tags" | "Tags" | "TagKeys" => "TagsToAdd",
        "targetFilters" => "TargetFilterName",
        "targetId" | "targetIds" => "DeploymentTargetId",
        "targetInstances" => "TargetInstances",
        "trafficRoutingConfig" => "TrafficRoutingConfiguration",
        "triggerConfigurations" => "TriggerConfig",
        "zonalConfig" => "ZonalDeploymentConfiguration",
        member => return thing(member),
    };
    exceptional.to_owned()
}

/// `newApplicationName`, `applicationNames` → `ApplicationName`
fn thing(member: &str) -> String {
    let renamed = ["new", "current"]
        .iter()
        .find_map(|prefix| member.strip_prefix(prefix));
    let stem = renamed
        .filter(|rest| rest.starts_with(char::is_uppercase))
        .unwrap_or(member);
    let plural = stem.strip_suffix('s').filter(|_| !stem.ends_with("Status"));
    let stem = plural.unwrap_or(stem);
    let mut chars = stem.chars();
    chars
        .next()
        .map(|first| first.to_ascii_uppercase())
        .into_iter()
        .chain(chars)
        .collect()
}

/// `DeploymentConfigName` → `Deployment config name`
fn words(thing: &str) -> String {
    let mut words = String::new();
    for c in thing.chars() {
        match c {
            c if c.is_ascii_uppercase() && !words.is_empty() => {
                words.extend([' ', c.to_ascii_lowercase()])
            }
            c => words.push(c),
        }
    }
    words.replace(" arn", " ARN").replace(" id", " ID")
}

fn sentence(
    Violation {
        path,
        value,
        constraint,
        ..
    }: &Violation,
) -> String {
    match (path.as_str(), constraint, value) {
        ("deploymentStyle.deploymentOption", Constraint::Enum(_), _) => {
            "Deployment option can only be WITH_TRAFFIC_CONTROL or WITHOUT_TRAFFIC_CONTROL"
                .to_owned()
        }
        (_, _, Some(value)) => {
            format!("The value '{value}' of '{path}' is not valid: {constraint}")
        }
        (_, _, None) => format!("'{path}' is not valid: {constraint}"),
    }
}

#[cfg(test)]
mod tests {
    use slipway_runtime::Step;

    use super::*;

    fn broken(
        violations: &mut Violations,
        path: &[Step<'_>],
        value: Option<&str>,
        constraint: Constraint,
    ) {
        let mut reader = violations.root();
        let mut reader = reader.then(path[0]);
        let value = value.map(str::to_owned);
        match path.get(1) {
            None => reader.violated(value, constraint),
            Some(below) => reader.then(*below).violated(value, constraint),
        }
    }

    fn said(operation: &'static str, all: &[(&[Step<'_>], Option<&str>, Constraint)]) -> String {
        let mut violations = Violations::new();
        for (path, value, constraint) in all {
            broken(&mut violations, path, *value, constraint.clone());
        }
        refuse(operation, violations).to_string()
    }

    // Witness: contract codedeploy §1.4.
    #[test]
    fn known_sentences_are_said_word_for_word() {
        assert_eq!(
            said(
                "CreateDeploymentGroup",
                &[(
                    &[Step::Member("deploymentGroupName")],
                    None,
                    Constraint::Required
                )]
            ),
            "DeploymentGroupNameRequiredException: Deployment Group name is missing"
        );
        assert_eq!(
            said(
                "RegisterApplicationRevision",
                &[(&[Step::Member("revision")], None, Constraint::Required)]
            ),
            "RevisionRequiredException: RevisionLocation must be specified"
        );
        let option = [
            Step::Member("deploymentStyle"),
            Step::Member("deploymentOption"),
        ];
        assert_eq!(
            said(
                "CreateDeploymentGroup",
                &[(&option, Some("x"), Constraint::Enum(&["A"]))]
            ),
            "InvalidDeploymentStyleException: Deployment option can only be WITH_TRAFFIC_CONTROL or WITHOUT_TRAFFIC_CONTROL"
        );
    }

    // Witness: contract codedeploy §1.3 (`""` is missing), §1.5 step 1.
    #[test]
    fn missing_members_come_first_and_in_the_models_order() {
        let all: [(&[Step<'_>], _, _); 4] = [
            (
                &[Step::Member("ec2TagFilters"), Step::Element(1)],
                None,
                Constraint::Required,
            ),
            (
                &[Step::Member("deploymentConfigName")],
                Some("a b"),
                Constraint::Pattern("[a]"),
            ),
            (
                &[Step::Member("deploymentGroupName")],
                None,
                Constraint::Required,
            ),
            (
                &[Step::Member("applicationName")],
                Some(""),
                Constraint::LengthMin(1),
            ),
        ];
        let told = (1..=4)
            .rev()
            .map(|count| said("CreateDeploymentGroup", &all[..count]));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                "ApplicationNameRequiredException: Application name is missing",
                "DeploymentGroupNameRequiredException: Deployment Group name is missing",
                "InvalidDeploymentConfigNameException: The value 'a b' of 'deploymentConfigName' is not valid: Member must \
                 satisfy regular expression pattern: [a]",
                "InvalidEC2TagException: 'ec2TagFilters.1.member' is not valid: Member must not be null",
            ]
        );
    }

    #[test]
    fn words_are_split_at_capitals() {
        assert_eq!(
            ["ResourceArn", "DeploymentTargetId", "Role"].map(words),
            ["Resource ARN", "Deployment target ID", "Role"]
        );
    }
}
