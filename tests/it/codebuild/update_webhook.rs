//! UpdateWebhook (contract codebuild §3.5, §12.1).

use super::hooked::{created, filter, of_project, plain, webhook};
use super::sample::{self, project_arn};
use crate::support::caller::{CODEBUILD, Caller, both};
use crate::support::wait_for;
use expect_test::expect;
use serde_json::{Value, json};

const UPDATE: &str = "UpdateWebhook";

async fn updated(caller: &Caller, body: Value) -> Value {
    caller.ok(UPDATE, body).await["webhook"].clone()
}

#[tokio::test]
async fn filter_groups_are_replaced_and_the_whole_webhook_is_shown() {
    // contract codebuild §3.5: buildType, once set, remains if omitted
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello", "GITHUB").await;
        let groups = json!([[filter("EVENT", "PUSH")], [filter("EVENT", "RELEASED")]]);
        let body =
            json!({"projectName": "hello", "filterGroups": groups, "buildType": "BUILD_BATCH"});
        let made = webhook(&caller, body).await;
        let groups = json!([[filter("EVENT", "PUSH"), filter("FILE_PATH", "^src/")]]);
        let body = json!({"projectName": "hello", "filterGroups": groups});
        let after = updated(&caller, body).await;
        assert_eq!(of_project(&caller, "hello").await, after);
        for stays in ["url", "payloadUrl", "lastModifiedSecret"] {
            assert_eq!(after[stays], made[stays], "{stays}");
        }
        plain(after)
    });
    expect![[r#"
        {
          "buildType": "BUILD_BATCH",
          "filterGroups": [
            [
              {
                "excludeMatchedPattern": false,
                "pattern": "PUSH",
                "type": "EVENT"
              },
              {
                "excludeMatchedPattern": false,
                "pattern": "^src/",
                "type": "FILE_PATH"
              }
            ]
          ],
          "lastModifiedSecret": "<time>",
          "payloadUrl": "<payload>",
          "pullRequestBuildPolicy": {
            "approverRoles": [
              "GITHUB_WRITE",
              "GITHUB_MAINTAIN",
              "GITHUB_ADMIN"
            ],
            "requiresCommentApproval": "ALL_PULL_REQUESTS"
          },
          "url": "https://api.github.com/repos/owner/repo/hooks/<number>"
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn branch_filter_and_filter_groups_take_each_others_place_and_empty_ones_clear() {
    // contract codebuild §3.5: `branchFilter:""` clears; the two exclude each other. That an empty one gives up the groups is our
    // reading: Terraform's provider says so when the last group is gone, and expects to find none
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello", "GITHUB").await;
    let groups = json!([[filter("EVENT", "PUSH")]]);
    let body = json!({"projectName": "hello", "branchFilter": "main"});
    webhook(&caller, body).await;
    for (given, has) in [
        (json!({"filterGroups": groups}), "filterGroups"),
        (json!({"branchFilter": ""}), ""),
        (json!({"filterGroups": groups}), "filterGroups"),
        (
            json!({"branchFilter": "", "filterGroups": groups}),
            "filterGroups",
        ),
        (json!({"branchFilter": "main"}), "branchFilter"),
        (json!({"filterGroups": []}), "branchFilter"),
        (json!({"branchFilter": ""}), ""),
        (json!({"filterGroups": groups}), "filterGroups"),
        (json!({"filterGroups": []}), ""),
    ] {
        let mut body = given.clone();
        body["projectName"] = json!("hello");
        let after = updated(&caller, body).await;
        for member in ["branchFilter", "filterGroups"] {
            assert_eq!(after.get(member).is_some(), member == has, "{given}");
        }
    }
}

#[tokio::test]
async fn a_secret_is_renewed_on_demand_and_told_to_whoever_needs_it() {
    // contract codebuild §3.5, §12.1; ignored for Bitbucket
    let caller = Caller::new(CODEBUILD).await;
    for source in ["GITHUB", "GITHUB_ENTERPRISE", "BITBUCKET"] {
        created(&caller, source, source).await;
        let body = json!({"projectName": source});
        let made = webhook(&caller, body.clone()).await;
        let app = &caller.server.app;
        let then = app.now();
        wait_for("the next millisecond", async || {
            (app.now() > then).then_some(())
        })
        .await;
        let kept = updated(&caller, body).await;
        assert_eq!(kept.get("secret"), None);
        assert_eq!(kept["lastModifiedSecret"], made["lastModifiedSecret"]);
        let body = json!({"projectName": source, "rotateSecret": true});
        let after = updated(&caller, body).await;
        let by_hand = source == "GITHUB_ENTERPRISE";
        assert_eq!(after.get("secret").is_some(), by_hand, "{source}");
        if by_hand {
            assert_ne!(after["secret"], made["secret"]);
        }
        let renewed = after["lastModifiedSecret"].as_f64() > made["lastModifiedSecret"].as_f64();
        assert_eq!(renewed, source != "BITBUCKET", "{source}");
    }
}

#[tokio::test]
async fn a_project_without_a_webhook_and_a_broken_rule_are_refused() {
    // contract codebuild §3.5
    let caller = Caller::new(CODEBUILD).await;
    let body = json!({"projectName": "hello"});
    let said = format!("Project cannot be found: {}", project_arn("hello"));
    let not_found = "ResourceNotFoundException";
    caller
        .expect_refusal(UPDATE, body.clone(), not_found, &said)
        .await;
    sample::created(&caller, "hello").await;
    let said = format!(
        "Webhook cannot be found for project: {}",
        project_arn("hello")
    );
    caller.expect_refusal(UPDATE, body, not_found, &said).await;
    created(&caller, "git", "GITHUB").await;
    webhook(&caller, json!({"projectName": "git"})).await;
    let body = json!({"projectName": "git", "filterGroups": [[filter("HEAD_REF", "main")]]});
    let said = "Invalid webhook filter group: each group should have a filter of type EVENT";
    caller
        .expect_refusal(UPDATE, body, "InvalidInputException", said)
        .await;
}
