//! STS in awsQuery, and what its keys are good for.

use crate::support::{Answer, Server};
use bytes::Bytes;
use http_body_util::Full;

const ROLE: &str = "arn:aws:iam::000000000000:role/deploy/r";

async fn with_role(trusted: &str) -> Server {
    let server = Server::start().await;
    let trust = format!(
        r#"{{"Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{trusted}}}]}}"#
    );
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", "CreateRole")
        .append_pair("Path", "/deploy/")
        .append_pair("RoleName", "r");
    let form = form
        .append_pair("AssumeRolePolicyDocument", &trust)
        .finish();
    let answer = server.query("iam", &form).await;
    assert!(answer.status.is_success(), "{}", answer.text());
    server
}

async fn ask(server: &Server, key: &str, form: &'static str) -> Answer {
    let signed = crate::support::server::signed(key, "us-east-1", "sts");
    let request = server
        .post("/")
        .header("authorization", signed)
        .header("content-type", "application/x-www-form-urlencoded");
    server
        .send(
            request
                .body(Full::new(Bytes::from_static(form.as_bytes())))
                .unwrap(),
        )
        .await
}

fn element<'a>(text: &'a str, name: &str) -> &'a str {
    let inner = text
        .split_once(&format!("<{name}>"))
        .and_then(|(_, rest)| rest.split_once(&format!("</{name}>")));
    inner.map_or_else(|| panic!("no {name} in {text}"), |(inner, _)| inner)
}

const WHO: &str = "Action=GetCallerIdentity&Version=2011-06-15";
const ASSUME: &str = "Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::000000000000:role/deploy/r&RoleSessionName=ci-1";

#[tokio::test]
async fn a_caller_is_the_default_user_of_the_account_that_its_key_names() {
    let server = Server::start().await;
    let text = ask(&server, "123456789012", WHO).await.text();
    assert_eq!(
        element(&text, "Arn"),
        "arn:aws:iam::123456789012:user/slipway"
    );
    assert_eq!(element(&text, "Account"), "123456789012");
    assert!(element(&text, "UserId").starts_with("AIDA"));
    assert!(text.starts_with("<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>"), "{text}");
}

#[tokio::test]
async fn keys_of_an_assumed_role_lead_to_its_session() {
    let server = with_role(r#"{"AWS":"000000000000"}"#).await;
    let text = ask(&server, "000000000000", ASSUME).await.text();
    let session = "arn:aws:sts::000000000000:assumed-role/r/ci-1";
    assert_eq!(element(&text, "Arn"), session);
    let key = element(&text, "AccessKeyId").to_owned();
    assert!(key.starts_with("ASIA") && key.len() == 20);
    assert!(
        !element(&text, "SecretAccessKey").is_empty() && !element(&text, "SessionToken").is_empty()
    );

    let who = ask(&server, &key, WHO).await.text();
    assert_eq!(element(&who, "Arn"), session);
    assert!(
        element(&who, "UserId").starts_with("AROA") && element(&who, "UserId").ends_with(":ci-1")
    );
    assert_eq!(element(&text, "AssumedRoleId"), element(&who, "UserId"));
}

#[tokio::test]
async fn a_role_that_does_not_trust_the_caller_or_does_not_exist_is_denied() {
    let server = with_role(r#"{"Service":"codebuild.amazonaws.com"}"#).await;
    let said = format!(
        "User: arn:aws:iam::000000000000:user/slipway is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
    );
    let answer = ask(&server, "000000000000", ASSUME).await;
    assert_eq!(
        (
            answer.status.as_u16(),
            element(&answer.text(), "Code"),
            element(&answer.text(), "Message")
        ),
        (403, "AccessDenied", said.as_str())
    );
    let absent = "Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::000000000000:role/absent&RoleSessionName=ci-1";
    assert_eq!(
        ask(&server, "000000000000", absent).await.status.as_u16(),
        403
    );
}

#[tokio::test]
async fn a_session_longer_than_the_role_allows_is_refused() {
    let server = with_role(r#"{"AWS":"*"}"#).await;
    let long = "Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::000000000000:role/deploy/r&RoleSessionName=s1&DurationSeconds=7200";
    let answer = ask(&server, "000000000000", long).await;
    let said = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    assert_eq!(
        (
            element(&answer.text(), "Code"),
            element(&answer.text(), "Message")
        ),
        ("ValidationError", said)
    );
}

#[tokio::test]
async fn expired_keys_are_refused() {
    let server = with_role(r#"{"AWS":"*"}"#).await;
    let text = ask(&server, "000000000000", ASSUME).await.text();
    let key = element(&text, "AccessKeyId").to_owned();
    server
        .app
        .clock
        .set(1.0, std::time::Duration::from_secs(3601))
        .await
        .unwrap();
    let answer = ask(&server, &key, WHO).await;
    assert_eq!(
        (answer.status.as_u16(), element(&answer.text(), "Code")),
        (403, "ExpiredToken")
    );
}
