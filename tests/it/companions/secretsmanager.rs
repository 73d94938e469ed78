//! Secrets Manager over the wire, as the aws CLI and Terraform speak it. Witness of shapes and texts: the API reference; where it is
//! silent, "our reading".

use crate::support::caller::{Caller, SECRETSMANAGER};
use serde_json::{Value, json};

async fn caller() -> Caller {
    Caller::new(SECRETSMANAGER).await
}

/// Creates a secret; yields its ARN.
async fn create(caller: &Caller, name: &str, text: &str) -> String {
    let body = json!({"Name": name, "SecretString": text});
    let made = caller.ok("CreateSecret", body).await;
    assert_eq!(made["Name"], name);
    made["ARN"].as_str().unwrap().to_owned()
}

async fn text(caller: &Caller, body: Value) -> Value {
    caller.ok("GetSecretValue", body).await["SecretString"].take()
}

const TOKEN: &str = "11111111-2222-3333-4444-555555555555";

#[tokio::test]
async fn a_secret_is_created_read_changed_and_described() {
    let caller = caller().await;
    let arn = create(&caller, "app/db", "one").await;
    let prefix = "arn:aws:secretsmanager:us-east-1:000000000000:secret:app/db-";
    assert!(
        arn.strip_prefix(prefix)
            .is_some_and(|suffix| suffix.len() == 6),
        "{arn}"
    );
    for id in ["app/db", &arn, prefix.trim_end_matches('-')] {
        assert_eq!(text(&caller, json!({"SecretId": id})).await, "one", "{id}");
    }
    let put = json!({"SecretId": "app/db", "SecretString": "two", "ClientRequestToken": TOKEN});
    let answer = caller.ok("PutSecretValue", put.clone()).await;
    assert_eq!(answer["VersionId"], TOKEN);
    assert_eq!(answer["VersionStages"], json!(["AWSCURRENT"]));
    caller.ok("PutSecretValue", put).await;
    assert_eq!(text(&caller, json!({"SecretId": "app/db"})).await, "two");
    let previous = json!({"SecretId": "app/db", "VersionStage": "AWSPREVIOUS"});
    assert_eq!(text(&caller, previous).await, "one");
    let by_id = json!({"SecretId": "app/db", "VersionId": TOKEN, "VersionStage": "AWSCURRENT"});
    assert_eq!(text(&caller, by_id).await, "two");
    let update =
        json!({"SecretId": "app/db", "Description": "of the app", "SecretString": "three"});
    caller.ok("UpdateSecret", update).await;
    let described = caller
        .ok("DescribeSecret", json!({"SecretId": "app/db"}))
        .await;
    assert_eq!(described["Description"], "of the app");
    let stages = described["VersionIdsToStages"].as_object().unwrap();
    assert_eq!(stages[TOKEN], json!(["AWSPREVIOUS"]));
    assert_eq!(stages.len(), 2, "the first version is deprecated");
    let listed = caller
        .ok("ListSecretVersionIds", json!({"SecretId": "app/db"}))
        .await;
    assert_eq!(listed["Versions"].as_array().unwrap().len(), 2);
    let all = json!({"SecretId": "app/db", "IncludeDeprecated": true});
    let listed = caller.ok("ListSecretVersionIds", all).await;
    assert_eq!(listed["Versions"].as_array().unwrap().len(), 3);
    let policy = caller
        .ok("GetResourcePolicy", json!({"SecretId": "app/db"}))
        .await;
    assert_eq!(policy, json!({"ARN": arn, "Name": "app/db"}));
}

#[tokio::test]
async fn a_binary_secret_comes_back_as_it_went_in() {
    let caller = caller().await;
    let body = json!({"Name": "b", "SecretBinary": "AAEC/w=="});
    caller.ok("CreateSecret", body).await;
    let answer = caller.ok("GetSecretValue", json!({"SecretId": "b"})).await;
    assert_eq!(answer["SecretBinary"], "AAEC/w==");
    assert_eq!(answer.get("SecretString"), None);
}

#[tokio::test]
async fn a_secret_without_a_value_has_none_to_read() {
    let caller = caller().await;
    caller.ok("CreateSecret", json!({"Name": "empty"})).await;
    caller
        .expect_refusal(
            "GetSecretValue",
            json!({"SecretId": "empty"}),
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
        )
        .await;
    let described = caller
        .ok("DescribeSecret", json!({"SecretId": "empty"}))
        .await;
    assert_eq!(described.get("VersionIdsToStages"), None);
}

