//! CreateFunction, GetFunction, GetFunctionConfiguration, ListFunctions, UpdateFunctionCode, UpdateFunctionConfiguration, DeleteFunction.
//! Witness: the API reference of each, and recorded answers.

use super::house::*;
use crate::support::Server;
use serde_json::{Value, json};
use slipway::config::{Config, Data};

#[tokio::test]
async fn a_function_is_created_and_shown_as_it_was_asked_for() {
    let server = house().await;
    let mut wanted = python("f", ECHO);
    wanted["Description"] = json!("says it again");
    wanted["Timeout"] = json!(7);
    wanted["MemorySize"] = json!(256);
    wanted["Environment"] = json!({ "Variables": { "COLOUR": "blue" } });
    wanted["Tags"] = json!({ "team": "a" });
    let created = ok(&server, 201, "POST", FUNCTIONS, wanted).await;
    assert_eq!(created["FunctionArn"], ARN);
    assert_eq!(created["Version"], "$LATEST");
    assert_eq!(created["State"], "Active");
    assert_eq!(created["Environment"]["Variables"]["COLOUR"], "blue");
    assert_eq!(
        (&created["Timeout"], &created["MemorySize"]),
        (&json!(7), &json!(256))
    );
    assert!(created["LastModified"].as_str().unwrap().ends_with("+0000"));
    let shown = get(&server, "f").await;
    assert_eq!(shown["Configuration"], created);
    assert_eq!(shown["Tags"], json!({ "team": "a" }));
    assert_eq!(shown["Code"]["RepositoryType"], "S3");
    assert_eq!(get(&server, "f/configuration").await, created);
    let by_arn = get(&server, &ARN.replace(':', "%3A")).await;
    assert_eq!(by_arn["Configuration"], created);
    let listed = ok(&server, 200, "GET", &format!("{FUNCTIONS}/"), Value::Null).await;
    assert_eq!(listed["Functions"], json!([created]));
}

#[tokio::test]
async fn the_code_of_a_function_is_loaded_from_its_location() {
    let server = with_function().await;
    let shown = get(&server, "f").await;
    let location = shown["Code"]["Location"].as_str().unwrap();
    let path = location.split_once("/_slipway").unwrap().1;
    let loaded = server.get(&format!("/_slipway{path}")).await;
    let expected = zip(&[("app.py", ECHO)]);
    assert_eq!(loaded.body.len(), expected.len());
    assert_eq!(shown["Configuration"]["CodeSize"], json!(expected.len()));
    let absent = server
        .get("/_slipway/functions/00000000-0000-4000-8000-000000000000")
        .await;
    assert_eq!(absent.status, 404);
}

#[tokio::test]
async fn code_comes_from_s3_too() {
    let server = house().await;
    let put = |path: &'static str, body: Vec<u8>| {
        let credential = crate::support::server::signed("000000000000", "us-east-1", "s3");
        let request = server
            .request(http::Method::PUT, path)
            .header("authorization", credential);
        server.send(
            request
                .body(http_body_util::Full::new(body.into()))
                .unwrap(),
        )
    };
    assert_eq!(put("/code", Vec::new()).await.status, 200);
    assert_eq!(
        put("/code/f.zip", zip(&[("app.py", ECHO)])).await.status,
        200
    );
    let mut wanted = python("f", ECHO);
    wanted["Code"] = json!({ "S3Bucket": "code", "S3Key": "f.zip" });
    ok(&server, 201, "POST", FUNCTIONS, wanted.clone()).await;
    wanted["FunctionName"] = json!("g");
    wanted["Code"]["S3Key"] = json!("absent.zip");
    let expected = "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.";
    assert_eq!(
        refused(&server, "POST", FUNCTIONS, wanted).await,
        refusal(400, "InvalidParameterValueException", expected)
    );
}

