//! PublishVersion, ListVersionsByFunction, DeleteFunction of one version. Witness: developer guide, "Manage Lambda function versions".

use super::house::*;
use serde_json::{Value, json};

#[tokio::test]
async fn a_version_is_made_only_when_something_has_changed() {
    let server = with_function().await;
    let path = format!("{FUNCTIONS}/f/versions");
    let first = ok(
        &server,
        201,
        "POST",
        &path,
        json!({ "Description": "first" }),
    )
    .await;
    assert_eq!(
        (&first["Version"], &first["Description"]),
        (&json!("1"), &json!("first"))
    );
    assert_eq!(first["FunctionArn"], format!("{ARN}:1"));
    let again = ok(&server, 201, "POST", &path, json!({})).await;
    assert_eq!(again, first);
    publish(&server, 2).await;
    let listed = get(&server, "f/versions").await;
    let numbers: Vec<&Value> = listed["Versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["Version"])
        .collect();
    assert_eq!(numbers, ["$LATEST", "1", "2"]);
    let one = get(&server, "f/configuration?Qualifier=1").await;
    assert_eq!(one["CodeSha256"], first["CodeSha256"]);
    assert_eq!(get(&server, "f:1/configuration").await, one);
}

#[tokio::test]
async fn publishing_asks_for_the_code_and_the_revision_that_are_there() {
    let server = with_function().await;
    let path = format!("{FUNCTIONS}/f/versions");
    let (status, code, message) =
        refused(&server, "POST", &path, json!({ "CodeSha256": "x" })).await;
    assert_eq!((status, &*code), (400, "InvalidParameterValueException"));
    assert!(
        message.starts_with("CodeSHA256 (x) is different from current CodeSHA256 in $LATEST"),
        "{message}"
    );
    let (status, ..) = refused(&server, "POST", &path, json!({ "RevisionId": "x" })).await;
    assert_eq!(status, 412);
}

#[tokio::test]
async fn a_version_is_deleted_unless_an_alias_points_to_it() {
    let server = with_function().await;
    publish(&server, 1).await;
    publish(&server, 2).await;
    let alias = json!({ "Name": "live", "FunctionVersion": "1" });
    ok(
        &server,
        201,
        "POST",
        &format!("{FUNCTIONS}/f/aliases"),
        alias,
    )
    .await;
    let of = |version: &str| format!("{FUNCTIONS}/f?Qualifier={version}");
    let (status, code, _) = refused(&server, "DELETE", &of("1"), Value::Null).await;
    assert_eq!((status, &*code), (409, "ResourceConflictException"));
    ok(&server, 204, "DELETE", &of("2"), Value::Null).await;
    let absent = refusal(
        404,
        "ResourceNotFoundException",
        &format!("Function not found: {ARN}:2"),
    );
    assert_eq!(refused(&server, "GET", &of("2"), Value::Null).await, absent);
    let (status, ..) = refused(&server, "DELETE", &of("%24LATEST"), Value::Null).await;
    assert_eq!(status, 400);
    publish(&server, 3).await;
}

#[tokio::test]
async fn a_list_goes_on_where_its_page_ended() {
    let server = with_function().await;
    for number in 1..=3 {
        publish(&server, number).await;
    }
    let mut path = "f/versions?MaxItems=2".to_owned();
    let mut found = Vec::new();
    loop {
        let page = get(&server, &path).await;
        found.extend(
            page["Versions"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["Version"].clone()),
        );
        let Some(marker) = page["NextMarker"].as_str() else {
            break;
        };
        path = format!("f/versions?MaxItems=2&Marker={marker}");
    }
    assert_eq!(found, ["$LATEST", "1", "2", "3"]);
    let listed = ok(
        &server,
        200,
        "GET",
        &format!("{FUNCTIONS}?FunctionVersion=ALL"),
        Value::Null,
    )
    .await;
    assert_eq!(listed["Functions"].as_array().unwrap().len(), 4);
    let (status, ..) = refused(
        &server,
        "GET",
        &format!("{FUNCTIONS}?Marker=x"),
        Value::Null,
    )
    .await;
    assert_eq!(status, 400);
}
