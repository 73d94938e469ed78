//! CreateReportGroup (contract codebuild §3.4).

use super::reported::{created, group, group_arn};
use crate::support::caller::{CODEBUILD, Caller, both, tags, with};
use expect_test::expect;
use serde_json::{Value, json};

const INVALID: &str = "InvalidInputException";

fn exported(name: &str, destination: Value) -> Value {
    let export = json!({"exportConfigType": "S3", "s3Destination": destination});
    with(group(name, "TEST"), "/exportConfig", export)
}

#[tokio::test]
async fn a_group_comes_back_with_the_defaults_of_its_export() {
    // contract codebuild §3.4: defaults of S3, `path` echoed even if empty, tags if given
    let shown = both(CODEBUILD, async |caller| {
        let plain = caller
            .ok("CreateReportGroup", group("plain", "CODE_COVERAGE"))
            .await;
        let body = exported("full", json!({"bucket": "b", "path": ""}));
        let body = with(body, "/tags", tags(&[("a", "1")]));
        let full = caller.ok("CreateReportGroup", body).await;
        json!([plain, full])
    });
    expect![[r#"
        [
          {
            "reportGroup": {
              "arn": "arn:aws:codebuild:us-east-1:000000000000:report-group/plain",
              "created": "<time>",
              "exportConfig": {
                "exportConfigType": "NO_EXPORT"
              },
              "lastModified": "<time>",
              "name": "plain",
              "status": "ACTIVE",
              "type": "CODE_COVERAGE"
            }
          },
          {
            "reportGroup": {
              "arn": "arn:aws:codebuild:us-east-1:000000000000:report-group/full",
              "created": "<time>",
              "exportConfig": {
                "exportConfigType": "S3",
                "s3Destination": {
                  "bucket": "b",
                  "encryptionKey": "arn:aws:kms:us-east-1:000000000000:alias/aws/s3",
                  "packaging": "NONE",
                  "path": ""
                }
              },
              "lastModified": "<time>",
              "name": "full",
              "status": "ACTIVE",
              "tags": [
                {
                  "key": "a",
                  "value": "1"
                }
              ],
              "type": "TEST"
            }
          }
        ]
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn an_export_that_is_not_encrypted_has_no_key() {
    // contract codebuild §3.4
    let caller = Caller::new(CODEBUILD).await;
    let destination = json!({"bucket": "b", "packaging": "ZIP", "encryptionDisabled": true});
    let made = caller
        .ok("CreateReportGroup", exported("group", destination.clone()))
        .await;
    assert_eq!(
        made["reportGroup"]["exportConfig"]["s3Destination"],
        destination
    );
    let destination = json!({"bucket": "b", "encryptionKey": "alias/mine", "packaging": "NONE"});
    let made = caller
        .ok("CreateReportGroup", exported("other", destination.clone()))
        .await;
    assert_eq!(
        made["reportGroup"]["exportConfig"]["s3Destination"],
        destination
    );
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused_and_another_region_is_another_place() {
    // contract codebuild §1.1, §3.4
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "group", "TEST").await;
    created(&caller.in_region("eu-west-1"), "group", "TEST").await;
    let said = format!("Report group already exists : {}", group_arn("group"));
    caller
        .expect_refusal(
            "CreateReportGroup",
            group("group", "CODE_COVERAGE"),
            "ResourceAlreadyExistsException",
            &said,
        )
        .await;
}

#[tokio::test]
async fn every_rule_of_a_group_is_told() {
    // contract codebuild §1.3, §3.4
    let caller = Caller::new(CODEBUILD).await;
    let plain = || group("group", "TEST");
    for (body, said) in [
        (
            with(plain(), "/name", json!("a/b")),
            "Only alphanumeric characters, dash, and underscore are supported",
        ),
        (
            with(plain(), "/name", json!("g")),
            "1 validation error detected: Value 'g' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 2",
        ),
        (
            with(plain(), "/exportConfig", json!({})),
            "Invalid export config: an exportConfigType is required",
        ),
        (
            with(
                plain(),
                "/exportConfig",
                json!({"exportConfigType": "S3", "s3Destination": {}}),
            ),
            "Invalid export config: exportConfigType S3 should have a bucket in its s3Destination",
        ),
    ] {
        caller
            .expect_refusal("CreateReportGroup", body, INVALID, said)
            .await;
    }
}
