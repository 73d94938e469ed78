//! Declarations whose conditions, rules or triggers break a rule.
//!
//! Witness: contract codepipeline §4.3, §4.4 (stage-gate rules, trigger rules), §5.8. Texts are ours where the contract has none.

use super::rules::{STAGE, STRUCTURE};
use super::sample::{action, pipeline};
use crate::support::caller::{Refusal, refusal, with};
use serde_json::{Value, json};

/// The sample under `name` with one rule broken.
pub fn broken(name: &str) -> Vec<(Value, Refusal)> {
    let mut all = results(name);
    all.extend(rules(name));
    all.extend(references(name));
    all.extend(triggers(name));
    all.extend(old_triggers(name));
    all
}

fn rule(provider: &str, configuration: Value) -> Value {
    let id = json!({"category": "Rule", "owner": "AWS", "provider": provider, "version": "1"});
    json!({"name": "r", "ruleTypeId": id, "configuration": configuration})
}

fn check() -> Value {
    rule(
        "VariableCheck",
        json!({"Variable": "a", "Value": "b", "Operator": "EQ"}),
    )
}

fn gate(result: &str, rules: Value) -> Value {
    json!({"conditions": [{"result": result, "rules": rules}]})
}

fn results(name: &str) -> Vec<(Value, Refusal)> {
    let at = |member: &str, value: Value| with(pipeline(name), &format!("/stages/{member}"), value);
    let with_check = |result: &str| gate(result, json!([check()]));
    let alarm = rule("CloudWatchAlarm", json!({"AlarmName": "a"}));
    let all = json!({"retryMode": "ALL_ACTIONS"});
    let parallel = with(pipeline(name), "/executionMode", json!("PARALLEL"));
    let cases = [
        (
            at("0/beforeEntry", with_check("FAIL")),
            "The stage 'Source' cannot have an entry condition: it is the first stage",
        ),
        (
            at("1/beforeEntry", with_check("RETRY")),
            "The stage 'Build' cannot have the result RETRY in its entry condition",
        ),
        (
            at("1/beforeEntry", with_check("ROLLBACK")),
            "The stage 'Build' cannot have the result ROLLBACK in its entry condition",
        ),
        (
            at("1/beforeEntry", gate("SKIP", json!([alarm]))),
            "The stage 'Build' can only be skipped by the rules LambdaInvoke and VariableCheck",
        ),
        (
            at("1/onSuccess", with_check("SKIP")),
            "The stage 'Build' cannot have the result SKIP in its success condition",
        ),
        (
            at("1/onSuccess", with_check("RETRY")),
            "The stage 'Build' cannot have the result RETRY in its success condition",
        ),
        (
            at("1/onFailure", with_check("FAIL")),
            "The stage 'Build' cannot have the result FAIL in its failure condition",
        ),
        (
            at("1/onFailure", json!({"result": "SKIP"})),
            "The stage 'Build' can only have the failure results RETRY and ROLLBACK",
        ),
        (
            at("1/onFailure", json!({"result": "FAIL"})),
            "The stage 'Build' can only have the failure results RETRY and ROLLBACK",
        ),
        (
            at(
                "1/onFailure",
                json!({"result": "ROLLBACK", "retryConfiguration": all}),
            ),
            "The stage 'Build' has a retryConfiguration, which needs the failure result RETRY",
        ),
        (
            at("1/onFailure", json!({"retryConfiguration": all})),
            "The stage 'Build' has a retryConfiguration, which needs the failure result RETRY",
        ),
        (
            with(parallel, "/stages/1/onFailure", with_check("ROLLBACK")),
            "Failure conditions with rollback result type cannot be added to a PARALLEL pipeline.",
        ),
        (
            at("1/onSuccess", json!({"conditions": [{"result": "FAIL"}]})),
            "The stage 'Build' has a condition without rules",
        ),
        (
            at("1/onSuccess", gate("FAIL", json!([check(), check()]))),
            "The stage 'Build' uses the rule name 'r' more than once",
        ),
    ];
    cases.into_iter().map(told).collect()
}

