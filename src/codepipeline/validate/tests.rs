//! One broken rule at a time, with the service's wording. Witness: contract, codepipeline sections 4.2 to 4.4.

use super::{Invalid, check, versions::needs_v2};
use crate::codepipeline::action_types::Types;
use codepipeline_api::model::PipelineDeclaration;
use serde_json::{Value, json};

/// A valid pipeline of three stages.
fn valid() -> Value {
    json!({
        "name": "p", "roleArn": "arn:aws:iam::000000000000:role/r",
        "artifactStore": {"type": "S3", "location": "bucket"},
        "stages": [
            {"name": "Source", "actions": [action("S", "Source", "S3", json!({"S3Bucket": "b", "S3ObjectKey": "k"}), &[], &["A"])]},
            {"name": "Build", "actions": [action("B", "Build", "CodeBuild", json!({"ProjectName": "x"}), &["A"], &["O"])]},
            {"name": "Deploy", "actions": [action("D", "Deploy", "S3", json!({"BucketName": "b", "Extract": "true"}), &["O"], &[])]},
        ],
    })
}

fn action(
    name: &str,
    category: &str,
    provider: &str,
    configuration: Value,
    inputs: &[&str],
    outputs: &[&str],
) -> Value {
    let named =
        |names: &[&str]| -> Vec<Value> { names.iter().map(|name| json!({"name": name})).collect() };
    json!({
        "name": name, "configuration": configuration,
        "actionTypeId": {"category": category, "owner": "AWS", "provider": provider, "version": "1"},
        "inputArtifacts": named(inputs), "outputArtifacts": named(outputs),
    })
}

/// Sets `value` at a JSON pointer whose last part may be new, or appends where the last part is `-`.
fn with(mut pipeline: Value, pointer: &str, value: Value) -> Value {
    let (parent, last) = pointer.rsplit_once('/').expect("a pointer");
    match pipeline.pointer_mut(parent).expect("the parent exists") {
        Value::Array(list) if last == "-" => list.push(value),
        Value::Array(list) => list[last.parse::<usize>().expect("an index")] = value,
        Value::Object(map) => {
            map.insert(last.into(), value);
        }
        other => panic!("no place in {other}"),
    }
    pipeline
}

fn judge(pipeline: Value) -> Result<(), Invalid> {
    let pipeline: PipelineDeclaration = serde_json::from_value(pipeline).expect("fits the model");
    check(&pipeline, "us-east-1", None, &Types::default())
}

#[track_caller]
fn refused(pipeline: Value, expected: Invalid) {
    assert_eq!(judge(pipeline), Err(expected));
}

#[test]
fn a_valid_pipeline_passes() {
    assert_eq!(judge(valid()), Ok(()));
}

#[test]
fn stages_are_counted() {
    let source = valid()["stages"][0].clone();
    refused(
        with(valid(), "/stages", json!([source])),
        Invalid::Structure(
            "Pipeline has only 1 stage(s). There should be a minimum of 2 stages in a pipeline"
                .into(),
        ),
    );
    let many: Vec<Value> = (0..51)
        .map(|at| json!({"name": format!("s{at}"), "actions": []}))
        .collect();
    refused(
        with(valid(), "/stages", json!(many)),
        Invalid::Structure(
            "Pipeline has too many stages. There can only be up to 50 stages in a pipeline".into(),
        ),
    );
}

#[test]
fn sources_come_first_and_only_there() {
    let build = valid()["stages"][1]["actions"][0].clone();
    refused(
        with(valid(), "/stages/0/actions/-", build),
        Invalid::Structure(
            "Pipeline should start with a stage that only contains source actions".into(),
        ),
    );
    let source = valid()["stages"][0]["actions"][0].clone();
    refused(
        with(valid(), "/stages/1/actions/-", source),
        Invalid::Structure(
            "Source actions can only be included in the first stage of the pipeline".into(),
        ),
    );
    let stages = json!([valid()["stages"][0], {"name": "Empty", "actions": []}]);
    refused(
        with(valid(), "/stages", stages),
        Invalid::Structure(
            "Pipeline should contain at least 1 action whose category is not Source".into(),
        ),
    );
}

