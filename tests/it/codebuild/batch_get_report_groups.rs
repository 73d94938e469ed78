//! BatchGetReportGroups (contract codebuild §3, §3.4, §10.1).

use super::reported::{created, group_arn, scope};
use crate::support::caller::{CODEBUILD, Caller, both, texts};
use codebuild_api::model::ReportType;
use expect_test::expect;
use serde_json::json;

#[tokio::test]
async fn a_group_is_shown_with_its_tags_and_status() {
    // contract codebuild §3.4: `tags:[]`, `status`
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "group", "TEST").await;
        let arns = json!({"reportGroupArns": [group_arn("group"), "nonsense"]});
        caller.ok("BatchGetReportGroups", arns).await
    });
    expect![[r#"
        {
          "reportGroups": [
            {
              "arn": "arn:aws:codebuild:us-east-1:000000000000:report-group/group",
              "created": "<time>",
              "exportConfig": {
                "exportConfigType": "NO_EXPORT"
              },
              "lastModified": "<time>",
              "name": "group",
              "status": "ACTIVE",
              "tags": [],
              "type": "TEST"
            }
          ],
          "reportGroupsNotFound": [
            "nonsense"
          ]
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn groups_come_back_in_the_order_asked_and_what_is_missing_as_it_was_written() {
    // contract codebuild §3
    let caller = Caller::new(CODEBUILD).await;
    for name in ["aa", "bb"] {
        created(&caller, name, "TEST").await;
    }
    created(&caller.in_region("eu-west-1"), "cc", "TEST").await;
    let foreign = "arn:aws:codebuild:eu-west-1:000000000000:report-group/cc";
    let [aa, bb, cc] = ["aa", "bb", "cc"].map(group_arn);
    let arns = json!({"reportGroupArns": [bb, cc, aa, foreign, bb, "aa"]});
    let got = caller.ok("BatchGetReportGroups", arns).await;
    assert_eq!(texts(&got["reportGroups"], "name"), ["bb", "aa"]);
    assert_eq!(got["reportGroupsNotFound"], json!([cc, foreign, "aa"]));
}

#[tokio::test]
async fn a_build_makes_the_group_it_names_first_and_finds_it_later() {
    // contract codebuild §10.1: type from the file format, NO_EXPORT
    let caller = Caller::new(CODEBUILD).await;
    let service = &caller.server.app.codebuild;
    let now = caller.server.app.now();
    let mut groups = Vec::new();
    for kind in [ReportType::CodeCoverage, ReportType::Test] {
        let tables = service.tables.clone();
        let used = service.store.write(move |tx| {
            Ok::<_, ()>(tables.use_report_group(tx, &scope(), "hello-unit", kind, now))
        });
        groups.push(used.await.unwrap());
    }
    assert_eq!(groups[0], groups[1]);
    let arns = json!({"reportGroupArns": [group_arn("hello-unit")]});
    let got = caller.ok("BatchGetReportGroups", arns).await["reportGroups"][0].clone();
    assert_eq!(got["type"], "CODE_COVERAGE");
    let export = json!({"exportConfigType": "NO_EXPORT"});
    assert_eq!(got["exportConfig"], export);
    assert_eq!(got["status"], "ACTIVE");
}