fn told((declaration, said): (Value, &str)) -> (Value, Refusal) {
    (declaration, refusal(STAGE, said))
}

fn rules(name: &str) -> Vec<(Value, Refusal)> {
    let having = |rule: Value| {
        let gate = gate("FAIL", json!([rule]));
        with(pipeline(name), "/stages/1/beforeEntry", gate)
    };
    let second = with(check(), "/ruleTypeId/version", json!("2"));
    let commands = with(check(), "/commands", json!(["make"]));
    let input = |rule: Value, names: &[&str]| {
        let names: Value = names.iter().map(|name| json!({"name": name})).collect();
        with(rule, "/inputArtifacts", names)
    };
    let lambda = || rule("LambdaInvoke", json!({"FunctionName": "f"}));
    let cases = [
        (
            having(rule("Nope", json!({}))),
            "RuleType (Category: 'Rule', Provider: 'Nope', Owner: 'AWS', Version: '1') in rule 'r' is not available in region 'US_EAST_1'",
        ),
        (
            having(second),
            "RuleType (Category: 'Rule', Provider: 'VariableCheck', Owner: 'AWS', Version: '2') in rule 'r' is not available in region 'US_EAST_1'",
        ),
        (
            having(rule("DeploymentWindow", json!({"TimeZone": "UTC"}))),
            "Rule configuration for rule 'r' is missing required configuration 'Cron'",
        ),
        (
            having(rule(
                "LambdaInvoke",
                json!({"FunctionName": "f", "Colour": "red"}),
            )),
            "Rule configuration for rule 'r' contains unknown configuration 'Colour'",
        ),
        (
            having(rule("Commands", json!({}))),
            "The stage 'Build' has the rule 'r' without commands, which a Commands rule must have",
        ),
        (
            having(commands),
            "The stage 'Build' has the rule 'r' with commands, which only a Commands rule can have",
        ),
        (
            having(input(check(), &["Sources"])),
            "Rule r declares 1 input artifacts which is more than the maximum count (0)",
        ),
        (
            // What the stage itself makes is not there at its entry.
            having(input(lambda(), &["Sources", "Site"])),
            "Input Artifact Bundle Site in rule r is not declared as Output Artifact Bundle in any of the preceding actions",
        ),
    ];
    cases.into_iter().map(told).collect()
}

fn references(name: &str) -> Vec<(Value, Refusal)> {
    let using = |text: &str| {
        let rule = with(check(), "/configuration/Variable", json!(text));
        let named = with(
            pipeline(name),
            "/stages/1/actions/0/namespace",
            json!("Own"),
        );
        with(named, "/stages/1/beforeEntry", gate("FAIL", json!([rule])))
    };
    let variables = json!([{"name": "Y", "defaultValue": "1"}]);
    let place = |text: &str| {
        format!(
            "StageName=[Build], RuleName=[r], RuleConfigurationKey=[Variable], VariableReferenceText=[{text}]"
        )
    };
    let nowhere = format!(
        "Valid format for a pipeline execution variable reference is a namespace and a key separated by a period (.). The following pipeline execution variables are referencing a namespace that does not exist.\n{}",
        place("nope.X")
    );
    let late = format!(
        "Variables of the namespace 'Own' can only be used in rules that run after the action 'Compile'.\n{}",
        place("Own.X")
    );
    vec![
        (using("#{nope.X}"), refusal(STAGE, &nowhere)),
        (using("#{Own.X}"), refusal(STAGE, &late)),
        (
            with(using("#{variables.X}"), "/variables", variables),
            refusal(
                STRUCTURE,
                "The referenced variables haven't been declared.\n",
            ),
        ),
    ]
}

fn connection(name: &str) -> Value {
    let configuration =
        json!({"ConnectionArn": "c", "FullRepositoryId": "o/r", "BranchName": "main"});
    action(
        name,
        "Source",
        "CodeStarSourceConnection",
        configuration,
        &[],
        &[name],
    )
}

