//! Declarations that break one rule each, with what CreatePipeline and UpdatePipeline say.
//!
//! Witness: contract codepipeline §4.2 to §4.4, texts in the service's wording where it is known there.

use super::sample::{action, custom_type, pipeline, with_secret};
use super::{gate_rules, type_rules};
use crate::support::caller::{Caller, Refusal, refusal, with};
use serde_json::{Value, json};

pub const STRUCTURE: &str = "InvalidStructureException";
pub const STAGE: &str = "InvalidStageDeclarationException";
pub const ACTION: &str = "InvalidActionDeclarationException";

/// The operation refuses the sample under `name` with every rule broken, one after the other.
pub async fn each_is_told(caller: &Caller, operation: &str, name: &str) {
    caller
        .ok("CreateCustomActionType", custom_type("Forge"))
        .await;
    let all = [
        broken(name),
        type_rules::broken(name),
        gate_rules::broken(name),
    ];
    for (declaration, expected) in all.into_iter().flatten() {
        let said = caller
            .refused(operation, json!({"pipeline": declaration}))
            .await;
        assert_eq!(said, expected);
    }
}

/// The sample under `name` with one rule broken.
fn broken(name: &str) -> Vec<(Value, Refusal)> {
    let mut all = stages(name);
    all.extend(actions(name));
    all.extend(stores(name));
    all.extend(variables(name));
    all.extend(versions(name));
    all.extend(gates(name));
    all
}

fn of(name: &str, pointer: &str, value: Value) -> Value {
    with(pipeline(name), pointer, value)
}

fn stages(name: &str) -> Vec<(Value, Refusal)> {
    let stage = |at: usize| pipeline(name)["stages"][at].clone();
    let inner = |at: usize| pipeline(name)["stages"][at]["actions"][0].clone();
    let many: Vec<Value> = (0..51)
        .map(|at| json!({"name": format!("s{at}"), "actions": []}))
        .collect();
    let empty = json!({"name": "Empty", "actions": []});
    vec![
        (
            of(name, "/stages", json!([stage(0)])),
            refusal(
                STRUCTURE,
                "Pipeline has only 1 stage(s). There should be a minimum of 2 stages in a pipeline",
            ),
        ),
        (
            of(name, "/stages", json!([])),
            refusal(
                STRUCTURE,
                "Pipeline has only 0 stage(s). There should be a minimum of 2 stages in a pipeline",
            ),
        ),
        (
            of(name, "/stages", json!(many)),
            refusal(
                STRUCTURE,
                "Pipeline has too many stages. There can only be up to 50 stages in a pipeline",
            ),
        ),
        (
            of(name, "/stages/0/actions/-", inner(1)),
            refusal(
                STRUCTURE,
                "Pipeline should start with a stage that only contains source actions",
            ),
        ),
        (
            of(name, "/stages/1/actions/-", inner(0)),
            refusal(
                STRUCTURE,
                "Source actions can only be included in the first stage of the pipeline",
            ),
        ),
        (
            of(name, "/stages", json!([stage(0), empty])),
            refusal(
                STRUCTURE,
                "Pipeline should contain at least 1 action whose category is not Source",
            ),
        ),
        (
            of(name, "/stages/1/name", json!("Source")),
            refusal(STAGE, "Stage name 'Source' is used more than once"),
        ),
        (
            of(name, "/stages/2/actions/-", inner(2)),
            refusal(ACTION, "Action name 'Publish' is used more than once"),
        ),
        (
            of(name, "/stages/2/actions", json!([])),
            refusal(STAGE, "Stage 'Deploy' should contain at least 1 action"),
        ),
        (
            of(name, "/stages/2/actions", approvals(51)),
            refusal(
                STAGE,
                "Stage 'Deploy' has too many actions. There can only be up to 50 actions in a stage",
            ),
        ),
        (
            of(name, "/stages/2/actions", approvals(999)),
            refusal(
                "LimitExceededException",
                "Pipeline has too many actions. There can only be up to 1000 actions in a pipeline",
            ),
        ),
        (
            of(
                name,
                "/stages/2/blockers",
                json!([{"name": "b", "type": "Schedule"}, {"name": "b", "type": "Schedule"}]),
            ),
            refusal(
                "InvalidBlockerDeclarationException",
                "Blocker name 'b' is used more than once",
            ),
        ),
    ]
}

fn approvals(count: usize) -> Value {
    let one = |at| action(&format!("a{at}"), "Approval", "Manual", json!({}), &[], &[]);
    (0..count).map(one).collect()
}

