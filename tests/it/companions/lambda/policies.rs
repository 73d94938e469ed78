//! AddPermission, RemovePermission, GetPolicy, TagResource, UntagResource, ListTags. Witness: API reference of each.

use super::house::*;
use serde_json::{Value, json};

#[tokio::test]
async fn statements_are_added_shown_and_removed() {
    let server = with_function().await;
    let path = format!("{FUNCTIONS}/f/policy");
    let none = refusal(
        404,
        "ResourceNotFoundException",
        "The resource you requested does not exist.",
    );
    assert_eq!(refused(&server, "GET", &path, Value::Null).await, none);
    let wanted = json!({
        "StatementId": "s1", "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com",
        "SourceArn": "arn:aws:events:us-east-1:000000000000:rule/r",
    });
    let added = ok(&server, 201, "POST", &path, wanted.clone()).await;
    let statement: Value = serde_json::from_str(added["Statement"].as_str().unwrap()).unwrap();
    assert_eq!(statement["Resource"], ARN);
    assert_eq!(
        statement["Principal"],
        json!({ "Service": "events.amazonaws.com" })
    );
    let (status, code, _) = refused(&server, "POST", &path, wanted).await;
    assert_eq!((status, &*code), (409, "ResourceConflictException"));
    let shown = get(&server, "f/policy").await;
    let document: Value = serde_json::from_str(shown["Policy"].as_str().unwrap()).unwrap();
    assert_eq!(document["Statement"], json!([statement]));
    let (status, ..) = refused(
        &server,
        "DELETE",
        &format!("{path}/s1?RevisionId=x"),
        Value::Null,
    )
    .await;
    assert_eq!(status, 412);
    let revision = shown["RevisionId"].as_str().unwrap();
    ok(
        &server,
        204,
        "DELETE",
        &format!("{path}/s1?RevisionId={revision}"),
        Value::Null,
    )
    .await;
    assert_eq!(refused(&server, "GET", &path, Value::Null).await, none);
    assert_eq!(
        refused(&server, "DELETE", &format!("{path}/s1"), Value::Null)
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn aliases_have_policies_of_their_own() {
    let server = with_function().await;
    publish(&server, 1).await;
    let alias = json!({ "Name": "live", "FunctionVersion": "1" });
    ok(
        &server,
        201,
        "POST",
        &format!("{FUNCTIONS}/f/aliases"),
        alias,
    )
    .await;
    let wanted = json!({ "StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "000000000000" });
    let path = format!("{FUNCTIONS}/f/policy?Qualifier=live");
    let added = ok(&server, 201, "POST", &path, wanted).await;
    assert!(
        added["Statement"]
            .as_str()
            .unwrap()
            .contains(&format!("{ARN}:live"))
    );
    assert_eq!(
        refused(
            &server,
            "GET",
            &format!("{FUNCTIONS}/f/policy"),
            Value::Null
        )
        .await
        .0,
        404
    );
    get(&server, "f/policy?Qualifier=live").await;
}

#[tokio::test]
async fn tags_are_put_listed_and_removed() {
    let server = with_function().await;
    let path = format!("/2017-03-31/tags/{}", ARN.replace(':', "%3A"));
    ok(
        &server,
        204,
        "POST",
        &path,
        json!({ "Tags": { "a": "1", "b": "2" } }),
    )
    .await;
    let listed = ok(&server, 200, "GET", &path, Value::Null).await;
    assert_eq!(listed["Tags"], json!({ "a": "1", "b": "2" }));
    ok(
        &server,
        204,
        "DELETE",
        &format!("{path}?tagKeys=a&tagKeys=c"),
        Value::Null,
    )
    .await;
    let listed = ok(&server, 200, "GET", &path, Value::Null).await;
    assert_eq!(listed["Tags"], json!({ "b": "2" }));
    let many: serde_json::Map<String, Value> =
        (0..51).map(|n| (format!("k{n}"), json!("v"))).collect();
    assert_eq!(
        refused(&server, "POST", &path, json!({ "Tags": many }))
            .await
            .0,
        400
    );
    let other = path.replace("%3Afunction%3Af", "%3Afunction%3Ag");
    assert_eq!(refused(&server, "GET", &other, Value::Null).await.0, 404);
}
