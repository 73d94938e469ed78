//! ListReports (contract codebuild §3, §3.4).

use super::reported::{created, keep, tests};
use crate::support::caller::{CODEBUILD, Caller, both, pages};
use codebuild_api::model::ReportStatusType;
use serde_json::json;
use slipway::codebuild::reports::Report;

#[tokio::test]
async fn arns_of_all_groups_are_listed_the_newest_first() {
    // contract codebuild §3.4
    let shown = both(CODEBUILD, async |caller| {
        let none = caller.ok("ListReports", json!({})).await;
        assert_eq!(none, json!({"reports": []}));
        for name in ["aa", "bb"] {
            created(&caller, name, "TEST").await;
        }
        let mut arns = Vec::new();
        for (group, number) in [("bb", 1), ("aa", 2), ("bb", 3)] {
            arns.push(keep(&caller, tests(&caller, group, number)).await);
        }
        let up = json!({"sortOrder": "ASCENDING"});
        let listed = caller.ok("ListReports", up).await;
        assert_eq!(listed["reports"], json!(arns));
        let elsewhere = caller.in_region("eu-west-1");
        assert_eq!(elsewhere.ok("ListReports", json!({})).await, none);
        arns.reverse();
        let listed = caller.ok("ListReports", json!({})).await;
        assert_eq!(listed, json!({"reports": arns}));
        listed
    });
    let arn =
        |group, id| format!("arn:aws:codebuild:us-east-1:000000000000:report/{group}:<id:{id}>");
    let expected = json!({"reports": [arn("bb", 1), arn("aa", 2), arn("bb", 3)]});
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn reports_of_one_status_are_listed_on_pages_of_the_size_asked() {
    // contract codebuild §3, §3.4: filter {status}
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "group", "TEST").await;
    let (mut failed, mut all) = (Vec::new(), Vec::new());
    for number in (0..9).rev() {
        let status = match number % 3 {
            0 => ReportStatusType::Succeeded,
            _ => ReportStatusType::Failed,
        };
        let report = Report {
            status,
            ..tests(&caller, "group", number)
        };
        let arn = keep(&caller, report).await;
        all.push(json!(arn));
        if number % 3 != 0 {
            failed.push(json!(arn));
        }
    }
    let body = json!({"filter": {"status": "FAILED"}, "maxResults": 4});
    let listed = pages(&caller, "ListReports", body.clone(), "reports").await;
    assert_eq!([listed[0].len(), listed[1].len()], [4, 2]);
    assert_eq!(listed.concat(), failed);
    let listed = pages(&caller, "ListReports", json!({"maxResults": 8}), "reports").await;
    assert_eq!(listed.concat(), all);
    let token = caller.ok("ListReports", body).await["nextToken"].clone();
    for body in [
        json!({"nextToken": "garbage"}),
        json!({"nextToken": token}),
        json!({"nextToken": token, "filter": {"status": "FAILED"}, "sortOrder": "ASCENDING"}),
    ] {
        let said = format!(
            "Invalid next token provided: {}",
            body["nextToken"].as_str().unwrap()
        );
        caller
            .expect_refusal("ListReports", body, "InvalidInputException", &said)
            .await;
    }
}