#[test]
fn names_are_unique() {
    refused(
        with(valid(), "/stages/1/name", json!("Source")),
        Invalid::Stage("Stage name 'Source' is used more than once".into()),
    );
    let twin = valid()["stages"][2]["actions"][0].clone();
    refused(
        with(valid(), "/stages/2/actions/-", twin),
        Invalid::Action("Action name 'D' is used more than once".into()),
    );
}

#[test]
fn action_types_and_their_configuration_are_known() {
    refused(
        with(valid(), "/stages/1/actions/0/actionTypeId/provider", json!("Nope")),
        Invalid::Action("ActionType (Category: 'Build', Provider: 'Nope', Owner: 'AWS', Version: '1') in action 'B' is not available in region 'US_EAST_1'".into()),
    );
    refused(
        with(valid(), "/stages/1/actions/0/configuration", json!({})),
        Invalid::Action(
            "Action configuration for action 'B' is missing required configuration 'ProjectName'"
                .into(),
        ),
    );
    refused(
        with(
            valid(),
            "/stages/1/actions/0/configuration/Colour",
            json!("red"),
        ),
        Invalid::Action(
            "Action configuration for action 'B' contains unknown configuration 'Colour'".into(),
        ),
    );
}

#[test]
fn artifacts_are_counted_made_and_unique() {
    refused(
        with(valid(), "/stages/1/actions/0/inputArtifacts", json!([])),
        Invalid::Action(
            "Action B declares 0 input artifacts which is less than the minimum count (1)".into(),
        ),
    );
    refused(
        with(
            valid(),
            "/stages/2/actions/0/outputArtifacts",
            json!([{"name": "X"}]),
        ),
        Invalid::Action(
            "Action D declares 1 output artifacts which is more than the maximum count (0)".into(),
        ),
    );
    refused(
        with(valid(), "/stages/1/actions/0/inputArtifacts", json!([{"name": "Z"}])),
        Invalid::Action("Input Artifact Bundle Z in action B is not declared as Output Artifact Bundle in any of the preceding actions".into()),
    );
    refused(
        with(valid(), "/stages/1/actions/0/outputArtifacts", json!([{"name": "A"}])),
        Invalid::Action("Output Artifact Bundle name must be unique within the pipeline. A has been used more than once".into()),
    );
}

#[test]
fn a_lower_run_order_in_the_same_stage_makes_an_input() {
    let mut second = valid()["stages"][1]["actions"][0].clone();
    second["name"] = json!("B2");
    second["runOrder"] = json!(2);
    second["inputArtifacts"] = json!([{"name": "O"}]);
    second["outputArtifacts"] = json!([]);
    assert_eq!(
        judge(with(valid(), "/stages/1/actions/-", second.clone())),
        Ok(())
    );
    second["runOrder"] = json!(1);
    let refusal = judge(with(valid(), "/stages/1/actions/-", second));
    assert!(
        matches!(refusal, Err(Invalid::Action(text)) if text.starts_with("Input Artifact Bundle O in action B2"))
    );
}

#[test]
fn every_region_has_its_artifact_store() {
    let elsewhere = || with(valid(), "/stages/1/actions/0/region", json!("eu-west-1"));
    assert!(
        matches!(judge(elsewhere()), Err(Invalid::Structure(text)) if text.starts_with("Your pipeline contains actions in more than one region."))
    );
    let mut stores = elsewhere();
    stores
        .as_object_mut()
        .expect("an object")
        .remove("artifactStore");
    let stores = with(
        stores,
        "/artifactStores",
        json!({"us-east-1": {"type": "S3", "location": "bucket"}}),
    );
    refused(
        stores.clone(),
        Invalid::Structure("Your pipeline must have an artifact store, such as an artifact bucket, for each region where you have an action. The following region is missing in 'pipeline.artifactStores': eu-west-1.".into()),
    );
    let both = with(
        stores,
        "/artifactStores/eu-west-1",
        json!({"type": "S3", "location": "other"}),
    );
    assert_eq!(judge(both), Ok(()));
}

