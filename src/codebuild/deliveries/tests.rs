//! Payloads, shortened to what is read, and what is decided of them.

use super::authenticate::is_authentic;
use super::decide::{Decision, Delivery, decide, judge};
use super::groups::{pass, passes};
use super::news::{News, Read, Request};
use super::{bitbucket, github, gitlab};
use crate::codebuild::webhooks::Webhook;
use codebuild_api::model::{
    self, PullRequestBuildCommentApproval, PullRequestBuildPolicy, ServerType, WebhookBuildType,
    WebhookFilter, WebhookFilterType as Type,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const COMMIT: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn news(read: Read) -> News {
    match read {
        Read::News(news) => *news,
        Read::Comment(comment) => panic!("{comment:?}"),
        Read::Ignored(why) => panic!("{why}"),
    }
}

fn push() -> Value {
    json!({
        "ref": "refs/heads/main", "before": "bbbb", "after": COMMIT, "deleted": false,
        "head_commit": {"id": COMMIT, "message": "a change"},
        "commits": [{"added": ["src/a.rs"], "removed": [], "modified": ["README.md", "src/a.rs"]}],
        "sender": {"id": 7},
        "repository": {"name": "r", "owner": {"login": "o"}, "clone_url": "https://github.com/o/r.git"},
    })
}

fn pull_request(action: &str, merged: bool, association: &str) -> Value {
    json!({
        "action": action, "sender": {"id": 7}, "repository": {"name": "r", "owner": {"login": "o"}},
        "pull_request": {
            "number": 5, "merged": merged, "merge_commit_sha": COMMIT, "author_association": association,
            "head": {"ref": "topic", "repo": {"id": 2}}, "base": {"ref": "main", "repo": {"id": 1}},
        },
    })
}

// Witness: contract, codebuild 12.2 (the mapping of GitHub's events), 12.3 (the source version).
#[test]
fn githubs_events_are_understood() {
    let pushed = news(github::read("push", &push()));
    assert_eq!(
        (&*pushed.event, pushed.head.as_str()),
        ("PUSH", "refs/heads/main")
    );
    assert_eq!(
        (pushed.version.as_str(), pushed.trigger.as_str()),
        (COMMIT, "branch/main")
    );
    assert_eq!(pushed.files.unwrap(), ["README.md", "src/a.rs"]);
    assert_eq!(pushed.actor, "7");
    for (action, merged, event) in [
        ("opened", false, "PULL_REQUEST_CREATED"),
        ("synchronize", false, "PULL_REQUEST_UPDATED"),
        ("reopened", false, "PULL_REQUEST_REOPENED"),
        ("closed", true, "PULL_REQUEST_MERGED"),
        ("closed", false, "PULL_REQUEST_CLOSED"),
    ] {
        let told = news(github::read(
            "pull_request",
            &pull_request(action, merged, "NONE"),
        ));
        assert_eq!((&*told.event, told.version.as_str()), (event, "pr/5"));
        assert_eq!(told.base.as_deref(), Some("refs/heads/main"));
        assert_eq!(
            told.request,
            Some(Request {
                from_fork: true,
                trusted: Some(false)
            })
        );
    }
    let release = json!({"action": "released", "release": {"tag_name": "v1", "name": "One"}});
    let released = news(github::read("release", &release));
    assert_eq!(
        (&*released.event, released.version.as_str()),
        ("RELEASED", "refs/tags/v1")
    );
    let mut deleted = push();
    deleted["deleted"] = json!(true);
    for (event, payload) in [
        ("ping", json!({})),
        ("push", deleted),
        ("star", json!({})),
        ("workflow_job", json!({})),
    ] {
        assert!(
            matches!(github::read(event, &payload), Read::Ignored(_)),
            "{event}"
        );
    }
}

// Witness: contract, codebuild 12.2; GitLab's documentation.
#[test]
fn gitlabs_events_are_understood() {
    let payload = json!({
        "object_kind": "push", "ref": "refs/heads/main", "before": "b", "after": COMMIT, "checkout_sha": COMMIT, "user_id": 4,
        "commits": [{"id": COMMIT, "message": "m", "added": ["a"]}], "project": {"name": "r", "git_http_url": "https://gitlab.com/o/r.git"},
    });
    let pushed = news(gitlab::read(&payload));
    assert_eq!(
        (
            &*pushed.event,
            pushed.version.as_str(),
            pushed.actor.as_str()
        ),
        ("PUSH", COMMIT, "4")
    );
    assert_eq!(pushed.message.as_deref(), Some("m"));
    let mut gone = payload;
    gone["after"] = json!("0".repeat(40));
    assert!(matches!(gitlab::read(&gone), Read::Ignored(_)));
    let request = |action: &str| {
        json!({
            "object_kind": "merge_request", "user": {"id": 4},
            "object_attributes": {"iid": 3, "action": action, "oldrev": "x", "source_branch": "topic", "target_branch": "main",
                "source_project_id": 1, "target_project_id": 1, "last_commit": {"message": "m"}},
        })
    };
    for (action, event) in [
        ("open", "PULL_REQUEST_CREATED"),
        ("update", "PULL_REQUEST_UPDATED"),
        ("reopen", "PULL_REQUEST_REOPENED"),
        ("merge", "PULL_REQUEST_MERGED"),
        ("close", "PULL_REQUEST_CLOSED"),
    ] {
        let told = news(gitlab::read(&request(action)));
        assert_eq!((&*told.event, told.version.as_str()), (event, "pr/3"));
    }
}

// Witness: contract, codebuild 7.2 (the source branch of a pull request), 12.2; Bitbucket's documentation.
#[test]
fn bitbuckets_events_are_understood() {
    let payload = json!({
        "actor": {"account_id": "id"}, "repository": {"name": "r", "full_name": "o/r"},
        "push": {"changes": [{"old": null, "new": {"type": "branch", "name": "main", "target": {"hash": COMMIT, "message": "m"}}}]},
    });
    let pushed = news(bitbucket::read("repo:push", &payload));
    assert_eq!(
        (pushed.head.as_str(), pushed.version.as_str()),
        ("refs/heads/main", COMMIT)
    );
    assert_eq!(pushed.organization.as_deref(), Some("o"));
    let deleted = json!({"push": {"changes": [{"old": {}, "new": null}]}});
    assert!(matches!(
        bitbucket::read("repo:push", &deleted),
        Read::Ignored(_)
    ));
    let side =
        |branch: &str| json!({"branch": {"name": branch}, "repository": {"full_name": "o/r"}});
    let request =
        json!({"pullrequest": {"id": 9, "source": side("topic"), "destination": side("main")}});
    let told = news(bitbucket::read("pullrequest:fulfilled", &request));
    assert_eq!(
        (&*told.event, told.version.as_str(), told.trigger.as_str()),
        ("PULL_REQUEST_MERGED", "refs/heads/topic", "pr/9")
    );
    assert_eq!(
        told.request,
        Some(Request {
            from_fork: false,
            trusted: None
        })
    );
}

fn filter(kind: Type, pattern: &str, excluded: bool) -> WebhookFilter {
    WebhookFilter {
        exclude_matched_pattern: Some(excluded),
        ..WebhookFilter::new(kind, pattern)
    }
}

// Witness: contract, codebuild 12.2: what each filter looks at, search, exclusion.
#[test]
fn a_filter_searches_what_it_is_for() {
    let pushed = news(github::read("push", &push()));
    let told = news(github::read(
        "pull_request",
        &pull_request("opened", false, "NONE"),
    ));
    for (kind, pattern, news, expected) in [
        (Type::Event, "PULL_REQUEST_CREATED, PUSH", &pushed, true),
        (Type::Event, "PULL_REQUEST_CREATED", &pushed, false),
        (Type::HeadRef, "^refs/heads/main$", &pushed, true),
        (Type::HeadRef, "mai", &pushed, true),
        (Type::BaseRef, "main", &told, true),
        (Type::ActorAccountId, "^7$", &pushed, true),
        (Type::FilePath, "^src/", &pushed, true),
        (Type::FilePath, "^docs/", &pushed, false),
        (Type::CommitMessage, "change", &pushed, true),
        (Type::RepositoryName, "^r$", &pushed, true),
        (Type::OrganizationName, "^o$", &pushed, true),
    ] {
        assert_eq!(
            passes(&filter(kind, pattern, false), news),
            expected,
            "{kind:?} {pattern}"
        );
        assert_eq!(
            passes(&filter(kind, pattern, true), news),
            !expected,
            "excluded {kind:?} {pattern}"
        );
    }
    for excluded in [false, true] {
        let base = filter(Type::BaseRef, "main", excluded);
        assert!(!passes(&base, &pushed), "a push has no base");
        assert!(!passes(&filter(Type::FilePath, "x", excluded), &told));
    }
}

fn shown(groups: Vec<Vec<WebhookFilter>>, branch: Option<&str>) -> model::Webhook {
    model::Webhook {
        filter_groups: Some(groups).filter(|groups| !groups.is_empty()),
        branch_filter: branch.map(str::to_owned),
        ..model::Webhook::default()
    }
}

// Witness: contract, codebuild 12.2: any group, all filters of it; what starts where nothing is said.
#[test]
fn any_group_lets_pass_what_all_its_filters_do() {
    let pushed = news(github::read("push", &push()));
    let merged = news(github::read(
        "pull_request",
        &pull_request("closed", true, "OWNER"),
    ));
    let event = |events: &str| filter(Type::Event, events, false);
    let other = vec![event("PUSH"), filter(Type::HeadRef, "other", false)];
    let main = vec![event("PUSH"), filter(Type::HeadRef, "main", false)];
    assert!(!pass(&shown(vec![other.clone()], None), &pushed));
    assert!(pass(&shown(vec![other, main], None), &pushed));
    assert!(pass(&shown(vec![], None), &pushed));
    assert!(!pass(&shown(vec![], None), &merged));
    assert!(pass(&shown(vec![], Some("^main$")), &pushed));
    assert!(!pass(&shown(vec![], Some("^other$")), &pushed));
}

fn webhook(server: ServerType) -> Webhook {
    Webhook {
        server,
        token: "t".to_owned(),
        secret: Some("It's a Secret to Everybody".to_owned()),
        shown: model::Webhook::default(),
        waiting: Default::default(),
    }
}

// Witness: GitHub's documentation, "Validating webhook deliveries"; GitLab's, "Secret token".
#[test]
fn only_who_knows_the_secret_is_heard() {
    let signed = |sha256: &str| Delivery {
        sha256: Some(sha256.to_owned()),
        body: "Hello, World!".into(),
        ..Delivery::default()
    };
    let right = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let secret = webhook(ServerType::Github).secret;
    let check = |server, delivery: &Delivery| is_authentic(server, secret.as_deref(), delivery);
    assert!(check(ServerType::Github, &signed(right)));
    assert!(!check(ServerType::Github, &signed("sha256=00")));
    assert!(!check(ServerType::GithubEnterprise, &Delivery::default()));
    let token = |token: &str| Delivery {
        token: Some(token.to_owned()),
        ..Delivery::default()
    };
    assert!(check(
        ServerType::Gitlab,
        &token("It's a Secret to Everybody")
    ));
    assert!(!check(ServerType::Gitlab, &token("It's a Secret")));
    assert!(!check(ServerType::GitlabSelfManaged, &Delivery::default()));
    assert!(check(ServerType::Bitbucket, &Delivery::default()));
}

/// What Bitbucket's webhook, which needs no signature, decides of a pull request within the repository or from a fork.
fn decided(
    policy: Option<PullRequestBuildCommentApproval>,
    from: &str,
    kind: Option<WebhookBuildType>,
) -> Decision {
    let mut webhook = webhook(ServerType::Bitbucket);
    webhook.shown.pull_request_build_policy = policy.map(PullRequestBuildPolicy::new);
    webhook.shown.build_type = kind;
    let side = |branch: &str, repository: &str| json!({"branch": {"name": branch}, "repository": {"full_name": repository}});
    let body = json!({"pullrequest": {"id": 9, "source": side("topic", from), "destination": side("main", "o/r")}});
    let delivery = Delivery {
        event: Some("pullrequest:created".to_owned()),
        body: body.to_string().into(),
        ..Delivery::default()
    };
    decide(&webhook, &delivery)
}

// Witness: contract, codebuild 12.2: FILE_PATH and COMMIT_MESSAGE of pull requests, not of GitHub Enterprise's.
#[test]
fn what_a_payload_does_not_tell_is_asked_for_where_it_matters() {
    let event = || filter(Type::Event, "PULL_REQUEST_CREATED", false);
    let path = || filter(Type::FilePath, "^src/", false);
    let message = || filter(Type::CommitMessage, "^go", false);
    let other_base = || filter(Type::BaseRef, "^refs/heads/other$", false);
    let asked = |server, groups: Vec<Vec<WebhookFilter>>, told: Option<(&str, &str)>| {
        let mut webhook = webhook(server);
        webhook.shown = shown(groups, None);
        let mut news = news(github::read(
            "pull_request",
            &pull_request("opened", false, "OWNER"),
        ));
        if let Some((file, message)) = told {
            news.files = Some(vec![file.to_owned()]);
            news.message = Some(message.to_owned());
        }
        match judge(&webhook, Box::new(news)) {
            Decision::Ask(_) => "ask",
            Decision::Start(_) => "start",
            Decision::Nothing(_) => "nothing",
            other => panic!("{other:?}"),
        }
    };
    let github = ServerType::Github;
    for (groups, told, decision) in [
        (vec![vec![event(), path()]], None, "ask"),
        (vec![vec![event(), message()]], None, "ask"),
        (vec![vec![event(), path()], vec![event()]], None, "start"),
        (vec![vec![event(), path(), other_base()]], None, "nothing"),
        (vec![vec![event(), path()]], Some(("src/a", "no")), "start"),
        (
            vec![vec![event(), path()]],
            Some(("docs/a", "no")),
            "nothing",
        ),
        (
            vec![vec![event(), path(), message()]],
            Some(("src/a", "go on")),
            "start",
        ),
        (
            vec![vec![event(), path(), message()]],
            Some(("src/a", "no")),
            "nothing",
        ),
    ] {
        assert_eq!(
            asked(github, groups.clone(), told),
            decision,
            "{groups:?} {told:?}"
        );
    }
    let enterprise = asked(
        ServerType::GithubEnterprise,
        vec![vec![event(), path()]],
        None,
    );
    assert_eq!(enterprise, "nothing");
}

// Witness: contract, codebuild 12.1, 12.3 (pull request policy); that strangers are those from forks is our reading.
#[test]
fn a_pull_request_of_a_stranger_waits() {
    use PullRequestBuildCommentApproval as Approval;
    let starts = |policy, from| matches!(decided(policy, from, None), Decision::Start(_));
    assert!(starts(None, "o/r"));
    assert!(!starts(None, "stranger/r"));
    assert!(!starts(Some(Approval::ForkPullRequests), "stranger/r"));
    assert!(starts(Some(Approval::Disabled), "stranger/r"));
    let kind = |kind| decided(None, "o/r", Some(kind));
    let batch = kind(WebhookBuildType::BuildBatch);
    assert!(matches!(batch, Decision::Start(_)));
    let runner = kind(WebhookBuildType::RunnerBuildkiteBuild);
    assert!(matches!(runner, Decision::Nothing(why) if why.contains("RUNNER_BUILDKITE_BUILD")));
}

#[test]
fn a_body_that_is_no_payload_is_malformed() {
    let delivery = |event: &str, body: &str| Delivery {
        event: Some(event.to_owned()),
        body: body.to_owned().into(),
        ..Delivery::default()
    };
    let hook = webhook(ServerType::Bitbucket);
    assert!(matches!(
        decide(&hook, &delivery("repo:push", "{")),
        Decision::Malformed(_)
    ));
    let empty = r#"{"push":{"changes":[{"new":{}}]}}"#;
    assert!(matches!(
        decide(&hook, &delivery("repo:push", empty)),
        Decision::Malformed(_)
    ));
}

fn payload() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        "[a-z0/]{0,8}".prop_map(Value::from)
    ];
    let names = "(ref|after|deleted|commits|push|changes|new|target|action|pull_request|head|object_kind|object_attributes)";
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(names, inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_payload_is_read_or_ignored(payload in payload(), event in "(push|pull_request|release|repo:push|pullrequest:updated)") {
        for read in [github::read(&event, &payload), gitlab::read(&payload), bitbucket::read(&event, &payload)] {
            if let Read::News(news) = read {
                let _ = pass(&shown(vec![], Some(".")), &news);
            }
        }
    }

    #[test]
    fn a_filter_and_its_exclusion_never_both_pass(pattern in "[a-z^$.*]{0,8}", head in "[a-z/]{0,12}") {
        let news = News { head, event: "PUSH".into(), ..News::default() };
        let both = [false, true].map(|excluded| passes(&filter(Type::HeadRef, &pattern, excluded), &news));
        prop_assert!(!(both[0] && both[1]));
    }
}