#[tokio::test]
async fn a_deleted_secret_can_be_restored_until_it_is_gone() {
    let caller = caller().await;
    let arn = create(&caller, "a", "one").await;
    let deleted = caller
        .ok(
            "DeleteSecret",
            json!({"SecretId": "a", "RecoveryWindowInDays": 7}),
        )
        .await;
    assert!(deleted["DeletionDate"].is_number(), "{deleted}");
    let marked =
        "You can't perform this operation on the secret because it was marked for deletion.";
    for (operation, body) in [
        ("GetSecretValue", json!({"SecretId": "a"})),
        (
            "PutSecretValue",
            json!({"SecretId": "a", "SecretString": "two"}),
        ),
        ("TagResource", json!({"SecretId": "a", "Tags": []})),
        ("DeleteSecret", json!({"SecretId": "a"})),
    ] {
        caller
            .expect_refusal(operation, body, "InvalidRequestException", marked)
            .await;
    }
    let taken = caller.refused("CreateSecret", json!({"Name": "a"})).await;
    assert_eq!(taken.code, "InvalidRequestException");
    let described = caller.ok("DescribeSecret", json!({"SecretId": "a"})).await;
    assert!(described["DeletedDate"].is_number(), "{described}");
    let listed = caller.ok("ListSecrets", json!({})).await;
    assert_eq!(listed["SecretList"], json!([]));
    let listed = caller
        .ok("ListSecrets", json!({"IncludePlannedDeletion": true}))
        .await;
    assert_eq!(listed["SecretList"][0]["ARN"], arn);
    caller.ok("RestoreSecret", json!({"SecretId": "a"})).await;
    assert_eq!(text(&caller, json!({"SecretId": "a"})).await, "one");
    caller
        .ok(
            "DeleteSecret",
            json!({"SecretId": "a", "ForceDeleteWithoutRecovery": true}),
        )
        .await;
    let absent = "Secrets Manager can't find the specified secret.";
    caller
        .expect_refusal(
            "DescribeSecret",
            json!({"SecretId": "a"}),
            "ResourceNotFoundException",
            absent,
        )
        .await;
    let again = create(&caller, "a", "new").await;
    assert_ne!(again, arn, "a secret made anew is another one");
    let old = caller
        .refused("DescribeSecret", json!({"SecretId": arn}))
        .await;
    assert_eq!(old.code, "ResourceNotFoundException");
    let days = caller
        .refused(
            "DeleteSecret",
            json!({"SecretId": "a", "RecoveryWindowInDays": 6}),
        )
        .await;
    assert_eq!(
        days.message,
        "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive)."
    );
}

#[tokio::test]
async fn stages_move_between_versions() {
    let caller = caller().await;
    create(&caller, "a", "one").await;
    let put = json!({"SecretId": "a", "SecretString": "two", "ClientRequestToken": TOKEN, "VersionStages": ["TEST"]});
    caller.ok("PutSecretValue", put).await;
    assert_eq!(text(&caller, json!({"SecretId": "a"})).await, "one");
    assert_eq!(
        text(&caller, json!({"SecretId": "a", "VersionStage": "TEST"})).await,
        "two"
    );
    let current = json!({"SecretId": "a", "VersionStage": "AWSCURRENT", "MoveToVersionId": TOKEN});
    let refused = caller
        .refused("UpdateSecretVersionStage", current.clone())
        .await;
    assert_eq!(refused.code, "InvalidParameterException");
    let described = caller.ok("DescribeSecret", json!({"SecretId": "a"})).await;
    let stages = described["VersionIdsToStages"].as_object().unwrap();
    let old = stages.keys().find(|id| *id != TOKEN).unwrap();
    let mut current = current;
    current["RemoveFromVersionId"] = json!(old);
    caller.ok("UpdateSecretVersionStage", current).await;
    assert_eq!(text(&caller, json!({"SecretId": "a"})).await, "two");
    assert_eq!(
        text(
            &caller,
            json!({"SecretId": "a", "VersionStage": "AWSPREVIOUS"})
        )
        .await,
        "one"
    );
}

#[tokio::test]
async fn secrets_are_listed_by_filters_in_pages() {
    let caller = caller().await;
    for name in ["app/a", "app/b", "other"] {
        create(&caller, name, "v").await;
    }
    let tagged = json!({"SecretId": "other", "Tags": [{"Key": "team", "Value": "blue"}, {"Key": "x", "Value": ""}]});
    caller.ok("TagResource", tagged).await;
    caller
        .ok(
            "UntagResource",
            json!({"SecretId": "other", "TagKeys": ["x"]}),
        )
        .await;
    let names = async |body| {
        let listed = caller.ok("ListSecrets", body).await;
        let all = listed["SecretList"].as_array().unwrap().iter();
        let names: Vec<String> = all
            .map(|one| one["Name"].as_str().unwrap().to_owned())
            .collect();
        (names, listed["NextToken"].clone())
    };
    let (found, _) = names(json!({"Filters": [{"Key": "name", "Values": ["app/"]}]})).await;
    assert_eq!(found, ["app/a", "app/b"]);
    let (found, _) = names(json!({"Filters": [{"Key": "tag-key", "Values": ["team"]}]})).await;
    assert_eq!(found, ["other"]);
    let (found, _) = names(json!({"Filters": [{"Key": "name", "Values": ["!app/"]}]})).await;
    assert_eq!(found, ["other"]);
    let (first, token) = names(json!({"MaxResults": 2, "SortOrder": "desc"})).await;
    assert_eq!(first, ["other", "app/b"]);
    let (second, token) =
        names(json!({"MaxResults": 2, "SortOrder": "desc", "NextToken": token})).await;
    assert_eq!((second, token), (vec!["app/a".to_owned()], Value::Null));
}

#[tokio::test]
async fn what_does_not_fit_is_refused_in_awss_words() {
    let caller = caller().await;
    create(&caller, "a", "one").await;
    let refused = async |operation, body| caller.refused(operation, body).await;
    let again = refused("CreateSecret", json!({"Name": "a", "SecretString": "two"})).await;
    assert_eq!(again.code, "ResourceExistsException");
    assert_eq!(
        again.message,
        "The operation failed because the secret a already exists."
    );
    let both = json!({"Name": "b", "SecretString": "x", "SecretBinary": "AAEC"});
    assert_eq!(
        refused("CreateSecret", both).await.code,
        "InvalidParameterException"
    );
    let named = refused("CreateSecret", json!({"Name": "a b"})).await;
    assert!(named.message.starts_with("Invalid name."), "{named:?}");
    let nothing = refused("PutSecretValue", json!({"SecretId": "a"})).await;
    assert_eq!(
        nothing.message,
        "You must provide either SecretString or SecretBinary."
    );
    let put =
        |text: &str| json!({"SecretId": "a", "SecretString": text, "ClientRequestToken": TOKEN});
    caller.ok("PutSecretValue", put("two")).await;
    assert_eq!(
        refused("PutSecretValue", put("three")).await.code,
        "ResourceExistsException"
    );
}
