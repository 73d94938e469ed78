//! TagResource, UntagResource, ListTagsForResource. Witness: API reference.

use super::house::{ARN, define, definition, quiet};
use serde_json::json;

#[tokio::test]
async fn everything_that_has_an_arn_has_tags() {
    let caller = quiet().await;
    let definition = define(&caller, definition("web", "web")).await;
    let made = caller.ok("CreateService", json!({"cluster": "c", "serviceName": "s", "taskDefinition": "web", "desiredCount": 1, "deploymentController": {"type": "CODE_DEPLOY"}})).await;
    let set = made["service"]["taskSets"][0]["taskSetArn"]
        .as_str()
        .unwrap()
        .to_owned();
    let listed = caller.ok("ListTasks", json!({"cluster": "c"})).await;
    let task = listed["taskArns"][0].as_str().unwrap().to_owned();
    let arns = [
        format!("{ARN}:cluster/c"),
        format!("{ARN}:service/c/s"),
        definition,
        set,
        task,
    ];
    for arn in arns {
        let tags = json!([{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]);
        caller
            .ok("TagResource", json!({"resourceArn": arn, "tags": tags}))
            .await;
        caller
            .ok(
                "UntagResource",
                json!({"resourceArn": arn, "tagKeys": ["a"]}),
            )
            .await;
        let left = caller
            .ok("ListTagsForResource", json!({"resourceArn": arn}))
            .await;
        assert_eq!(left["tags"], json!([{"key": "b", "value": "2"}]), "{arn}");
    }
    let none = json!({"resourceArn": format!("{ARN}:service/c/none"), "tags": [{"key": "a", "value": "1"}]});
    let said = "Identifier is for a resource that does not exist, or of another type.";
    caller
        .expect_refusal("TagResource", none, "InvalidParameterException", said)
        .await;
    let own = json!({"resourceArn": format!("{ARN}:cluster/c"), "tags": [{"key": "aws:x", "value": "1"}]});
    caller
        .expect_refusal(
            "TagResource",
            own,
            "InvalidParameterException",
            "Tag keys must not begin with aws:.",
        )
        .await;
}
