//! CreateWebhook (contract codebuild §1.2, §2, §3.5, §12.1, §12.2).

use super::hooked::{connected, created, filter, located, of_project, plain, webhook};
use super::sample::{self, project_arn};
use crate::support::caller::{CODEBUILD, Caller, both, with};
use expect_test::expect;
use serde_json::{Value, json};
use std::collections::HashMap;

const INVALID: &str = "InvalidInputException";
const NOT_FOUND: &str = "ResourceNotFoundException";

#[tokio::test]
async fn a_webhook_of_github_is_shown_with_its_policy_and_without_its_secret() {
    // contract codebuild §12.1; §14 43: filters always carry excludeMatchedPattern
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello", "GITHUB").await;
        let exclude =
            json!({"type": "HEAD_REF", "pattern": "^refs/tags/", "excludeMatchedPattern": true});
        let groups = json!([
            [filter("EVENT", "PUSH, PULL_REQUEST_MERGED"), exclude],
            [filter("EVENT", "RELEASED")]
        ]);
        let body = json!({"projectName": "hello", "filterGroups": groups, "buildType": "BUILD"});
        let made = webhook(&caller, body).await;
        assert_eq!(of_project(&caller, "hello").await, made);
        plain(made)
    });
    expect![[r#"
        {
          "buildType": "BUILD",
          "filterGroups": [
            [
              {
                "excludeMatchedPattern": false,
                "pattern": "PUSH, PULL_REQUEST_MERGED",
                "type": "EVENT"
              },
              {
                "excludeMatchedPattern": true,
                "pattern": "^refs/tags/",
                "type": "HEAD_REF"
              }
            ],
            [
              {
                "excludeMatchedPattern": false,
                "pattern": "RELEASED",
                "type": "EVENT"
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
async fn every_provider_has_its_own_address_and_roles() {
    // contract codebuild §2, §12.1: no url and a secret for GITHUB_ENTERPRISE; no secret for Bitbucket
    let shown = both(CODEBUILD, async |caller| {
        let mut all = Vec::new();
        for source in [
            "BITBUCKET",
            "GITLAB",
            "GITLAB_SELF_MANAGED",
            "GITHUB_ENTERPRISE",
        ] {
            created(&caller, source, source).await;
            all.push(plain(
                webhook(&caller, json!({"projectName": source})).await,
            ));
        }
        json!(all)
    });
    expect![[r#"
        [
          {
            "payloadUrl": "<payload>",
            "pullRequestBuildPolicy": {
              "approverRoles": [
                "BITBUCKET_WRITE",
                "BITBUCKET_ADMIN"
              ],
              "requiresCommentApproval": "ALL_PULL_REQUESTS"
            },
            "url": "https://api.bitbucket.org/2.0/repositories/owner/repo/hooks/<number>"
          },
          {
            "lastModifiedSecret": "<time>",
            "payloadUrl": "<payload>",
            "pullRequestBuildPolicy": {
              "approverRoles": [
                "GITLAB_DEVELOPER",
                "GITLAB_MAINTAINER",
                "GITLAB_OWNER"
              ],
              "requiresCommentApproval": "ALL_PULL_REQUESTS"
            },
            "status": "ACTIVE",
            "url": "https://gitlab.com/api/v4/projects/group%2Fsub%2Frepo/hooks/<number>"
          },
          {
            "lastModifiedSecret": "<time>",
            "payloadUrl": "<payload>",
            "pullRequestBuildPolicy": {
              "approverRoles": [
                "GITLAB_DEVELOPER",
                "GITLAB_MAINTAINER",
                "GITLAB_OWNER"
              ],
              "requiresCommentApproval": "ALL_PULL_REQUESTS"
            },
            "status": "ACTIVE",
            "url": "https://git.example.com/api/v4/projects/owner%2Frepo/hooks/<number>"
          },
          {
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
            "secret": "<secret>"
          }
        ]
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn whoever_registers_a_webhook_by_hand_is_told_the_secret_once() {
    // contract codebuild §12.1: secret only in the answer of CreateWebhook, not in BatchGetProjects; no token is needed
    let caller = Caller::new(CODEBUILD).await;
    located(&caller, "hello", "GITHUB", "https://github.com/o/r").await;
    let made = webhook(
        &caller,
        json!({"projectName": "hello", "manualCreation": true}),
    )
    .await;
    assert_eq!(made["manualCreation"], true);
    assert_eq!(made.get("url"), None);
    assert_eq!(made["secret"].as_str().unwrap().len(), 40);
    let shown = of_project(&caller, "hello").await;
    assert_eq!(shown.get("secret"), None);
    assert_eq!(shown["payloadUrl"], made["payloadUrl"]);
}

#[tokio::test]
async fn the_payload_url_is_on_this_server() {
    // contract codebuild §2: AWS's path and query on the server's own origin; the token identifies the project
    let caller = Caller::new(CODEBUILD).await;
    let address = caller.server.address;
    caller.server.app.world.listens(address, HashMap::new());
    let mut urls = Vec::new();
    for name in ["one", "two"] {
        created(&caller, name, "GITHUB").await;
        let made = webhook(&caller, json!({"projectName": name})).await;
        urls.push(made["payloadUrl"].as_str().unwrap().to_owned());
    }
    let before = format!("http://{address}/webhooks?t=");
    for url in &urls {
        let token = url.strip_prefix(&before);
        let token = token.and_then(|token| token.strip_suffix("&v=1"));
        let token = token.unwrap_or_else(|| panic!("{url}"));
        assert_eq!(token.len(), 64);
    }
    assert_ne!(urls[0], urls[1]);
}

#[tokio::test]
async fn a_branch_filter_and_empty_members_are_kept_as_what_they_are() {
    // contract codebuild §12.1: branchFilter only if non-empty
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "one", "GITHUB").await;
    created(&caller, "two", "GITHUB").await;
    let body = json!({"projectName": "one", "branchFilter": "^main$", "filterGroups": []});
    let made = webhook(&caller, body).await;
    assert_eq!(made["branchFilter"], "^main$");
    assert_eq!(made.get("filterGroups"), None);
    let body = json!({"projectName": "two", "branchFilter": ""});
    let made = webhook(&caller, body).await;
    assert_eq!(made.get("branchFilter"), None);
}

#[tokio::test]
async fn webhooks_of_organisations_name_them() {
    // contract codebuild §7.1, §12.1
    let caller = Caller::new(CODEBUILD).await;
    connected(&caller, "GITHUB").await;
    let anywhere = "CODEBUILD_DEFAULT_WEBHOOK_SOURCE_LOCATION";
    for name in ["org", "global"] {
        located(&caller, name, "GITHUB", anywhere).await;
    }
    let scope = json!({"name": "acme", "scope": "GITHUB_ORGANIZATION"});
    let body = json!({"projectName": "org", "scopeConfiguration": scope});
    let made = plain(webhook(&caller, body).await);
    assert_eq!(made["scopeConfiguration"], scope);
    assert_eq!(
        made["url"],
        "https://api.github.com/orgs/acme/hooks/<number>"
    );
    let scope = json!({"name": "acme", "scope": "GITHUB_GLOBAL"});
    let groups = json!([[filter("EVENT", "WORKFLOW_JOB_QUEUED")]]);
    let body = json!({"projectName": "global", "scopeConfiguration": scope, "manualCreation": true, "filterGroups": groups});
    let made = webhook(&caller, body.clone()).await;
    assert_eq!(made["scopeConfiguration"]["scope"], "GITHUB_GLOBAL");

    located(&caller, "other", "GITHUB", anywhere).await;
    let body = with(body, "/projectName", json!("other"));
    for (pointer, value, said) in [
        (
            "/manualCreation",
            json!(false),
            "Invalid webhook: scope GITHUB_GLOBAL needs manualCreation",
        ),
        (
            "/filterGroups/0/0/pattern",
            json!("PUSH"),
            "Invalid webhook filter: scope GITHUB_GLOBAL has no event PUSH, only WORKFLOW_JOB_QUEUED",
        ),
        (
            "/scopeConfiguration/scope",
            json!("GITLAB_GROUP"),
            "Invalid webhook: scope GITLAB_GROUP is not one of GITHUB",
        ),
    ] {
        let body = with(body.clone(), pointer, value);
        caller
            .expect_refusal("CreateWebhook", body, INVALID, said)
            .await;
    }
    created(&caller, "elsewhere", "GITHUB").await;
    let body = with(body, "/projectName", json!("elsewhere"));
    let said = "Invalid webhook: scope GITHUB_GLOBAL needs the source location CODEBUILD_DEFAULT_WEBHOOK_SOURCE_LOCATION";
    caller
        .expect_refusal("CreateWebhook", body, INVALID, said)
        .await;
}

#[tokio::test]
async fn a_project_has_one_webhook() {
    // contract codebuild §1.1, §14 43
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello", "GITHUB").await;
    webhook(&caller, json!({"projectName": "hello"})).await;
    let said = format!(
        "Webhook already exists for project: {}",
        project_arn("hello")
    );
    let body = json!({"projectName": "hello"});
    caller
        .expect_refusal(
            "CreateWebhook",
            body,
            "ResourceAlreadyExistsException",
            &said,
        )
        .await;
}

#[tokio::test]
async fn project_source_and_credential_must_be_there() {
    // contract codebuild §1.2, §3.5
    let caller = Caller::new(CODEBUILD).await;
    let body = json!({"projectName": "hello"});
    let said = format!("Project cannot be found: {}", project_arn("hello"));
    caller
        .expect_refusal("CreateWebhook", body.clone(), NOT_FOUND, &said)
        .await;
    sample::created(&caller, "hello").await;
    let said = "Source type NO_SOURCE does not support webhooks";
    caller
        .expect_refusal("CreateWebhook", body, INVALID, said)
        .await;
    located(&caller, "git", "GITHUB", "https://github.com/o/r").await;
    connected(&caller, "BITBUCKET").await;
    let body = json!({"projectName": "git"});
    let said = "Could not find access token for server type github";
    caller
        .expect_refusal("CreateWebhook", body.clone(), NOT_FOUND, said)
        .await;
    // The project may bring its own.
    let auth = json!({"type": "SECRETS_MANAGER", "resource": "arn:aws:secretsmanager:us-east-1:000000000000:secret:s"});
    let source = json!({"type": "GITHUB", "location": "https://github.com/o/r", "auth": auth});
    let update = json!({"name": "git", "source": source});
    caller.ok("UpdateProject", update).await;
    webhook(&caller, body).await;
}

#[tokio::test]
async fn every_rule_of_a_webhook_is_told() {
    // contract codebuild §3.5, §12.1, §12.2
    let caller = Caller::new(CODEBUILD).await;
    for (name, source) in [("git", "GITHUB"), ("bucket", "BITBUCKET")] {
        created(&caller, name, source).await;
    }
    let of = |name: &str, member: &str, value: Value| json!({"projectName": name, member: value});
    let groups = |filters: Value| of("git", "filterGroups", json!([filters]));
    let both = with(
        groups(json!([filter("EVENT", "PUSH")])),
        "/branchFilter",
        json!("main"),
    );
    let no_event = "Invalid webhook filter group: each group should have a filter of type EVENT";
    let many = vec![filter("EVENT", "PUSH"); 1_001];
    for (body, said) in [
        (
            both,
            "Invalid webhook: branchFilter and filterGroups exclude each other",
        ),
        (groups(json!([])), no_event),
        (groups(json!([filter("HEAD_REF", "main")])), no_event),
        (
            groups(json!([filter("EVENT", "PUSH,PULLED")])),
            "Invalid webhook filter: 'PULLED' is not an event",
        ),
        (
            groups(json!([filter("EVENT", "")])),
            "Invalid webhook filter: '' is not an event",
        ),
        (
            groups(json!(many)),
            "Invalid webhook: filterGroups have more than 1000 filters",
        ),
        (
            of(
                "bucket",
                "filterGroups",
                json!([[filter("EVENT", "PULL_REQUEST_REOPENED")]]),
            ),
            "Invalid webhook filter: BITBUCKET has no event PULL_REQUEST_REOPENED",
        ),
        (
            of("bucket", "manualCreation", json!(true)),
            "Invalid webhook: manualCreation is for source type GITHUB only",
        ),
        (
            of("git", "buildType", json!("RUNNER_BUILDKITE_BUILD")),
            "Invalid webhook: buildType RUNNER_BUILDKITE_BUILD is not available here; use BUILD or BUILD_BATCH",
        ),
        (
            of(
                "git",
                "pullRequestBuildPolicy",
                json!({"requiresCommentApproval": "FORK_PULL_REQUESTS", "approverRoles": ["GITLAB_OWNER"]}),
            ),
            "Invalid pull request build policy: approver role GITLAB_OWNER is not one of GITHUB",
        ),
    ] {
        caller
            .expect_refusal("CreateWebhook", body, INVALID, said)
            .await;
    }
    for body in [
        groups(json!([filter("EVENT", "PUSH"), filter("HEAD_REF", "(")])),
        of("git", "branchFilter", json!("(")),
    ] {
        let said = caller.refused("CreateWebhook", body).await;
        assert_eq!(said.code, INVALID);
        let told = said.message.contains("'(' is not a regular expression");
        assert!(told, "{}", said.message);
    }
}

#[tokio::test]
async fn a_policy_for_pull_requests_may_be_chosen() {
    // contract codebuild §12.1
    let caller = Caller::new(CODEBUILD).await;
    let usual = json!(["GITHUB_WRITE", "GITHUB_MAINTAIN", "GITHUB_ADMIN"]);
    for (name, given, shown) in [
        ("off", json!({"requiresCommentApproval": "DISABLED"}), None),
        (
            "forks",
            json!({"requiresCommentApproval": "FORK_PULL_REQUESTS"}),
            Some(usual),
        ),
        (
            "own",
            json!({"requiresCommentApproval": "ALL_PULL_REQUESTS", "approverRoles": ["GITHUB_READ"]}),
            Some(json!(["GITHUB_READ"])),
        ),
    ] {
        created(&caller, name, "GITHUB").await;
        let body = json!({"projectName": name, "pullRequestBuildPolicy": given});
        let policy = webhook(&caller, body).await["pullRequestBuildPolicy"].clone();
        assert_eq!(policy.get("approverRoles"), shown.as_ref(), "{name}");
        let approval = &policy["requiresCommentApproval"];
        assert_eq!(approval, &given["requiresCommentApproval"]);
    }
}
