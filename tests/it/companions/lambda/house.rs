//! A server with a role for functions, and calls of it by method and path.

use crate::support::Server;
use crate::support::server::{Answer, signed};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{Method, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub const ROLE: &str = "arn:aws:iam::000000000000:role/functions";
pub const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";
pub const FUNCTIONS: &str = "/2015-03-31/functions";

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"lambda.amazonaws.com"}}]}"#;

/// A server whose account has the role.
pub async fn house() -> Server {
    furnished(Server::start().await).await
}

pub async fn furnished(server: Server) -> Server {
    let mut form = form_urlencoded::Serializer::new(String::new());
    let fields = [
        ("Action", "CreateRole"),
        ("Version", "2010-05-08"),
        ("RoleName", "functions"),
        ("AssumeRolePolicyDocument", TRUST),
    ];
    let role = server
        .query("iam", &form.extend_pairs(fields).finish())
        .await;
    assert_eq!(role.status, StatusCode::OK, "{}", role.text());
    server
}

/// One request, signed for Lambda.
pub async fn ask(server: &Server, method: &str, path: &str, body: impl Into<Bytes>) -> Answer {
    ask_with(server, method, path, &[], body).await
}

pub async fn ask_with(
    server: &Server,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Answer {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let credential = signed("000000000000", "us-east-1", "lambda");
    let mut request = server
        .request(method, path)
        .header("authorization", credential);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    server
        .send(request.body(Full::new(body.into())).unwrap())
        .await
}

/// What is answered, which has to be this status.
pub async fn ok(server: &Server, status: u16, method: &str, path: &str, body: Value) -> Value {
    let text = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    let answer = ask(server, method, path, text).await;
    assert_eq!(
        answer.status.as_u16(),
        status,
        "{method} {path}: {answer:?}"
    );
    match answer.body.is_empty() {
        true => Value::Null,
        false => answer.json(),
    }
}

pub async fn get(server: &Server, path: &str) -> Value {
    ok(
        server,
        200,
        "GET",
        &format!("{FUNCTIONS}/{path}"),
        Value::Null,
    )
    .await
}

/// Status, code and message of a refusal.
pub async fn refused(
    server: &Server,
    method: &str,
    path: &str,
    body: Value,
) -> (u16, String, String) {
    let text = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    let answer = ask(server, method, path, text).await;
    let code = answer
        .header("x-amzn-errortype")
        .unwrap_or_default()
        .to_owned();
    let said = answer.json();
    let message = said.get("Message").or_else(|| said.get("message"));
    let message = message.and_then(Value::as_str).unwrap_or_default();
    (answer.status.as_u16(), code, message.to_owned())
}

pub fn refusal(status: u16, code: &str, message: &str) -> (u16, String, String) {
    (status, code.to_owned(), message.to_owned())
}

/// An archive of these files, which may be executed.
pub fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        let options = SimpleFileOptions::default().unix_permissions(0o755);
        zip.start_file(*name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// What creates the function `name` of this Python text.
pub fn python(name: &str, text: &str) -> Value {
    json!({
        "FunctionName": name, "Runtime": "python3.12", "Role": ROLE, "Handler": "app.handler",
        "Code": { "ZipFile": base64(&zip(&[("app.py", text)])) },
    })
}

pub const ECHO: &str = "def handler(event, context):\n    return event\n";

/// A server with the function `f`.
pub async fn with_function() -> Server {
    let server = house().await;
    ok(&server, 201, "POST", FUNCTIONS, python("f", ECHO)).await;
    server
}

/// Other code for `f`.
pub async fn change_code(server: &Server, text: &str) -> Value {
    let body = json!({ "ZipFile": base64(&zip(&[("app.py", text)])) });
    ok(server, 200, "PUT", &format!("{FUNCTIONS}/f/code"), body).await
}

/// Publishes version `number` of `f` with code of its own.
pub async fn publish(server: &Server, number: u32) {
    change_code(
        server,
        &format!("def handler(e, c):\n    return {number}\n"),
    )
    .await;
    let path = format!("{FUNCTIONS}/f/versions");
    let shown = ok(server, 201, "POST", &path, json!({})).await;
    assert_eq!(shown["Version"], number.to_string());
}