/// The sample with a source of that connection, and triggers.
fn triggered(name: &str, triggers: &[Value]) -> Value {
    let source = with(
        connection("Git"),
        "/outputArtifacts/0/name",
        json!("Sources"),
    );
    let connected = with(pipeline(name), "/stages/0/actions/0", source);
    with(connected, "/triggers", json!(triggers))
}

fn trigger(source: &str, filters: Value) -> Value {
    let mut git = filters;
    git["sourceActionName"] = json!(source);
    json!({"providerType": "CodeStarSourceConnection", "gitConfiguration": git})
}

fn triggers(name: &str) -> Vec<(Value, Refusal)> {
    let one = |filters: Value| triggered(name, &[trigger("Git", filters)]);
    let (some, paths) = (json!({"includes": ["a"]}), json!({"includes": ["src/**"]}));
    let push = || {
        trigger(
            "Git",
            json!({"push": [{"branches": {"includes": ["main"]}}]}),
        )
    };
    let cases = [
        (
            triggered(name, &[push(), push()]),
            "The source action 'Git' has more than one trigger",
        ),
        (
            one(json!({"push": [{"tags": some, "branches": some}]})),
            "A push filter of the source action 'Git' has tags together with branches or filePaths",
        ),
        (
            one(json!({"push": [{"tags": some, "filePaths": paths}]})),
            "A push filter of the source action 'Git' has tags together with branches or filePaths",
        ),
        (
            one(json!({"push": [{"filePaths": paths}]})),
            "A push filter of the source action 'Git' has filePaths without branches",
        ),
        (
            one(json!({"pullRequest": [{"events": ["OPEN"], "filePaths": paths}]})),
            "A pull request filter of the source action 'Git' has filePaths without branches",
        ),
        (
            one(json!({"push": [{"branches": some}, {"branches": some}]})),
            "The trigger of the source action 'Git' has two identical filters",
        ),
        (
            triggered(name, &[trigger("Nope", json!({}))]),
            "Triggers for connections must reference a CodeStarSourceConnection action.",
        ),
    ];
    let told = |(declaration, said): (Value, &str)| (declaration, refusal(STRUCTURE, said));
    let mut all: Vec<_> = cases.into_iter().map(told).collect();
    all.push(too_large(name));
    all
}

/// 200 KB need several sources, each with as many and as long patterns as the model allows.
fn too_large(name: &str) -> (Value, Refusal) {
    let patterns = |filter: usize| -> Value {
        let one = |at: usize| format!("{filter}{at}{}", "x".repeat(253));
        let list =
            |from: usize| -> Value { (from..from + 8).map(|at| json!(one(at % 10))).collect() };
        json!({"includes": list(0), "excludes": list(1)})
    };
    let push: Value = (0..3)
        .map(|at| json!({"branches": patterns(at), "filePaths": patterns(at)}))
        .collect();
    let names = ["Git", "G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "G9"];
    let triggers = names.map(|source| trigger(source, json!({"push": push})));
    let bytes = serde_json::to_vec(&triggers).unwrap().len();
    let mut declaration = triggered(name, &triggers);
    for source in &names[1..] {
        declaration = with(declaration, "/stages/0/actions/-", connection(source));
    }
    let said = format!("The triggers of the pipeline take {bytes} bytes; the limit is 204800");
    (declaration, refusal("LimitExceededException", &said))
}

/// Triggers of pipelines of type V1.
fn old_triggers(name: &str) -> Vec<(Value, Refusal)> {
    let some = json!({"includes": ["a"]});
    let cases = [
        (json!({"push": [{"tags": some}]}), "tag"),
        (json!({"push": [{"branches": some}]}), "branch"),
        (json!({"pullRequest": [{"branches": some}]}), "pull request"),
    ];
    let told = |(filters, event): (Value, &str)| {
        let declaration = triggered(name, &[trigger("Git", filters)]);
        let said = format!("Triggers on {event} can only be used with V2 pipelines");
        (
            with(declaration, "/pipelineType", json!("V1")),
            refusal(STRUCTURE, &said),
        )
    };
    cases.into_iter().map(told).collect()
}
