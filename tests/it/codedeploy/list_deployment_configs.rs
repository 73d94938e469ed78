//! ListDeploymentConfigs (contract codedeploy §3.3).

use super::sample::config;
use crate::support::caller::pages;
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn the_seventeen_and_the_accounts_own_are_listed() {
    // contract codedeploy §3.3, §4.1
    let shown = both(CODEDEPLOY, async |caller| {
        config(&caller, "mine").await;
        let listed = caller.ok("ListDeploymentConfigs", json!({})).await;
        let names = listed["deploymentConfigsList"].as_array().unwrap();
        for at in 0..100 {
            config(&caller, &format!("n{at}")).await;
        }
        let all = pages(
            &caller,
            "ListDeploymentConfigs",
            json!({}),
            "deploymentConfigsList",
        )
        .await;
        json!([
            names.len(),
            names.contains(&json!("mine")),
            names.contains(&json!("CodeDeployDefault.ECSCanary10Percent15Minutes")),
            all.iter().map(Vec::len).collect::<Vec<_>>()
        ])
    });
    assert_eq!(shown.await, normalised(json!([18, true, true, [100, 18]])));
}
