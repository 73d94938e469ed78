//! ListApplicationRevisions (contract codedeploy §3.2).

use super::sample::{app, refusals, revision};
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn revisions_are_filtered_by_bucket_and_prefix_and_ordered_by_time() {
    // contract codedeploy §3.2
    let shown = both(CODEDEPLOY, async |caller| {
        app(&caller, "a", "Server").await;
        for key in ["p/b", "q/a", "p/a"] {
            revision(&caller, "a", key).await;
        }
        let mut shown = Vec::new();
        for body in [
            json!({"s3Bucket": "b", "s3KeyPrefix": "p/"}),
            json!({"s3Bucket": "c"}),
            json!({"deployed": "include"}),
            json!({"sortBy": "registerTime", "sortOrder": "descending", "s3Bucket": "b", "s3KeyPrefix": "q"}),
            json!({"deployed": "exclude"}),
        ] {
            let mut body = body;
            body["applicationName"] = json!("a");
            let listed = caller.ok("ListApplicationRevisions", body).await;
            let keys = listed["revisions"]
                .as_array()
                .unwrap()
                .iter()
                .map(|of| of["s3Location"]["key"].clone());
            shown.push(json!(keys.collect::<Vec<_>>()));
        }
        let cases = refusals(
            &caller,
            "ListApplicationRevisions",
            [
                json!({"applicationName": "a", "s3KeyPrefix": "p"}),
                json!({"applicationName": "a", "sortBy": "odd"}),
                json!({"applicationName": "b"}),
            ],
        )
        .await;
        json!([shown, cases])
    });
    assert_eq!(
        shown.await,
        normalised(json!([
            [["p/a", "p/b"], [], [], ["q/a"], ["p/a", "p/b", "q/a"]],
            [
                "BucketNameFilterRequiredException",
                "InvalidSortByException",
                "ApplicationDoesNotExistException"
            ]
        ]))
    );
}
