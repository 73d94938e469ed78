//! ListTagsForResource (contract codedeploy §3.7).

use super::sample::refusals;
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn a_resource_that_is_not_there_has_no_tags() {
    // contract codedeploy §3.7
    let shown = both(CODEDEPLOY, async |caller| {
        let cases = refusals(
            &caller,
            "ListTagsForResource",
            [
                json!({"ResourceArn": "nonsense"}),
                json!({"ResourceArn": "arn:aws:codedeploy:us-east-1:000000000000:thing:a"}),
            ],
        )
        .await;
        json!([caller.ok("ListTagsForResource", json!({"ResourceArn": "arn:aws:codedeploy:us-east-1:000000000000:application:a"})).await, cases])
    });
    assert_eq!(
        shown.await,
        normalised(json!([{"Tags": []}, ["InvalidArnException", "ArnNotSupportedException"]]))
    );
}
