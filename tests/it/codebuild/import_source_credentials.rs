//! ImportSourceCredentials (contract codebuild §2, §3.6).

use crate::support::caller::{CODEBUILD, Caller, both};
use serde_json::{Value, json};

const IMPORT: &str = "ImportSourceCredentials";
const CONNECTION: &str = "arn:aws:codeconnections:us-east-1:000000000000:connection/c";
const SECRET: &str = "arn:aws:secretsmanager:us-east-1:000000000000:secret:s";

fn given(server: &str, kind: &str, token: &str) -> Value {
    json!({"serverType": server, "authType": kind, "token": token})
}

async fn infos(caller: &Caller) -> Value {
    caller.ok("ListSourceCredentials", json!({})).await["sourceCredentialsInfos"].clone()
}

#[tokio::test]
async fn the_arn_names_the_provider() {
    // contract codebuild §2, §3.6, §14 40
    let shown = both(CODEBUILD, async |caller| {
        let mut arns = Vec::new();
        for server in [
            "GITHUB",
            "GITHUB_ENTERPRISE",
            "GITLAB",
            "GITLAB_SELF_MANAGED",
            "BITBUCKET",
        ] {
            let body = given(server, "PERSONAL_ACCESS_TOKEN", "t0ken");
            arns.push(caller.ok(IMPORT, body).await);
        }
        json!(arns)
    });
    let arn =
        |server| json!({"arn": format!("arn:aws:codebuild:us-east-1:000000000000:token/{server}")});
    let expected = [
        "github",
        "github_enterprise",
        "gitlab",
        "gitlab_self_managed",
        "bitbucket",
    ];
    let expected = json!(expected.map(arn));
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn there_is_one_for_each_provider_and_it_is_replaced_unless_forbidden() {
    // contract codebuild §3.6: shouldOverwrite defaults to true
    let caller = Caller::new(CODEBUILD).await;
    caller
        .ok(IMPORT, given("GITHUB", "PERSONAL_ACCESS_TOKEN", "t0ken"))
        .await;
    let mut body = given("GITHUB", "CODECONNECTIONS", CONNECTION);
    caller.ok(IMPORT, body.clone()).await;
    let listed = infos(&caller).await;
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["authType"], "CODECONNECTIONS");
    body["shouldOverwrite"] = json!(false);
    let said =
        "Source credentials already exist: arn:aws:codebuild:us-east-1:000000000000:token/github";
    let code = "ResourceAlreadyExistsException";
    caller
        .expect_refusal(IMPORT, body.clone(), code, said)
        .await;
    body["serverType"] = json!("GITLAB");
    caller.ok(IMPORT, body).await;
    assert_eq!(infos(&caller).await.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn parts_that_do_not_fit_together_are_refused() {
    // contract codebuild §3.6
    let caller = Caller::new(CODEBUILD).await;
    for (body, said) in [
        (
            given("GITHUB", "OAUTH", "t"),
            "authType OAUTH is made in the AWS console only",
        ),
        (
            given("GITHUB", "BASIC_AUTH", "t"),
            "authType BASIC_AUTH is for serverType BITBUCKET only",
        ),
        (
            given("BITBUCKET", "BASIC_AUTH", "t"),
            "authType BASIC_AUTH needs a username",
        ),
        (
            given("GITHUB", "CODECONNECTIONS", SECRET),
            "authType CODECONNECTIONS needs the ARN of a connection as its token",
        ),
        (
            given("GITHUB", "SECRETS_MANAGER", "t"),
            "authType SECRETS_MANAGER needs the ARN of a secret as its token",
        ),
    ] {
        let said = format!("Invalid source credentials: {said}");
        caller
            .expect_refusal(IMPORT, body, "InvalidInputException", &said)
            .await;
    }
    let mut body = given("BITBUCKET", "BASIC_AUTH", "t");
    body["username"] = json!("me");
    caller.ok(IMPORT, body).await;
    caller
        .ok(IMPORT, given("GITHUB", "SECRETS_MANAGER", SECRET))
        .await;
}

#[tokio::test]
async fn a_token_is_in_no_answer_and_no_debug_text() {
    // contract codebuild §3.6; ours: nor in logs
    let caller = Caller::new(CODEBUILD).await;
    let mut body = given("BITBUCKET", "BASIC_AUTH", "s3cret-t0ken");
    body["username"] = json!("s3cret-name");
    let answer = caller.ok(IMPORT, body).await;
    let table = &caller.server.app.codebuild.tables.credentials;
    let rows = table.range(.., slipway::store::Direction::Forward, 9);
    assert_eq!(rows.len(), 1);
    for text in [
        answer.to_string(),
        infos(&caller).await.to_string(),
        format!("{rows:?}"),
    ] {
        assert!(!text.contains("s3cret"), "{text}");
    }
    // A refusal does not repeat it, either.
    let mut body = given("GITHUB", "NOPE", "s3cret-t0ken");
    body["username"] = json!("");
    let said = caller.refused(IMPORT, body).await;
    assert!(!said.message.contains("s3cret"), "{}", said.message);
}
