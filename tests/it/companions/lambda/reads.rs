//! PutFunctionConcurrency, GetFunctionConcurrency, DeleteFunctionConcurrency, GetFunctionCodeSigningConfig, GetFunctionEventInvokeConfig,
//! GetProvisionedConcurrencyConfig, GetRuntimeManagementConfig, GetFunctionRecursionConfig, GetAccountSettings: what Terraform and the
//! consoles read beside a function. Witness: API reference of each.

use super::house::*;
use serde_json::{Value, json};

#[tokio::test]
async fn concurrency_is_reserved_and_given_back() {
    let server = with_function().await;
    let put = "/2017-10-31/functions/f/concurrency";
    let read = "/2019-09-30/functions/f/concurrency";
    assert_eq!(ok(&server, 200, "GET", read, Value::Null).await, json!({}));
    let wanted = json!({ "ReservedConcurrentExecutions": 5 });
    assert_eq!(ok(&server, 200, "PUT", put, wanted.clone()).await, wanted);
    assert_eq!(ok(&server, 200, "GET", read, Value::Null).await, wanted);
    assert_eq!(get(&server, "f").await["Concurrency"], wanted);
    ok(&server, 204, "DELETE", put, Value::Null).await;
    assert_eq!(ok(&server, 200, "GET", read, Value::Null).await, json!({}));
}

#[tokio::test]
async fn what_no_function_has_is_told_as_aws_does() {
    let server = with_function().await;
    let signing = ok(
        &server,
        200,
        "GET",
        "/2020-06-30/functions/f/code-signing-config",
        Value::Null,
    )
    .await;
    assert_eq!(
        signing,
        json!({ "CodeSigningConfigArn": "", "FunctionName": "f" })
    );
    let events = refused(
        &server,
        "GET",
        "/2019-09-25/functions/f/event-invoke-config",
        Value::Null,
    )
    .await;
    let expected = format!("The function {ARN} doesn't have an EventInvokeConfig");
    assert_eq!(events, refusal(404, "ResourceNotFoundException", &expected));
    let path = "/2019-09-30/functions/f/provisioned-concurrency?Qualifier=%24LATEST";
    let expected = "No Provisioned Concurrency Config found for this function";
    let provisioned = refused(&server, "GET", path, Value::Null).await;
    assert_eq!(
        provisioned,
        refusal(
            404,
            "ProvisionedConcurrencyConfigNotFoundException",
            expected
        )
    );
    let runtime = ok(
        &server,
        200,
        "GET",
        "/2021-07-20/functions/f/runtime-management-config",
        Value::Null,
    )
    .await;
    assert_eq!(runtime["UpdateRuntimeOn"], "Auto");
    let recursion = ok(
        &server,
        200,
        "GET",
        "/2024-08-31/functions/f/recursion-config",
        Value::Null,
    )
    .await;
    assert_eq!(recursion["RecursiveLoop"], "Allow");
    let account = ok(
        &server,
        200,
        "GET",
        "/2016-08-19/account-settings",
        Value::Null,
    )
    .await;
    assert_eq!(account["AccountUsage"]["FunctionCount"], 1);
}