#[test]
fn secrets_are_kept_only_where_one_is_stored() {
    let github = json!({"Owner": "o", "Repo": "r", "Branch": "b", "OAuthToken": "****"});
    let mut pipeline = valid();
    pipeline["stages"][0]["actions"][0] = action("S", "Source", "GitHub", github, &[], &["A"]);
    pipeline["stages"][0]["actions"][0]["actionTypeId"]["owner"] = json!("ThirdParty");
    refused(
        pipeline.clone(),
        Invalid::Action("Action configuration for the new action 'S' contains an invalid configuration for the secret property 'OAuthToken'. '****' may be used in secret properties only when updating an existing action.".into()),
    );
    let stored = with(
        pipeline.clone(),
        "/stages/0/actions/0/configuration/OAuthToken",
        json!("token"),
    );
    let parse = |value| serde_json::from_value(value).expect("fits the model");
    assert_eq!(
        check(
            &parse(pipeline),
            "us-east-1",
            Some(&parse(stored)),
            &Types::default()
        ),
        Ok(())
    );
}

#[test]
fn approvals_name_topics_of_their_region() {
    let approval = |topic: &str| {
        let action = action(
            "Ask",
            "Approval",
            "Manual",
            json!({"NotificationArn": topic}),
            &[],
            &[],
        );
        judge(with(valid(), "/stages/1/actions/-", action))
    };
    let text = |result| match result {
        Err(Invalid::Action(text)) => text,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        text(approval("topic")),
        "The ARN topic you specified for sending notifications for the approval action Ask contains a format error."
    );
    assert!(
        text(approval("arn:aws:sqs:us-east-1:000000000000:q"))
            .ends_with("cannot be used to send approval requests.")
    );
    assert!(
        text(approval("arn:aws:sns:eu-west-1:000000000000:t"))
            .ends_with("but the ARN is not in the same region as the pipeline.")
    );
    assert_eq!(
        approval("arn:aws:sns:us-east-1:999999999999:t.fifo"),
        Ok(())
    );
    assert_eq!(
        approval("#{variables.X}").map_err(|_| ()),
        Err(()),
        "the namespace is judged all the same"
    );
}

#[test]
fn only_approvals_have_a_timeout() {
    let pipeline = with(valid(), "/stages/1/actions/0/timeoutInMinutes", json!(10));
    assert!(
        matches!(judge(pipeline), Err(Invalid::Action(text)) if text.contains("timeoutInMinutes"))
    );
}

#[test]
fn references_name_what_exists() {
    let using = |text: &str| {
        with(
            valid(),
            "/stages/1/actions/0/configuration/EnvironmentVariables",
            json!(text),
        )
    };
    refused(
        using("#{nope.X}"),
        Invalid::Action("Valid format for a pipeline execution variable reference is a namespace and a key separated by a period (.). The following pipeline execution variables are referencing a namespace that does not exist.\nStageName=[Build], ActionName=[B], ActionConfigurationKey=[EnvironmentVariables], VariableReferenceText=[nope.X]".into()),
    );
    assert_eq!(judge(using("#{codepipeline.PipelineExecutionId}")), Ok(()));
    let declared = |text: &str| with(using(text), "/variables", json!([{"name": "Y"}]));
    refused(
        declared("#{variables.X}"),
        Invalid::Structure("The referenced variables haven't been declared.\n".into()),
    );
    assert_eq!(judge(declared("a#{variables.Y}b")), Ok(()));
    let source = with(
        declared(""),
        "/stages/0/actions/0/configuration/S3ObjectKey",
        json!("#{variables.Y}"),
    );
    assert!(
        matches!(judge(source), Err(Invalid::Structure(text)) if text.starts_with("Variables at the pipeline level cannot be used in source actions.\nStageName=[Source]"))
    );
    let named = with(
        using("#{Src.VersionId}"),
        "/stages/0/actions/0/namespace",
        json!("Src"),
    );
    assert_eq!(judge(named), Ok(()));
}

#[test]
fn namespaces_are_unique_and_not_reserved() {
    let named = |name: &str| with(valid(), "/stages/0/actions/0/namespace", json!(name));
    assert_eq!(judge(named("variables")), Ok(()));
    let reserved = with(named("variables"), "/variables", json!([{"name": "Y"}]));
    assert!(
        matches!(judge(reserved), Err(Invalid::Structure(text)) if text.starts_with("One or more of the chosen namespaces is reserved."))
    );
    assert!(matches!(
        judge(named("codepipeline")),
        Err(Invalid::Structure(_))
    ));
    let twice = with(named("N"), "/stages/1/actions/0/namespace", json!("N"));
    assert!(matches!(judge(twice), Err(Invalid::Action(_))));
    assert!(matches!(judge(named("A")), Err(Invalid::Action(_))));
}

