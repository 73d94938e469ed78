//! Declarations whose actions break a rule of their own type: custom types, Commands, other regions.
//!
//! Witness: contract codepipeline §1.1, §3.3, §4.2 rules 9 to 13, 21, 22. The custom type `Forge` is there.

use super::rules::ACTION;
use super::sample::{action, pipeline, with_custom, with_secret};
use crate::support::caller::{Refusal, refusal, with};
use serde_json::{Value, json};

/// The sample under `name` with one rule broken.
pub fn broken(name: &str) -> Vec<(Value, Refusal)> {
    let mut all = custom(name);
    all.extend(compute(name));
    all.extend(across_regions(name));
    all
}

fn custom(name: &str) -> Vec<(Value, Refusal)> {
    let at = |member: &str, value: Value| {
        let pointer = format!("/stages/1/actions/1/{member}");
        with(
            with_custom(pipeline(name), "Forge", "hush"),
            &pointer,
            value,
        )
    };
    let three = json!([{"name": "Sources"}, {"name": "Site"}, {"name": "X"}]);
    let cases = [
        (
            with_custom(pipeline(name), "Nope", "hush"),
            "ActionType (Category: 'Build', Provider: 'Nope', Owner: 'Custom', Version: '1') in action 'Custom' is not available in region 'US_EAST_1'",
        ),
        (
            at("actionTypeId/version", json!("2")),
            "ActionType (Category: 'Build', Provider: 'Forge', Owner: 'Custom', Version: '2') in action 'Custom' is not available in region 'US_EAST_1'",
        ),
        (
            at("configuration", json!({"Token": "hush"})),
            "Action configuration for action 'Custom' is missing required configuration 'Job'",
        ),
        (
            at("configuration/Colour", json!("red")),
            "Action configuration for action 'Custom' contains unknown configuration 'Colour'",
        ),
        (
            at("inputArtifacts", json!([])),
            "Action Custom declares 0 input artifacts which is less than the minimum count (1)",
        ),
        (
            at("inputArtifacts", three),
            "Action Custom declares 3 input artifacts which is more than the maximum count (2)",
        ),
        (
            at("configuration/Token", json!("****")),
            "Action configuration for the new action 'Custom' contains an invalid configuration for the secret property 'Token'. '****' may be used in secret properties only when updating an existing action.",
        ),
    ];
    let told = |(declaration, said): (Value, &str)| (declaration, refusal(ACTION, said));
    cases.into_iter().map(told).collect()
}

fn compute(name: &str) -> Vec<(Value, Refusal)> {
    let commands = action("Run", "Compute", "Commands", json!({}), &[], &[]);
    let mut all = vec![(
        with(pipeline(name), "/stages/1/actions/-", commands),
        refusal(
            ACTION,
            "Action 'Run' must have commands: it is a Commands action",
        ),
    )];
    let variables = json!([{"name": "A", "value": "1"}]);
    let files = json!([{"name": "Site", "files": ["out/**"]}]);
    for (member, value, told) in [
        ("commands", json!(["make"]), "commands"),
        ("outputVariables", json!(["X"]), "outputVariables"),
        ("environmentVariables", variables, "environmentVariables"),
        ("outputArtifacts", files, "files of output artifacts"),
    ] {
        let pointer = format!("/stages/1/actions/0/{member}");
        let said = format!("Action 'Compile' has {told}, which only Commands actions can have");
        let declaration = with(pipeline(name), &pointer, value);
        all.push((declaration, refusal(ACTION, &said)));
    }
    all
}

fn across_regions(name: &str) -> Vec<(Value, Refusal)> {
    let moved = |pipeline: Value, action: &str| {
        with(pipeline, &format!("{action}/region"), json!("eu-west-1"))
    };
    let cases = [
        (moved(pipeline(name), "/stages/0/actions/0"), "Zip"),
        (
            moved(with_secret(pipeline(name), "hush"), "/stages/0/actions/0"),
            "Git",
        ),
        (
            moved(
                with_custom(pipeline(name), "Forge", "hush"),
                "/stages/1/actions/1",
            ),
            "Custom",
        ),
    ];
    let told = |(declaration, action): (Value, &str)| {
        let said = format!(
            "Action '{action}' cannot run in another region: only actions owned by AWS that are not source actions can"
        );
        (declaration, refusal(ACTION, &said))
    };
    cases.into_iter().map(told).collect()
}
