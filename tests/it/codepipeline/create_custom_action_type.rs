//! CreateCustomActionType (contract codepipeline §3.3, §4.5, §7.1).

use super::sample::{custom_type, named};
use crate::support::caller::{CODEPIPELINE, Caller, both, tags, texts, with};
use expect_test::expect;
use serde_json::{Value, json};

const FORGE: &str =
    "ActionType (Category: 'Build', Provider: 'Forge', Owner: 'Custom', Version: '1')";

#[tokio::test]
async fn the_definition_comes_back_under_other_names_and_without_types() {
    // contract codepipeline §3.3, F21: `actionConfigurationProperties`, no `type`, `settings` may be `{}`
    let shown = both(CODEPIPELINE, async |caller| {
        let mut body = custom_type("Forge");
        body["tags"] = tags(&[("team", "web")]);
        let bare = json!({
            "category": "Test", "provider": "Bare", "version": "v_2-x",
            "inputArtifactDetails": {"minimumCount": 0, "maximumCount": 0},
            "outputArtifactDetails": {"minimumCount": 0, "maximumCount": 0},
        });
        json!([
            caller.ok("CreateCustomActionType", body).await,
            caller.ok("CreateCustomActionType", bare).await,
        ])
    });
    expect![[r#"
        [
          {
            "actionType": {
              "actionConfigurationProperties": [
                {
                  "description": "Which job runs",
                  "key": true,
                  "name": "Job",
                  "queryable": true,
                  "required": true,
                  "secret": false
                },
                {
                  "key": false,
                  "name": "Note",
                  "required": false,
                  "secret": false
                },
                {
                  "key": false,
                  "name": "Token",
                  "required": true,
                  "secret": true
                }
              ],
              "id": {
                "category": "Build",
                "owner": "Custom",
                "provider": "Forge",
                "version": "1"
              },
              "inputArtifactDetails": {
                "maximumCount": 2,
                "minimumCount": 1
              },
              "outputArtifactDetails": {
                "maximumCount": 1,
                "minimumCount": 0
              },
              "settings": {}
            },
            "tags": [
              {
                "key": "team",
                "value": "web"
              }
            ]
          },
          {
            "actionType": {
              "actionConfigurationProperties": [],
              "id": {
                "category": "Test",
                "owner": "Custom",
                "provider": "Bare",
                "version": "v_2-x"
              },
              "inputArtifactDetails": {
                "maximumCount": 0,
                "minimumCount": 0
              },
              "outputArtifactDetails": {
                "maximumCount": 0,
                "minimumCount": 0
              },
              "settings": {}
            }
          }
        ]
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn settings_come_back_as_given() {
    // contract codepipeline §3.3, §7.1 last paragraph
    let caller = Caller::new(CODEPIPELINE).await;
    let settings = json!({
        "thirdPartyConfigurationUrl": "https://forge.example/setup",
        "entityUrlTemplate": "https://forge.example/{Config:Job}",
        "executionUrlTemplate": "https://forge.example/{Config:Job}/{ExternalExecutionId}",
        "revisionUrlTemplate": "https://forge.example/{Config:Job}/{RevisionId}",
    });
    let body = with(custom_type("Forge"), "/settings", settings.clone());
    let answer = caller.ok("CreateCustomActionType", body).await;
    assert_eq!(answer["actionType"]["settings"], settings);
}

#[tokio::test]
async fn definitions_that_cannot_be_are_refused() {
    // contract codepipeline §3.3, texts of the artifacts and of queryable properties; §7.1, templates (texts ours)
    let caller = Caller::new(CODEPIPELINE).await;
    let of = |pointer: &str, value: Value| with(custom_type("Forge"), pointer, value);
    let settings = |member: &str, text: &str| of("/settings", json!({member: text}));
    let queryable = |value: Value| of("/configurationProperties/2/queryable", value);
    let cases = [
        (
            of("/inputArtifactDetails/maximumCount", json!(0)),
            "Maximum Number of Artifacts (0) has to be greater than or equal to minimum (1).",
        ),
        (
            of("/outputArtifactDetails/minimumCount", json!(3)),
            "Maximum Number of Artifacts (1) has to be greater than or equal to minimum (3).",
        ),
        (
            queryable(json!(true)),
            "Multiple queryable configuration properties found with names 'Job, Token'. Up to one queryable property may be specified.",
        ),
        (
            with(
                queryable(json!(true)),
                "/configurationProperties/0/queryable",
                json!(false),
            ),
            "Invalid queryable property 'Token'. Queryable configuration properties must be required and non-secret.",
        ),
        (
            of("/configurationProperties/0/required", json!(false)),
            "Invalid queryable property 'Job'. Queryable configuration properties must be required and non-secret.",
        ),
        (
            of("/configurationProperties/1/name", json!("Job")),
            "The configuration property name 'Job' is used more than once",
        ),
        (
            settings("executionUrlTemplate", "https://x/{Config:Token}"),
            "The executionUrlTemplate contains {Config:Token}; it can contain {ExternalExecutionId} and {Config:<name>} with names of configuration properties that are required and non-secret",
        ),
        (
            settings("entityUrlTemplate", "https://x/{Config:Note}"),
            "The entityUrlTemplate contains {Config:Note}; it can contain {ExternalExecutionId} and {Config:<name>} with names of configuration properties that are required and non-secret",
        ),
        (
            settings("revisionUrlTemplate", "https://x/{Config:Job"),
            "The revisionUrlTemplate has a '{' without its '}': https://x/{Config:Job",
        ),
    ];
    for (body, said) in cases {
        caller
            .expect_refusal("CreateCustomActionType", body, "ValidationException", said)
            .await;
    }
}

#[tokio::test]
async fn broken_constraints_come_first_and_together() {
    // contract codepipeline §1.4, §3.3: lengths and patterns of the model; at most ten properties
    let caller = Caller::new(CODEPIPELINE).await;
    let mut body = custom_type("Forge!");
    body["inputArtifactDetails"]["maximumCount"] = json!(6);
    let said = "2 validation errors detected: Value at 'inputArtifactDetails.maximumCount' failed to satisfy constraint: Member must have value less than or equal to 5; Value at 'provider' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9A-Za-z_-]+";
    caller
        .expect_refusal("CreateCustomActionType", body, "ValidationException", said)
        .await;
    let properties: Vec<Value> = (0..11)
        .map(|at| json!({"name": format!("k{at}"), "required": false, "key": false, "secret": false}))
        .collect();
    let body = with(
        custom_type("Forge"),
        "/configurationProperties",
        json!(properties),
    );
    let said = "1 validation error detected: Value at 'configurationProperties' failed to satisfy constraint: Member must have length less than or equal to 10";
    caller
        .expect_refusal("CreateCustomActionType", body, "ValidationException", said)
        .await;
}

#[tokio::test]
async fn a_type_that_is_there_is_not_created_twice() {
    // contract codepipeline §3.3: the exception is in the model and listed for no operation; the text is ours
    let caller = Caller::new(CODEPIPELINE).await;
    caller
        .ok("CreateCustomActionType", custom_type("Forge"))
        .await;
    let other = with(custom_type("Forge"), "/configurationProperties", json!([]));
    for body in [custom_type("Forge"), other] {
        caller
            .expect_refusal(
                "CreateCustomActionType",
                body,
                "ActionTypeAlreadyExistsException",
                &format!("{FORGE} already exists"),
            )
            .await;
    }
    let next = with(custom_type("Forge"), "/version", json!("2"));
    caller.ok("CreateCustomActionType", next).await;
    caller
        .in_region("eu-west-1")
        .ok("CreateCustomActionType", custom_type("Forge"))
        .await;
}

#[tokio::test]
async fn a_deleted_type_is_restored_by_its_own_definition_only() {
    // contract codepipeline §3.3
    let caller = Caller::new(CODEPIPELINE).await;
    let first = caller
        .ok("CreateCustomActionType", custom_type("Forge"))
        .await;
    caller.ok("DeleteCustomActionType", named("Forge")).await;
    let other = with(
        custom_type("Forge"),
        "/configurationProperties/1/type",
        json!("Number"),
    );
    let said = format!(
        "{FORGE} was deleted; it can be created again with its earlier definition only. Use another version for a new definition."
    );
    caller
        .expect_refusal(
            "CreateCustomActionType",
            other,
            "ActionTypeAlreadyExistsException",
            &said,
        )
        .await;
    let same = with(custom_type("Forge"), "/settings", json!({}));
    let again = caller.ok("CreateCustomActionType", same).await;
    assert_eq!(again, first);
    let listed = caller
        .ok("ListActionTypes", json!({"actionOwnerFilter": "Custom"}))
        .await;
    assert_eq!(listed["actionTypes"], json!([first["actionType"]]));
}

#[tokio::test]
async fn tags_are_kept_under_the_arn_that_clients_compute() {
    // contract codepipeline §2.1, §2.2, §3.8, F30
    let caller = Caller::new(CODEPIPELINE).await;
    let body = with(
        custom_type("Forge"),
        "/tags",
        tags(&[("b", "2"), ("a", "1")]),
    );
    caller.ok("CreateCustomActionType", body).await;
    let arn = "arn:aws:codepipeline:us-east-1:000000000000:actiontype:Custom/Build/Forge/1";
    let listed = caller
        .ok("ListTagsForResource", json!({"resourceArn": arn}))
        .await;
    assert_eq!(listed, json!({"tags": tags(&[("a", "1"), ("b", "2")])}));
    let many: Vec<Value> = (0..51)
        .map(|at| json!({"key": format!("k{at}"), "value": "v"}))
        .collect();
    let cases = [
        (
            tags(&[("aws:x", "1")]),
            "InvalidTagsException",
            "Not allowed to modify system tags. System tags start with 'aws:'. msg=[Caller is an end user and not allowed to mutate system tags]",
        ),
        (
            json!(many),
            "TooManyTagsException",
            "Tag limit exceeded for resource [arn:aws:codepipeline:us-east-1:000000000000:actiontype:Custom/Build/Other/1].",
        ),
    ];
    for (tags, code, said) in cases {
        let body = with(custom_type("Other"), "/tags", tags);
        caller
            .expect_refusal("CreateCustomActionType", body, code, said)
            .await;
    }
}

#[tokio::test]
async fn the_fifty_first_type_is_refused_and_deleted_ones_do_not_count() {
    // contract codepipeline §3.3, §4.5; the text is ours
    let caller = Caller::new(CODEPIPELINE).await;
    for at in 0..50 {
        let body = custom_type(&format!("P{at}"));
        caller.ok("CreateCustomActionType", body).await;
    }
    let said = "The account has reached the limit of 50 custom action types in this region";
    caller
        .expect_refusal(
            "CreateCustomActionType",
            custom_type("More"),
            "LimitExceededException",
            said,
        )
        .await;
    caller.ok("DeleteCustomActionType", named("P7")).await;
    caller
        .ok("CreateCustomActionType", custom_type("More"))
        .await;
    caller
        .expect_refusal(
            "CreateCustomActionType",
            custom_type("P7"),
            "LimitExceededException",
            said,
        )
        .await;
    let listed = caller
        .ok("ListActionTypes", json!({"actionOwnerFilter": "Custom"}))
        .await;
    let ids = listed["actionTypes"].as_array().unwrap();
    let ids: Value = ids.iter().map(|of| of["id"].clone()).collect();
    assert_eq!(texts(&ids, "provider").len(), 50);
}