fn actions(name: &str) -> Vec<(Value, Refusal)> {
    let build = "/stages/1/actions/0";
    let at = |member: &str, value: Value| of(name, &format!("{build}/{member}"), value);
    let asking = |topic: &str| {
        let ask = action(
            "Ask",
            "Approval",
            "Manual",
            json!({"NotificationArn": topic}),
            &[],
            &[],
        );
        of(name, "/stages/2/actions/-", ask)
    };
    vec![
        (
            at("actionTypeId/provider", json!("Nope")),
            refusal(
                ACTION,
                "ActionType (Category: 'Build', Provider: 'Nope', Owner: 'AWS', Version: '1') in action 'Compile' is not available in region 'US_EAST_1'",
            ),
        ),
        (
            at("configuration", json!({})),
            refusal(
                ACTION,
                "Action configuration for action 'Compile' is missing required configuration 'ProjectName'",
            ),
        ),
        (
            at("configuration/Colour", json!("red")),
            refusal(
                ACTION,
                "Action configuration for action 'Compile' contains unknown configuration 'Colour'",
            ),
        ),
        (
            at("inputArtifacts", json!([])),
            refusal(
                ACTION,
                "Action Compile declares 0 input artifacts which is less than the minimum count (1)",
            ),
        ),
        (
            of(
                name,
                "/stages/2/actions/0/outputArtifacts",
                json!([{"name": "X"}]),
            ),
            refusal(
                ACTION,
                "Action Publish declares 1 output artifacts which is more than the maximum count (0)",
            ),
        ),
        (
            at("inputArtifacts", json!([{"name": "Z"}])),
            refusal(
                ACTION,
                "Input Artifact Bundle Z in action Compile is not declared as Output Artifact Bundle in any of the preceding actions",
            ),
        ),
        (
            at("outputArtifacts", json!([{"name": "Sources"}])),
            refusal(
                ACTION,
                "Output Artifact Bundle name must be unique within the pipeline. Sources has been used more than once",
            ),
        ),
        (
            with_secret(pipeline(name), "****"),
            refusal(
                ACTION,
                "Action configuration for the new action 'Git' contains an invalid configuration for the secret property 'OAuthToken'. '****' may be used in secret properties only when updating an existing action.",
            ),
        ),
        (
            at("timeoutInMinutes", json!(10)),
            refusal(
                ACTION,
                "Action 'Compile' has a timeoutInMinutes, which only manual approval actions can have",
            ),
        ),
        (
            asking("topic"),
            refusal(
                ACTION,
                "The ARN topic you specified for sending notifications for the approval action Ask contains a format error.",
            ),
        ),
        (
            asking("arn:aws:sqs:us-east-1:000000000000:q"),
            refusal(
                ACTION,
                "The ARN arn:aws:sqs:us-east-1:000000000000:q has been specified for sending notifications for the approval action Ask, but the AWS service for this ARN cannot be used to send approval requests.",
            ),
        ),
        (
            asking("arn:aws:sns:eu-west-1:000000000000:t"),
            refusal(
                ACTION,
                "The ARN arn:aws:sns:eu-west-1:000000000000:t has been specified for sending notifications for the approval action Ask, but the ARN is not in the same region as the pipeline.",
            ),
        ),
    ]
}

fn stores(name: &str) -> Vec<(Value, Refusal)> {
    let elsewhere = of(name, "/stages/1/actions/0/region", json!("eu-west-1"));
    let one = json!({"us-east-1": {"type": "S3", "location": "store"}});
    let none = of(name, "/artifactStore", Value::Null);
    vec![
        (
            elsewhere.clone(),
            refusal(
                STRUCTURE,
                "Your pipeline contains actions in more than one region. Use 'pipeline.artifactStores' instead of 'pipeline.artifactStore' to declare an artifact store, such as an artifact bucket, for each region where you have an action.",
            ),
        ),
        (
            with(
                with(elsewhere, "/artifactStore", Value::Null),
                "/artifactStores",
                one.clone(),
            ),
            refusal(
                STRUCTURE,
                "Your pipeline must have an artifact store, such as an artifact bucket, for each region where you have an action. The following region is missing in 'pipeline.artifactStores': eu-west-1.",
            ),
        ),
        (
            none,
            refusal(
                STRUCTURE,
                "Your pipeline must declare an artifact store: either 'pipeline.artifactStore' or 'pipeline.artifactStores'.",
            ),
        ),
        (
            of(name, "/artifactStores", one),
            refusal(
                STRUCTURE,
                "Your pipeline must declare either 'pipeline.artifactStore' or 'pipeline.artifactStores', not both.",
            ),
        ),
    ]
}

