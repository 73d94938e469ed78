//! BatchDeleteBuilds (contract codebuild §0, §3.2).

use super::sample::{NOBODY, build, build_arn, created, start, stopped};
use crate::support::caller::{CODEBUILD, Caller, both};
use expect_test::expect;
use serde_json::json;

#[tokio::test]
async fn finished_and_unknown_builds_are_deleted_and_a_running_one_is_not() {
    // contract codebuild §0, §3.2: ARNs even though ids were sent
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        let over = stopped(&caller, "hello").await;
        let other = stopped(&caller, "hello").await;
        let live = start(&caller, "hello").await;
        let ids = json!([over, live, NOBODY, build_arn(&other)]);
        let answer = caller.ok("BatchDeleteBuilds", json!({"ids": ids})).await;
        let got = caller
            .ok("BatchGetBuilds", json!({"ids": [over, other]}))
            .await;
        assert_eq!(got, json!({"builds": [], "buildsNotFound": [over, other]}));
        assert_eq!(build(&caller, &live).await["buildStatus"], "IN_PROGRESS");
        assert_eq!(
            caller.ok("ListBuilds", json!({})).await["ids"],
            json!([live])
        );
        let listed = caller
            .ok("ListBuildsForProject", json!({"projectName": "hello"}))
            .await;
        assert_eq!(listed["ids"], json!([live]));
        answer
    });
    expect![[r#"
        {
          "buildsDeleted": [
            "arn:aws:codebuild:us-east-1:000000000000:build/hello:<id:1>",
            "arn:aws:codebuild:us-east-1:000000000000:build/hello:<id:2>",
            "arn:aws:codebuild:us-east-1:000000000000:build/hello:<id:3>"
          ],
          "buildsNotDeleted": [
            {
              "id": "arn:aws:codebuild:us-east-1:000000000000:build/hello:<id:4>",
              "statusCode": "BUILD_IN_PROGRESS"
            }
          ]
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn numbers_are_not_used_again() {
    // contract codebuild §2
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = stopped(&caller, "hello").await;
    caller.ok("BatchDeleteBuilds", json!({"ids": [id]})).await;
    let next = start(&caller, "hello").await;
    assert_eq!(build(&caller, &next).await["buildNumber"], 2);
}

#[tokio::test]
async fn a_build_elsewhere_stays() {
    // contract codebuild §3
    let caller = Caller::new(CODEBUILD).await;
    let other = caller.in_region("eu-west-1");
    created(&other, "hello").await;
    let id = stopped(&other, "hello").await;
    let arn = format!("arn:aws:codebuild:eu-west-1:000000000000:build/{id}");
    caller
        .ok("BatchDeleteBuilds", json!({"ids": [id, arn]}))
        .await;
    assert_eq!(build(&other, &id).await["id"], json!(id));
}
