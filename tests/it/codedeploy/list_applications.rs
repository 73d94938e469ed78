//! ListApplications (contract codedeploy §1.2, §3.1).

use super::sample::{app, refusals};
use crate::support::caller::pages;
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn names_are_listed_a_hundred_on_a_page() {
    // contract codedeploy §1.2
    let shown = both(CODEDEPLOY, async |caller| {
        for at in 0..101 {
            app(&caller, &format!("n{at:03}"), "Server").await;
        }
        let listed = pages(&caller, "ListApplications", json!({}), "applications").await;
        let lengths: Vec<usize> = listed.iter().map(Vec::len).collect();
        let cases = refusals(
            &caller,
            "ListApplications",
            [json!({"nextToken": "garbage"})],
        )
        .await;
        json!([lengths, listed[0][0], listed[1][0], cases])
    });
    assert_eq!(
        shown.await,
        normalised(json!([
            [100, 1],
            "n000",
            "n100",
            ["InvalidNextTokenException"]
        ]))
    );
}