#[tokio::test]
async fn what_cannot_be_a_function_is_refused_with_the_reason() {
    let server = with_function().await;
    let cases = [
        (
            json!({}),
            409,
            "ResourceConflictException",
            "Function already exist: f",
        ),
        (
            json!({ "FunctionName": "g", "Role": "arn:aws:iam::000000000000:role/absent" }),
            400,
            "InvalidParameterValueException",
            "The role defined for the function cannot be assumed by Lambda.",
        ),
        (
            json!({ "FunctionName": "g", "Code": { "ZipFile": base64(b"no zip") } }),
            400,
            "InvalidParameterValueException",
            "Could not unzip uploaded file. Please check your file, then try to upload again.",
        ),
        (
            json!({ "FunctionName": "g", "Code": { "ZipFile": base64(&zip(&[("../up.py", "")])) } }),
            400,
            "InvalidParameterValueException",
            "Could not unzip uploaded file. Please check your file, then try to upload again.",
        ),
        (
            json!({ "FunctionName": "g", "Code": {} }),
            400,
            "InvalidParameterValueException",
            "Please provide a source for function code.",
        ),
        (
            json!({ "FunctionName": "g", "Layers": ["arn:aws:lambda:us-east-1:000000000000:layer:l:1"] }),
            400,
            "InvalidParameterValueException",
            "slipway does not offer layers of Lambda functions.",
        ),
        (
            json!({ "FunctionName": "g", "PackageType": "Image", "Code": { "ImageUri": "i" } }),
            400,
            "InvalidParameterValueException",
            "slipway does not offer container images of Lambda functions.",
        ),
    ];
    for (change, status, code, message) in cases {
        let mut wanted = python("f", ECHO);
        for (name, value) in change.as_object().unwrap() {
            wanted[name] = value.clone();
        }
        let found = refused(&server, "POST", FUNCTIONS, wanted).await;
        assert_eq!(found, refusal(status, code, message));
    }
    let listed = ok(&server, 200, "GET", FUNCTIONS, Value::Null).await;
    assert_eq!(listed["Functions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn code_and_settings_change_with_a_new_revision_or_not_at_all() {
    let server = with_function().await;
    let first = get(&server, "f/configuration").await;
    let changed = change_code(&server, "def handler(e, c):\n    return 1\n").await;
    assert_ne!(changed["RevisionId"], first["RevisionId"]);
    assert_ne!(changed["CodeSha256"], first["CodeSha256"]);
    let path = format!("{FUNCTIONS}/f/configuration");
    let late = json!({ "RevisionId": first["RevisionId"], "Timeout": 9 });
    let (status, code, message) = refused(&server, "PUT", &path, late).await;
    assert_eq!((status, &*code), (412, "PreconditionFailedException"));
    assert!(
        message.starts_with("The Revision Id provided does not match"),
        "{message}"
    );
    let wanted =
        json!({ "RevisionId": changed["RevisionId"], "Timeout": 9, "Handler": "app.other" });
    let configured = ok(&server, 200, "PUT", &path, wanted).await;
    assert_eq!(
        (&configured["Timeout"], &configured["Handler"]),
        (&json!(9), &json!("app.other"))
    );
    assert_eq!(configured["Runtime"], "python3.12");
    let code = format!("{FUNCTIONS}/f/code");
    let dry = json!({ "ZipFile": base64(&zip(&[("app.py", "")])), "DryRun": true });
    let would = ok(&server, 200, "PUT", &code, dry).await;
    assert_ne!(would["CodeSha256"], configured["CodeSha256"]);
    assert_eq!(get(&server, "f/configuration").await, configured);
}

#[tokio::test]
async fn a_deleted_function_is_gone_with_everything_of_it() {
    let server = with_function().await;
    publish(&server, 1).await;
    let path = format!("{FUNCTIONS}/f");
    let alias = json!({ "Name": "live", "FunctionVersion": "1" });
    ok(&server, 201, "POST", &format!("{path}/aliases"), alias).await;
    ok(&server, 204, "DELETE", &path, Value::Null).await;
    let absent = refusal(
        404,
        "ResourceNotFoundException",
        &format!("Function not found: {ARN}"),
    );
    assert_eq!(refused(&server, "DELETE", &path, Value::Null).await, absent);
    assert_eq!(
        refused(&server, "GET", &format!("{path}/versions"), Value::Null).await,
        absent
    );
    ok(&server, 201, "POST", FUNCTIONS, python("f", ECHO)).await;
    let versions = get(&server, "f/versions").await;
    assert_eq!(versions["Versions"].as_array().unwrap().len(), 1);
    assert_eq!(get(&server, "f/aliases").await["Aliases"], json!([]));
}

#[tokio::test]
async fn functions_outlive_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let config = || Config {
        data: Data::Folder(
            folder
                .path()
                .join("data")
                .to_string_lossy()
                .into_owned()
                .into(),
        ),
        ..Config::in_memory()
    };
    let server = furnished(Server::with(config()).await).await;
    let created = ok(&server, 201, "POST", FUNCTIONS, python("f", ECHO)).await;
    let app = server.app.clone();
    server.stop().await;
    app.close().await.unwrap();
    drop(app);
    let server = Server::with(config()).await;
    let shown = get(&server, "f").await;
    assert_eq!(shown["Configuration"], created);
    let location = shown["Code"]["Location"].as_str().unwrap();
    let path = location.split_once("/_slipway").unwrap().1;
    assert_eq!(server.get(&format!("/_slipway{path}")).await.status, 200);
}
