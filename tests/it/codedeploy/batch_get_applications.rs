//! BatchGetApplications (contract codedeploy §3.1).

use super::sample::{app, refusals};
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn applications_come_in_the_order_asked_for_or_not_at_all() {
    // contract codedeploy §3.1
    let shown = both(CODEDEPLOY, async |caller| {
        for name in ["a", "b"] {
            app(&caller, name, "Server").await;
        }
        let got = caller
            .ok(
                "BatchGetApplications",
                json!({"applicationNames": ["b", "a"]}),
            )
            .await;
        let many: Vec<String> = (0..101).map(|at| format!("n{at}")).collect();
        let cases = refusals(
            &caller,
            "BatchGetApplications",
            [
                json!({"applicationNames": ["a", "c"]}),
                json!({"applicationNames": []}),
                json!({"applicationNames": many}),
            ],
        )
        .await;
        json!([
            got["applicationsInfo"][0]["applicationName"],
            got["applicationsInfo"][1]["applicationName"],
            cases
        ])
    });
    assert_eq!(
        shown.await,
        normalised(json!([
            "b",
            "a",
            [
                "ApplicationDoesNotExistException",
                "ApplicationNameRequiredException",
                "BatchLimitExceededException"
            ]
        ]))
    );
}
