//! ListDeployments (contract codedeploy §3.5).

use super::deploying::{create, deployed, failed, group, merged, more, request, shown};
use super::sample::refusals;
use crate::support::caller::{CODEDEPLOY, Caller, both, pages};
use serde_json::{Value, json};

async fn list(caller: &Caller, body: Value) -> Vec<Value> {
    let listed = caller.ok("ListDeployments", body).await;
    assert_eq!(listed.get("nextToken"), None);
    listed["deployments"].as_array().unwrap().clone()
}

#[tokio::test]
async fn filters_are_conditions_and_the_newest_comes_first() {
    // contract codedeploy §1.3, §3.5, §10.2 M7
    both(CODEDEPLOY, async |caller| {
        group(&caller, json!({})).await;
        more(&caller, "h", json!({})).await;
        let one = deployed(&caller, 1, 2).await;
        let two = failed(&caller, 2, 3).await;
        let three = create(
            &caller,
            merged(request(1, 2), json!({"deploymentGroupName": "h"})),
        )
        .await;
        let of = |group: &str| json!({"applicationName": "a", "deploymentGroupName": group});
        let all = list(&caller, json!({})).await;
        // Those of one millisecond come in the order of their ids.
        let mut sorted = all.clone();
        sorted.sort_by_key(ToString::to_string);
        let mut expected = vec![json!(one), json!(two), json!(three)];
        expected.sort_by_key(ToString::to_string);
        assert_eq!(sorted, expected);
        assert_eq!(list(&caller, of("h")).await, [json!(three)]);
        assert_eq!(list(&caller, of("g")).await.len(), 2);
        let with = |names: &[&str]| json!({"includeOnlyStatuses": names});
        assert_eq!(list(&caller, with(&["Failed"])).await, [json!(two)]);
        assert_eq!(list(&caller, with(&["Created"])).await, [json!(three)]);
        assert_eq!(
            list(&caller, with(&["Stopped", "InProgress", "Queued", "Ready"])).await,
            [json!(null); 0]
        );
        let both = merged(of("g"), with(&["Succeeded", "Failed"]));
        assert_eq!(list(&caller, both).await.len(), 2);
        let made = shown(&caller, &one).await["createTime"].as_f64().unwrap();
        let between = |from: f64, to: f64| json!({"createTimeRange": {"start": from, "end": to}});
        assert!(
            list(&caller, between(made, made))
                .await
                .contains(&json!(one))
        );
        assert_eq!(
            list(&caller, between(made - 9.0, made - 1.0)).await,
            [json!(null); 0]
        );
        assert_eq!(
            list(&caller, json!({"createTimeRange": {"start": made}})).await,
            all
        );
        assert_eq!(
            list(&caller, json!({"externalId": "stack"})).await,
            [json!(null); 0]
        );
        let cases = refusals(
            &caller,
            "ListDeployments",
            [
                json!({"applicationName": "a"}),
                json!({"deploymentGroupName": "g"}),
                json!({"applicationName": "b", "deploymentGroupName": "g"}),
                of("i"),
                between(made, made - 1.0),
                with(&["odd"]),
                json!({"nextToken": "odd"}),
            ],
        );
        assert_eq!(
            cases.await,
            [
                "DeploymentGroupNameRequiredException",
                "ApplicationNameRequiredException",
                "ApplicationDoesNotExistException",
                "DeploymentGroupDoesNotExistException",
                "InvalidTimeRangeException",
                "InvalidDeploymentStatusException",
                "InvalidNextTokenException",
            ]
        );
        json!(null)
    })
    .await;
}

#[tokio::test]
async fn long_lists_come_in_pages_of_a_hundred() {
    // contract codedeploy §1.2, §10.1 F41
    let caller = Caller::new(CODEDEPLOY).await;
    group(&caller, json!({})).await;
    for version in 1..=105 {
        match version % 2 {
            0 => deployed(&caller, version, version + 1).await,
            _ => failed(&caller, version, version + 1).await,
        };
    }
    for body in [
        json!({}),
        json!({"includeOnlyStatuses": ["Failed", "Succeeded"]}),
    ] {
        let pages = pages(&caller, "ListDeployments", body, "deployments").await;
        let sizes: Vec<usize> = pages.iter().map(Vec::len).collect();
        assert_eq!(sizes, [100, 5]);
        let mut all: Vec<String> = pages.concat().iter().map(ToString::to_string).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 105);
    }
    let body = json!({"includeOnlyStatuses": ["Failed"]});
    assert_eq!(list(&caller, body).await.len(), 53);
    let first = caller.ok("ListDeployments", json!({})).await;
    let foreign = json!({"nextToken": first["nextToken"], "includeOnlyStatuses": ["Failed"]});
    let said = caller.refused("ListDeployments", foreign).await;
    assert_eq!(said.code, "InvalidNextTokenException");
}
