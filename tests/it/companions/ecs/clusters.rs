//! CreateCluster, DescribeClusters, ListClusters, UpdateCluster, UpdateClusterSettings, PutClusterCapacityProviders,
//! DescribeCapacityProviders, DeleteCluster. Witness: API reference; the texts are the real service's.

use super::house::{ARN, define, definition, quiet};
use crate::support::caller::{pages, with};
use serde_json::json;

#[tokio::test]
async fn a_cluster_is_made_described_changed_and_deleted() {
    let caller = quiet().await;
    let body = json!({"clusterName": "made", "tags": [{"key": "k", "value": "v"}], "settings": [{"name": "containerInsights", "value": "enabled"}]});
    let made = caller.ok("CreateCluster", body.clone()).await["cluster"].clone();
    assert_eq!(made["clusterArn"], format!("{ARN}:cluster/made"));
    assert_eq!(
        (&made["status"], &made["activeServicesCount"]),
        (&json!("ACTIVE"), &json!(0))
    );
    assert_eq!(made["settings"][0]["value"], "enabled");
    let again = caller
        .ok("CreateCluster", with(body, "/tags", json!([])))
        .await;
    assert_eq!(
        again["cluster"]["tags"], made["tags"],
        "a second time it is the same one"
    );

    let asked =
        json!({"clusters": ["made", "none"], "include": ["TAGS", "SETTINGS", "STATISTICS"]});
    let shown = caller.ok("DescribeClusters", asked).await;
    assert_eq!(
        shown["clusters"][0]["tags"],
        json!([{"key": "k", "value": "v"}])
    );
    assert_eq!(
        shown["failures"],
        json!([{"arn": format!("{ARN}:cluster/none"), "reason": "MISSING"}])
    );

    let off = json!([{"name": "containerInsights", "value": "disabled"}]);
    let changed = caller
        .ok(
            "UpdateClusterSettings",
            json!({"cluster": "made", "settings": off}),
        )
        .await;
    assert_eq!(changed["cluster"]["settings"], off);
    let on = json!([{"name": "containerInsights", "value": "enhanced"}]);
    let changed = caller
        .ok(
            "UpdateCluster",
            json!({"cluster": made["clusterArn"], "settings": on}),
        )
        .await;
    assert_eq!(changed["cluster"]["settings"], on);

    let deleted = caller.ok("DeleteCluster", json!({"cluster": "made"})).await;
    assert_eq!(deleted["cluster"]["status"], "INACTIVE");
    let gone = json!({"cluster": "made", "services": ["s"]});
    caller
        .expect_refusal(
            "DescribeServices",
            gone,
            "ClusterNotFoundException",
            "Cluster not found.",
        )
        .await;
    let listed = caller.ok("ListClusters", json!({})).await;
    assert_eq!(listed["clusterArns"], json!([format!("{ARN}:cluster/c")]));
}

#[tokio::test]
async fn a_cluster_without_a_name_is_the_default_one() {
    let caller = quiet().await;
    let none = json!({"services": ["s"]});
    caller
        .expect_refusal(
            "DescribeServices",
            none.clone(),
            "ClusterNotFoundException",
            "Cluster not found.",
        )
        .await;
    let made = caller.ok("CreateCluster", json!({})).await;
    assert_eq!(made["cluster"]["clusterName"], "default");
    assert_eq!(
        caller.ok("DescribeServices", none).await["failures"][0]["arn"],
        format!("{ARN}:service/default/s")
    );
}

#[tokio::test]
async fn clusters_are_listed_in_pages() {
    let caller = quiet().await;
    for name in ["d", "e"] {
        caller
            .ok("CreateCluster", json!({"clusterName": name}))
            .await;
    }
    let listed = pages(
        &caller,
        "ListClusters",
        json!({"maxResults": 2}),
        "clusterArns",
    )
    .await;
    assert_eq!(
        listed.concat(),
        ["c", "d", "e"].map(|name| json!(format!("{ARN}:cluster/{name}")))
    );
    assert_eq!(listed.len(), 2);
    let other = caller.of_account("111111111111").await;
    assert_eq!(
        other.ok("ListClusters", json!({})).await["clusterArns"],
        json!([])
    );
}

#[tokio::test]
async fn a_cluster_has_the_capacity_providers_of_aws() {
    let caller = quiet().await;
    let strategy = json!([{"capacityProvider": "FARGATE_SPOT", "weight": 1}]);
    let body = json!({"cluster": "c", "capacityProviders": ["FARGATE", "FARGATE_SPOT"], "defaultCapacityProviderStrategy": strategy});
    let put = caller.ok("PutClusterCapacityProviders", body.clone()).await;
    assert_eq!(
        put["cluster"]["capacityProviders"],
        json!(["FARGATE", "FARGATE_SPOT"])
    );
    assert_eq!(
        put["cluster"]["defaultCapacityProviderStrategy"][0]["capacityProvider"],
        "FARGATE_SPOT"
    );
    let unknown = with(body, "/capacityProviders", json!(["mine"]));
    let said = "The specified capacity provider mine was not found. Specify a valid name or ARN and try again.";
    caller
        .expect_refusal(
            "PutClusterCapacityProviders",
            unknown,
            "InvalidParameterException",
            said,
        )
        .await;
    let all = caller.ok("DescribeCapacityProviders", json!({})).await;
    assert_eq!(all["capacityProviders"][1]["name"], "FARGATE_SPOT");
    let none = caller
        .ok(
            "DescribeCapacityProviders",
            json!({"capacityProviders": ["mine"]}),
        )
        .await;
    assert_eq!(none["failures"][0]["reason"], "MISSING");
}

#[tokio::test]
async fn a_cluster_with_services_or_tasks_is_not_deleted() {
    let caller = quiet().await;
    define(&caller, definition("web", "web")).await;
    let service =
        json!({"cluster": "c", "serviceName": "s", "taskDefinition": "web", "desiredCount": 0});
    caller.ok("CreateService", service).await;
    let body = json!({"cluster": "c"});
    let said = "The Cluster cannot be deleted while Services are active.";
    caller
        .expect_refusal(
            "DeleteCluster",
            body.clone(),
            "ClusterContainsServicesException",
            said,
        )
        .await;
    caller
        .ok("DeleteService", json!({"cluster": "c", "service": "s"}))
        .await;
    caller
        .ok("RunTask", json!({"cluster": "c", "taskDefinition": "web"}))
        .await;
    let said = "The Cluster cannot be deleted while Tasks are active.";
    caller
        .expect_refusal("DeleteCluster", body, "ClusterContainsTasksException", said)
        .await;
}
