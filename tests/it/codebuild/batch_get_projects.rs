//! BatchGetProjects (contract codebuild §3, §3.1).

use super::sample::{created, project_arn};
use crate::support::caller::{CODEBUILD, Caller, both, texts};
use expect_test::expect;
use serde_json::json;

#[tokio::test]
async fn a_project_is_shown_as_it_was_created() {
    // contract codebuild §3.1.1
    let shown = both(CODEBUILD, async |caller| {
        let made = caller
            .ok("CreateProject", super::sample::project("hello"))
            .await;
        let mut got = caller
            .ok("BatchGetProjects", json!({"names": ["hello", "nope"]}))
            .await;
        assert_eq!(got["projects"], json!([made["project"]]));
        got["projects"] = json!(1);
        got
    });
    expect![[r#"
        {
          "projects": 1,
          "projectsNotFound": [
            "nope"
          ]
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn names_and_arns_come_back_in_the_order_asked_and_what_is_missing_as_it_was_written() {
    // contract codebuild §2, §3, §14 13
    let caller = Caller::new(CODEBUILD).await;
    for name in ["aa", "bb"] {
        created(&caller, name).await;
    }
    created(&caller.in_region("eu-west-1"), "cc").await;
    let foreign = "arn:aws:codebuild:eu-west-1:000000000000:project/cc";
    let names = json!([
        "bb",
        "cc",
        project_arn("aa"),
        foreign,
        "bb",
        project_arn("bb"),
        "cc"
    ]);
    let got = caller.ok("BatchGetProjects", json!({"names": names})).await;
    assert_eq!(texts(&got["projects"], "name"), ["bb", "aa"]);
    assert_eq!(got["projectsNotFound"], json!(["cc", foreign]));
}

#[tokio::test]
async fn between_one_and_a_hundred_names_may_be_asked() {
    // contract codebuild §1.3
    let caller = Caller::new(CODEBUILD).await;
    let names: Vec<String> = (0..101).map(|at| format!("p{at}")).collect();
    caller
        .ok("BatchGetProjects", json!({"names": names[..100]}))
        .await;
    for (names, said) in [
        (&names[..], "less than or equal to 100"),
        (&names[..0], "greater than or equal to 1"),
    ] {
        let said = format!(
            "1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length {said}"
        );
        let body = json!({"names": names});
        caller
            .expect_refusal("BatchGetProjects", body, "InvalidInputException", &said)
            .await;
    }
}
