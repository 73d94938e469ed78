//! Deliveries that no provider sent.

use super::decide::{Decision, Delivery, decide};
use crate::codebuild::webhooks::Webhook;
use crate::fuzz::fuzz;
use codebuild_api::model::{self, ServerType, WebhookFilter, WebhookFilterType as Type};

const SEEDS: [&str; 6] = [
    r#"{"ref":"refs/heads/main","before":"b","after":"aaaa","deleted":false,"head_commit":{"id":"aaaa","message":"m"},
        "commits":[{"added":["a"],"removed":[],"modified":["b"]}],"sender":{"id":7},"repository":{"name":"r","owner":{"login":"o"},"clone_url":"https://h/o/r"}}"#,
    r#"{"action":"opened","sender":{"id":7},"pull_request":{"number":5,"merged":false,"merge_commit_sha":"c","author_association":"OWNER",
        "head":{"ref":"t","repo":{"id":2}},"base":{"ref":"main","repo":{"id":1}}}}"#,
    r#"{"action":"released","release":{"tag_name":"v1","name":"One"}}"#,
    r#"{"object_kind":"push","ref":"refs/tags/v1","before":"b","after":"a","checkout_sha":"a","user_id":4,
        "commits":[{"id":"a","message":"m","added":["a"]}],"project":{"name":"r","git_http_url":"https://h/o/r.git"}}"#,
    r#"{"object_kind":"merge_request","user":{"id":4},"object_attributes":{"iid":3,"action":"update","oldrev":"x","source_branch":"t","target_branch":"main",
        "source_project_id":1,"target_project_id":2,"last_commit":{"id":"a"}}}"#,
    r#"{"actor":{"account_id":"id"},"repository":{"name":"r","full_name":"o/r"},
        "push":{"changes":[{"old":null,"new":{"type":"branch","name":"main","target":{"hash":"aaaa","message":"m"}}}]},
        "pullrequest":{"id":9,"source":{"branch":{"name":"t"},"repository":{"full_name":"o/r"}},"destination":{"branch":{"name":"main"},"repository":{"full_name":"o/r"}}}}"#,
];

const WORDS: [&str; 14] = [
    "null",
    "true",
    "\"push\"",
    "\"refs/heads/\"",
    "\"refs/tags/\"",
    "\"closed\"",
    "\"merge\"",
    "\\ud800",
    "\\u0000",
    "1E400",
    "[[[[",
    "{\"a\":",
    "\"id\":",
    ",",
];

const EVENTS: [&str; 8] = [
    "push",
    "pull_request",
    "release",
    "ping",
    "repo:push",
    "pullrequest:created",
    "pullrequest:fulfilled",
    "workflow_job",
];

const SERVERS: [ServerType; 5] = [
    ServerType::Github,
    ServerType::GithubEnterprise,
    ServerType::Gitlab,
    ServerType::GitlabSelfManaged,
    ServerType::Bitbucket,
];

fn filter(kind: Type, pattern: &str, excluded: bool) -> WebhookFilter {
    WebhookFilter {
        exclude_matched_pattern: Some(excluded),
        ..WebhookFilter::new(kind, pattern)
    }
}

fn webhook(number: usize) -> Webhook {
    let groups = vec![
        vec![
            filter(Type::Event, "PUSH, PULL_REQUEST_CREATED", false),
            filter(Type::HeadRef, "^refs/heads/", false),
        ],
        vec![
            filter(Type::Event, "PUSH", false),
            filter(Type::FilePath, "(a+)+$", true),
            filter(Type::CommitMessage, "m", false),
        ],
    ];
    Webhook {
        server: SERVERS[number % SERVERS.len()],
        token: "t".to_owned(),
        secret: None,
        shown: model::Webhook {
            filter_groups: Some(groups).filter(|_| number.is_multiple_of(2)),
            ..model::Webhook::default()
        },
        waiting: Default::default(),
    }
}

// Witness: our reading: whoever knows a webhook's URL may send anything.
#[test]
fn fuzz_deliveries() {
    let seeds = SEEDS.map(|seed| seed.as_bytes().to_vec()).to_vec();
    fuzz("deliveries", seeds, &WORDS, |bytes| {
        let sum = bytes.iter().fold(0_usize, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(usize::from(*byte))
        });
        let delivery = Delivery {
            event: Some(EVENTS[sum % EVENTS.len()].to_owned()),
            body: bytes.to_vec().into(),
            ..Delivery::default()
        };
        match decide(&webhook(sum / 8), &delivery) {
            Decision::Start(news) => format!("{} {}", news.event, news.files.is_some()),
            other => format!("{other:?}"),
        }
    });
}