fn variables(name: &str) -> Vec<(Value, Refusal)> {
    let using = |text: &str| {
        of(
            name,
            "/stages/1/actions/0/configuration/EnvironmentVariables",
            json!(text),
        )
    };
    let declared = |pipeline: Value| {
        with(
            pipeline,
            "/variables",
            json!([{"name": "Y", "defaultValue": "1"}]),
        )
    };
    let nowhere = |text: &str| {
        let said = format!(
            "Valid format for a pipeline execution variable reference is a namespace and a key separated by a period (.). The following pipeline execution variables are referencing a namespace that does not exist.\nStageName=[Build], ActionName=[Compile], ActionConfigurationKey=[EnvironmentVariables], VariableReferenceText=[{text}]"
        );
        (using(&format!("#{{{text}}}")), refusal(ACTION, &said))
    };
    let twins = json!([{"name": "Y"}, {"name": "Y"}]);
    let reserved = "One or more of the chosen namespaces is reserved. Note that there is a namespace for variables at the pipeline level.\n";
    let named = |name_of: &str| of(name, "/stages/0/actions/0/namespace", json!(name_of));
    let late = |text: &str| with(using(text), "/stages/1/actions/0/namespace", json!("Own"));
    vec![
        (
            with(named("N"), "/stages/1/actions/0/namespace", json!("N")),
            refusal(ACTION, "Namespace 'N' is used more than once"),
        ),
        (
            named("Sources"),
            refusal(
                ACTION,
                "Namespace 'Sources' is the name of an output artifact; the names of namespaces and artifacts must differ",
            ),
        ),
        (
            late("#{Own.X}"),
            refusal(
                ACTION,
                "Variables of the namespace 'Own' can only be used in actions that run after the action 'Compile'.\nStageName=[Build], ActionName=[Compile], ActionConfigurationKey=[EnvironmentVariables], VariableReferenceText=[Own.X]",
            ),
        ),
        nowhere("nope.X"),
        nowhere("X"),
        nowhere("variables.X"),
        (
            declared(using("#{variables.X}")),
            refusal(
                STRUCTURE,
                "The referenced variables haven't been declared.\n",
            ),
        ),
        (
            declared(of(
                name,
                "/stages/0/actions/0/configuration/S3ObjectKey",
                json!("#{variables.Y}"),
            )),
            refusal(
                STRUCTURE,
                "Variables at the pipeline level cannot be used in source actions.\nStageName=[Source], ActionName=[Zip], ActionConfigurationKey=[S3ObjectKey], VariableReferenceText=[variables.Y]",
            ),
        ),
        (
            of(name, "/variables", twins),
            refusal(
                STRUCTURE,
                "Variable names must be unique. The following variable name is already in use: Y",
            ),
        ),
        (declared(named("variables")), refusal(STRUCTURE, reserved)),
        (named("codepipeline"), refusal(STRUCTURE, reserved)),
    ]
}

fn versions(name: &str) -> Vec<(Value, Refusal)> {
    let v1 =
        |pointer: &str, value: Value| with(of(name, "/pipelineType", json!("V1")), pointer, value);
    let condition = json!({"result": "ROLLBACK"});
    let v2_only = [
        ("Compute", "Commands"),
        ("Build", "ECRBuildAndPublish"),
        ("Deploy", "EKS"),
        ("Deploy", "EC2"),
        ("Deploy", "Lambda"),
        ("Invoke", "CodePipeline"),
        ("Invoke", "InspectorScan"),
    ];
    let v2_only = v2_only.map(|(category, provider)| {
        let action = action("Run", category, provider, json!({}), &[], &[]);
        let said = format!("{provider} Action can only be used with V2 pipelines.");
        (v1("/stages/1/actions/-", action), refusal(ACTION, &said))
    });
    let mut all = vec![
        (
            v1("/executionMode", json!("QUEUED")),
            refusal(
                STRUCTURE,
                "QUEUED or PARALLEL mode can only be used with V2 pipelines",
            ),
        ),
        (
            v1("/executionMode", json!("PARALLEL")),
            refusal(
                STRUCTURE,
                "QUEUED or PARALLEL mode can only be used with V2 pipelines",
            ),
        ),
        (
            v1("/variables", json!([{"name": "Y"}])),
            refusal(
                STRUCTURE,
                "Pipeline variable can only be used with V2 pipelines",
            ),
        ),
        (
            v1("/stages/1/onFailure", condition),
            refusal(
                STAGE,
                "Stage level conditions can only be used with V2 pipelines.",
            ),
        ),
    ];
    all.extend(v2_only);
    all
}

fn gates(name: &str) -> Vec<(Value, Refusal)> {
    let rule = json!({"name": "r", "ruleTypeId": {"category": "Rule", "owner": "AWS", "provider": "VariableCheck", "version": "1"}});
    let both = json!({"result": "RETRY", "conditions": [{"result": "ROLLBACK", "rules": [rule]}]});
    let parallel = of(name, "/executionMode", json!("PARALLEL"));
    let trigger = json!([{"providerType": "CodeStarSourceConnection", "gitConfiguration": {"sourceActionName": "Zip", "push": [{"branches": {"includes": ["main"]}}]}}]);
    vec![
        (
            of(name, "/stages/1/onFailure", both),
            refusal(
                STAGE,
                "The following stage cannot have a failure exit gate configured with both top level result and conditions: 'Build'",
            ),
        ),
        (
            with(
                parallel,
                "/stages/1/onFailure",
                json!({"result": "ROLLBACK"}),
            ),
            refusal(
                STAGE,
                "Failure conditions with rollback result type cannot be added to a PARALLEL pipeline.",
            ),
        ),
        (
            of(name, "/triggers", trigger),
            refusal(
                STRUCTURE,
                "Triggers for connections must reference a CodeStarSourceConnection action.",
            ),
        ),
    ]
}
