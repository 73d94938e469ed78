//! ListReportsForReportGroup (contract codebuild §3, §3.4).

use super::reported::{created, group_arn, keep, tests};
use crate::support::caller::{CODEBUILD, Caller, both, pages};
use codebuild_api::model::ReportStatusType;
use serde_json::json;
use slipway::codebuild::reports::Report;

const LIST: &str = "ListReportsForReportGroup";

#[tokio::test]
async fn arns_of_one_group_are_listed_the_newest_first() {
    // contract codebuild §3.4
    let shown = both(CODEBUILD, async |caller| {
        for name in ["group", "group-2"] {
            created(&caller, name, "TEST").await;
        }
        let asked = json!({"reportGroupArn": group_arn("group")});
        let none = caller.ok(LIST, asked.clone()).await;
        assert_eq!(none, json!({"reports": []}));
        keep(&caller, tests(&caller, "group-2", 0)).await;
        let one = keep(&caller, tests(&caller, "group", 1)).await;
        let two = keep(&caller, tests(&caller, "group", 2)).await;
        let up = json!({"reportGroupArn": group_arn("group"), "sortOrder": "ASCENDING"});
        let listed = caller.ok(LIST, up).await;
        assert_eq!(listed["reports"], json!([one, two]));
        let listed = caller.ok(LIST, asked).await;
        assert_eq!(listed, json!({"reports": [two, one]}));
        listed
    });
    let arn = |id| format!("arn:aws:codebuild:us-east-1:000000000000:report/group:<id:{id}>");
    let expected = json!({"reports": [arn(1), arn(2)]});
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn reports_of_one_status_are_listed_on_pages_of_the_size_asked() {
    // contract codebuild §3, §3.4
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "group", "TEST").await;
    let mut failed = Vec::new();
    for number in (0..6).rev() {
        let status = match number % 2 {
            0 => ReportStatusType::Succeeded,
            _ => ReportStatusType::Failed,
        };
        let report = Report {
            status,
            ..tests(&caller, "group", number)
        };
        let arn = keep(&caller, report).await;
        if number % 2 != 0 {
            failed.push(json!(arn));
        }
    }
    let body = json!({"reportGroupArn": group_arn("group"), "filter": {"status": "FAILED"}, "maxResults": 2});
    let listed = pages(&caller, LIST, body, "reports").await;
    assert_eq!([listed[0].len(), listed[1].len()], [2, 1]);
    assert_eq!(listed.concat(), failed);
    let said = "Invalid next token provided: garbage";
    let body = json!({"reportGroupArn": group_arn("group"), "nextToken": "garbage"});
    caller
        .expect_refusal(LIST, body, "InvalidInputException", said)
        .await;
}

#[tokio::test]
async fn a_group_that_is_not_there_is_not_found() {
    // contract codebuild §1.1, §3.4
    let caller = Caller::new(CODEBUILD).await;
    let arn = group_arn("group");
    let said = format!("Report group cannot be found: {arn}");
    let body = json!({"reportGroupArn": arn});
    caller
        .expect_refusal(LIST, body, "ResourceNotFoundException", &said)
        .await;
    let said = "Invalid ARN provided: 'group' is not the ARN of a report group";
    let body = json!({"reportGroupArn": "group"});
    caller
        .expect_refusal(LIST, body, "InvalidInputException", said)
        .await;
}