#[test]
fn pipelines_of_type_v1_have_nothing_of_v2() {
    let v1 = || with(valid(), "/pipelineType", json!("V1"));
    assert_eq!(judge(v1()), Ok(()));
    let cases = [
        (
            "/executionMode",
            json!("QUEUED"),
            "QUEUED or PARALLEL mode can only be used with V2 pipelines",
        ),
        (
            "/variables",
            json!([{"name": "X"}]),
            "Pipeline variable can only be used with V2 pipelines",
        ),
    ];
    for (pointer, value, text) in cases {
        refused(
            with(v1(), pointer, value.clone()),
            Invalid::Structure(text.into()),
        );
        let untyped: PipelineDeclaration =
            serde_json::from_value(with(valid(), pointer, value)).expect("fits");
        assert!(needs_v2(&untyped), "{pointer}");
    }
    let gate = with(v1(), "/stages/1/onFailure", json!({"result": "RETRY"}));
    refused(
        gate,
        Invalid::Stage("Stage level conditions can only be used with V2 pipelines.".into()),
    );
    let commands = action("C", "Compute", "Commands", json!({}), &[], &[]);
    refused(
        with(v1(), "/stages/1/actions/-", commands),
        Invalid::Action("Commands Action can only be used with V2 pipelines.".into()),
    );
}

#[test]
fn gates_have_the_results_that_fit_them() {
    let gate = |name: &str, value: Value| judge(with(valid(), &format!("/stages/1/{name}"), value));
    let condition = |result: &str| {
        let rule = json!({"name": "r", "ruleTypeId": {"category": "Rule", "owner": "AWS", "provider": "VariableCheck", "version": "1"}, "configuration": {"Variable": "a", "Value": "b", "Operator": "EQ"}});
        json!({"conditions": [{"result": result, "rules": [rule]}]})
    };
    assert_eq!(gate("beforeEntry", condition("SKIP")), Ok(()));
    assert!(gate("beforeEntry", condition("RETRY")).is_err());
    assert_eq!(gate("onSuccess", condition("ROLLBACK")), Ok(()));
    assert!(gate("onSuccess", condition("SKIP")).is_err());
    assert!(gate("onFailure", json!({"result": "SKIP"})).is_err());
    assert!(
        gate(
            "onFailure",
            json!({"result": "ROLLBACK", "retryConfiguration": {"retryMode": "ALL_ACTIONS"}})
        )
        .is_err()
    );
    let mut both = condition("ROLLBACK");
    both["result"] = json!("RETRY");
    assert_eq!(
        gate("onFailure", both),
        Err(Invalid::Stage("The following stage cannot have a failure exit gate configured with both top level result and conditions: 'Build'".into()))
    );
    let parallel = with(valid(), "/executionMode", json!("PARALLEL"));
    refused(
        with(
            parallel,
            "/stages/1/onFailure",
            json!({"result": "ROLLBACK"}),
        ),
        Invalid::Stage(
            "Failure conditions with rollback result type cannot be added to a PARALLEL pipeline."
                .into(),
        ),
    );
}

#[test]
fn triggers_name_a_connection() {
    let trigger = |source: &str| json!([{"providerType": "CodeStarSourceConnection", "gitConfiguration": {"sourceActionName": source, "push": [{"branches": {"includes": ["main"]}}]}}]);
    refused(
        with(valid(), "/triggers", trigger("S")),
        Invalid::Structure(
            "Triggers for connections must reference a CodeStarSourceConnection action.".into(),
        ),
    );
    let connection = json!({"ConnectionArn": "c", "FullRepositoryId": "o/r", "BranchName": "main"});
    let mut pipeline = valid();
    pipeline["stages"][0]["actions"][0] = action(
        "S",
        "Source",
        "CodeStarSourceConnection",
        connection,
        &[],
        &["A"],
    );
    assert_eq!(
        judge(with(pipeline.clone(), "/triggers", trigger("S"))),
        Ok(())
    );
    let mut paths = trigger("S");
    paths[0]["gitConfiguration"]["push"] = json!([{"filePaths": {"includes": ["src/**"]}}]);
    assert!(judge(with(pipeline, "/triggers", paths)).is_err());
}
