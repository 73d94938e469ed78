//! ListRuleTypes (contract codepipeline §3.3, §5.8).

use crate::support::caller::{CODEPIPELINE, Caller, both};
use expect_test::expect;
use serde_json::{Value, json};

/// `name: least..most keys`, required ones with a star.
fn line(of: &Value) -> String {
    let keys = of["ruleConfigurationProperties"].as_array().unwrap();
    let keys: Vec<String> = keys
        .iter()
        .map(|key| {
            let star = if key["required"] == true { "*" } else { "" };
            format!("{}{star}", key["name"].as_str().unwrap())
        })
        .collect();
    let inputs = &of["inputArtifactDetails"];
    let (least, most) = (&inputs["minimumCount"], &inputs["maximumCount"]);
    format!(
        "{}: {least}..{most} {}",
        of["id"]["provider"].as_str().unwrap(),
        keys.join(", ")
    )
}

#[tokio::test]
async fn every_rule_provider_is_listed_with_what_it_wants() {
    // contract codepipeline §5.8 (providers and keys), F19; one page
    let shown = both(CODEPIPELINE, async |caller| {
        let body = json!({"ruleOwnerFilter": "AWS", "regionFilter": "eu-west-1"});
        let listed = caller.ok("ListRuleTypes", body).await;
        assert_eq!(listed, caller.ok("ListRuleTypes", json!({})).await);
        assert_eq!(listed.as_object().unwrap().len(), 1);
        listed["ruleTypes"]
            .as_array()
            .unwrap()
            .iter()
            .map(line)
            .collect()
    });
    expect![[r#"
        [
          "DeploymentWindow: 0..0 Cron*, TimeZone",
          "LambdaInvoke: 0..5 FunctionName*, UserParameters",
          "CloudWatchAlarm: 0..0 AlarmName*, AlarmStates, WaitTime",
          "VariableCheck: 0..0 Variable*, Value*, Operator*",
          "Commands: 0..10 ",
          "CodeBuild: 0..5 ProjectName*, PrimarySource, BatchEnabled, CombineArtifacts, EnvironmentVariables"
        ]
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn a_rule_type_has_all_its_members() {
    // contract codepipeline §3.3
    let caller = Caller::new(CODEPIPELINE).await;
    let listed = caller.ok("ListRuleTypes", json!({})).await;
    let expected = json!({
        "id": {"category": "Rule", "owner": "AWS", "provider": "DeploymentWindow", "version": "1"},
        "settings": {},
        "ruleConfigurationProperties": [
            {"name": "Cron", "required": true, "key": true, "secret": false, "queryable": false, "description": "When the window is open, as a cron expression"},
            {"name": "TimeZone", "required": false, "key": false, "secret": false, "queryable": false, "description": "The time zone of the window"},
        ],
        "inputArtifactDetails": {"minimumCount": 0, "maximumCount": 0},
    });
    assert_eq!(listed["ruleTypes"][0], expected);
}

#[tokio::test]
async fn filters_are_checked() {
    // contract codepipeline §1.4, §3.3; the text about the region is ours
    let caller = Caller::new(CODEPIPELINE).await;
    let cases = [
        (
            json!({"ruleOwnerFilter": "Custom"}),
            "1 validation error detected: Value at 'ruleOwnerFilter' failed to satisfy constraint: Member must satisfy enum value set: [AWS]",
        ),
        (
            json!({"regionFilter": "eu"}),
            "1 validation error detected: Value at 'regionFilter' failed to satisfy constraint: Member must have length greater than or equal to 4",
        ),
        (
            json!({"regionFilter": "Not a region"}),
            "'Not a region' is not the name of a region",
        ),
    ];
    for (body, said) in cases {
        caller
            .expect_refusal("ListRuleTypes", body, "ValidationException", said)
            .await;
    }
}
