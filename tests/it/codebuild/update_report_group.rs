//! UpdateReportGroup (contract codebuild §3.4).

use super::reported::{created, group, group_arn};
use crate::support::caller::{CODEBUILD, Caller, both, tags, with};
use crate::support::wait_for;
use expect_test::expect;
use serde_json::json;

#[tokio::test]
async fn export_and_tags_are_replaced_and_nothing_else() {
    // contract codebuild §3.4
    let shown = both(CODEBUILD, async |caller| {
        let body = with(
            group("group", "TEST"),
            "/tags",
            tags(&[("a", "1"), ("b", "2")]),
        );
        caller.ok("CreateReportGroup", body).await;
        let export = json!({"exportConfigType": "S3", "s3Destination": {"bucket": "b"}});
        let body =
            json!({"arn": group_arn("group"), "exportConfig": export, "tags": tags(&[("c", "3")])});
        let answer = caller.ok("UpdateReportGroup", body).await;
        let arns = json!({"reportGroupArns": [group_arn("group")]});
        let got = caller.ok("BatchGetReportGroups", arns).await;
        assert_eq!(got["reportGroups"], json!([answer["reportGroup"]]));
        answer
    });
    expect![[r#"
        {
          "reportGroup": {
            "arn": "arn:aws:codebuild:us-east-1:000000000000:report-group/group",
            "created": "<time>",
            "exportConfig": {
              "exportConfigType": "S3",
              "s3Destination": {
                "bucket": "b",
                "encryptionKey": "arn:aws:kms:us-east-1:000000000000:alias/aws/s3",
                "packaging": "NONE"
              }
            },
            "lastModified": "<time>",
            "name": "group",
            "status": "ACTIVE",
            "tags": [
              {
                "key": "c",
                "value": "3"
              }
            ],
            "type": "TEST"
          }
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn what_is_not_given_stays_and_an_empty_list_clears() {
    // contract codebuild §3.4: tags `[]` clears
    let caller = Caller::new(CODEBUILD).await;
    let body = with(group("group", "TEST"), "/tags", tags(&[("a", "1")]));
    let made = caller.ok("CreateReportGroup", body).await["reportGroup"].clone();
    let app = &caller.server.app;
    let then = app.now();
    wait_for("the next millisecond", async || {
        (app.now() > then).then_some(())
    })
    .await;
    let arn = group_arn("group");
    let after = caller.ok("UpdateReportGroup", json!({"arn": arn})).await["reportGroup"].clone();
    assert!(after["lastModified"].as_f64() > made["lastModified"].as_f64());
    let timeless = |value| with(value, "/lastModified", json!(0));
    assert_eq!(timeless(after), timeless(made));
    let body = json!({"arn": arn, "tags": []});
    let after = caller.ok("UpdateReportGroup", body).await;
    assert_eq!(after["reportGroup"]["tags"], json!([]));
}

#[tokio::test]
async fn a_group_that_is_not_there_is_not_found_and_what_is_no_arn_is_refused() {
    // contract codebuild §1.1, §3.4
    let caller = Caller::new(CODEBUILD).await;
    created(&caller.in_region("eu-west-1"), "group", "TEST").await;
    let foreign = "arn:aws:codebuild:eu-west-1:000000000000:report-group/group".to_owned();
    for arn in [group_arn("group"), foreign] {
        let said = format!("Report group cannot be found: {arn}");
        let body = json!({"arn": arn});
        caller
            .expect_refusal(
                "UpdateReportGroup",
                body,
                "ResourceNotFoundException",
                &said,
            )
            .await;
    }
    let said = "Invalid ARN provided: 'group' is not the ARN of a report group";
    let body = json!({"arn": "group"});
    caller
        .expect_refusal("UpdateReportGroup", body, "InvalidInputException", said)
        .await;
}

#[tokio::test]
async fn an_export_without_a_bucket_is_refused() {
    // contract codebuild §3.4
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "group", "TEST").await;
    let body = json!({"arn": group_arn("group"), "exportConfig": {"exportConfigType": "S3"}});
    let said =
        "Invalid export config: exportConfigType S3 should have a bucket in its s3Destination";
    caller
        .expect_refusal("UpdateReportGroup", body, "InvalidInputException", said)
        .await;
}
