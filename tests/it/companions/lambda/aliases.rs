//! CreateAlias, GetAlias, UpdateAlias, DeleteAlias, ListAliases, and the verbs engines have. Witness: developer guide, "Create an
//! alias", "Implement canary deployments using a weighted alias"; API reference, UpdateAlias.

use super::house::*;
use serde_json::{Value, json};
use slipway::aws::{Account, Region, Scope};
use slipway::companions::{AliasError, AliasShift};
use std::collections::BTreeMap;

const LIVE: &str = "/2015-03-31/functions/f/aliases/live";

async fn with_alias() -> crate::support::Server {
    let server = with_function().await;
    publish(&server, 1).await;
    publish(&server, 2).await;
    let alias = json!({ "Name": "live", "FunctionVersion": "1", "Description": "d" });
    let made = ok(
        &server,
        201,
        "POST",
        &format!("{FUNCTIONS}/f/aliases"),
        alias,
    )
    .await;
    assert_eq!(made["AliasArn"], format!("{ARN}:live"));
    server
}

#[tokio::test]
async fn an_alias_is_shown_shared_pointed_elsewhere_and_deleted() {
    let server = with_alias().await;
    let first = ok(&server, 200, "GET", LIVE, Value::Null).await;
    assert_eq!(
        (&first["FunctionVersion"], &first["Description"]),
        (&json!("1"), &json!("d"))
    );
    assert!(first.get("RoutingConfig").is_none());
    let routing = json!({ "RoutingConfig": { "AdditionalVersionWeights": { "2": 0.25 } } });
    let shared = ok(&server, 200, "PUT", LIVE, routing.clone()).await;
    assert_eq!(shared["RoutingConfig"], routing["RoutingConfig"]);
    assert_eq!(shared["Description"], "d");
    assert_ne!(shared["RevisionId"], first["RevisionId"]);
    let late = json!({ "FunctionVersion": "2", "RevisionId": first["RevisionId"] });
    let (status, code, _) = refused(&server, "PUT", LIVE, late).await;
    assert_eq!((status, &*code), (412, "PreconditionFailedException"));
    let moved = json!({
        "FunctionVersion": "2", "RevisionId": shared["RevisionId"],
        "RoutingConfig": { "AdditionalVersionWeights": {} },
    });
    let moved = ok(&server, 200, "PUT", LIVE, moved).await;
    assert!(moved.get("RoutingConfig").is_none());
    assert_eq!(
        get(&server, "f/configuration?Qualifier=live").await["Version"],
        "2"
    );
    assert_eq!(
        get(&server, "f/aliases?FunctionVersion=2").await["Aliases"],
        json!([moved])
    );
    assert_eq!(
        get(&server, "f/aliases?FunctionVersion=1").await["Aliases"],
        json!([])
    );
    ok(&server, 204, "DELETE", LIVE, Value::Null).await;
    ok(&server, 204, "DELETE", LIVE, Value::Null).await;
    let absent = refusal(
        404,
        "ResourceNotFoundException",
        &format!("Cannot find alias arn: {ARN}:live"),
    );
    assert_eq!(refused(&server, "GET", LIVE, Value::Null).await, absent);
}

#[tokio::test]
async fn an_alias_points_only_to_what_it_may() {
    let server = with_alias().await;
    let path = format!("{FUNCTIONS}/f/aliases");
    let weights = |version: &str, weights: Value| json!({ "FunctionVersion": version, "RoutingConfig": { "AdditionalVersionWeights": weights } });
    let cases = [
        (weights("9", json!({})), 404),
        (weights("1", json!({ "9": 0.5 })), 404),
        (weights("$LATEST", json!({ "1": 0.5 })), 400),
        (weights("1", json!({ "1": 0.5 })), 400),
        (weights("1", json!({ "2": 1.5 })), 400),
    ];
    for (mut body, status) in cases {
        let (found, _, message) = refused(&server, "PUT", LIVE, body.clone()).await;
        assert_eq!(found, status, "{body}: {message}");
        body["Name"] = json!("other");
        assert_eq!(refused(&server, "POST", &path, body).await.0, status);
    }
    let again = json!({ "Name": "live", "FunctionVersion": "1" });
    let expected = refusal(
        409,
        "ResourceConflictException",
        &format!("Alias already exists: {ARN}:live"),
    );
    assert_eq!(refused(&server, "POST", &path, again).await, expected);
    let numeric = json!({ "Name": "12", "FunctionVersion": "1" });
    assert_eq!(
        refused(&server, "POST", &path, numeric).await.1,
        "ValidationException"
    );
    assert_eq!(
        get(&server, "f/aliases").await["Aliases"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn engines_read_and_shift_an_alias_that_nobody_changed_in_between() {
    let server = with_alias().await;
    let scope = Scope::new(
        Account::parse("000000000000").unwrap(),
        Region::parse("us-east-1").unwrap(),
    );
    let companions = &server.app.companions;
    let found = companions
        .function_alias(&scope, "f", "live")
        .await
        .unwrap();
    assert_eq!(
        (&*found.version, &*found.arn),
        ("1", &*format!("{ARN}:live"))
    );
    companions
        .check_function_version(&scope, ARN, "2")
        .await
        .unwrap();
    let absent = companions.check_function_version(&scope, "f", "9").await;
    assert_eq!(absent, Err(AliasError::NoSuchVersion));
    let shift = |revision: &str| AliasShift {
        version: "1".to_owned(),
        weights: BTreeMap::from([("2".to_owned(), 0.1)]),
        revision: Some(revision.to_owned()),
    };
    let shifted = companions
        .shift_alias(&scope, "f", "live", shift(&found.revision))
        .await
        .unwrap();
    assert_eq!(shifted.weights["2"], 0.1);
    let late = companions
        .shift_alias(&scope, "f", "live", shift(&found.revision))
        .await;
    assert_eq!(late, Err(AliasError::Changed));
    let shown = ok(&server, 200, "GET", LIVE, Value::Null).await;
    assert_eq!(shown["RoutingConfig"]["AdditionalVersionWeights"]["2"], 0.1);
    let nowhere = AliasShift {
        version: "9".to_owned(),
        weights: BTreeMap::new(),
        revision: None,
    };
    let refused = companions
        .shift_alias(&scope, "f", "live", nowhere.clone())
        .await;
    assert_eq!(refused, Err(AliasError::NoSuchVersion));
    let absent = companions
        .shift_alias(&scope, "f", "other", nowhere.clone())
        .await;
    assert_eq!(absent, Err(AliasError::NoSuchAlias));
    let absent = companions.shift_alias(&scope, "g", "live", nowhere).await;
    assert_eq!(absent, Err(AliasError::NoSuchFunction));
}
