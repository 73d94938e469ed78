//! CodeDeploy's command service, which agents of instances speak: awsJson 1.1 without a model (contract codedeploy §8.8).
//!
//! Only HTTP is here; the operations are in `codedeploy/agents`. Invariant: answers are awsJson, errors are `ClientException` and
//! `ServerException`.

use super::visit::Visit;
use super::wire::{Response, Wire};
use crate::app::App;
use crate::aws::Scope;
use crate::codedeploy::agents::caller::Refused;
use crate::codedeploy::agents::{poll, protocol, specify, tell};
use crate::server::fault;
use aws_smithy_http_server::body::to_boxed;
use http::request::Parts;
use http::{HeaderValue, header};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Its name where operations are named with their service.
pub const SERVICE: &str = "codedeploy-commands";

/// Every operation.
const OPERATIONS: [&str; 5] = [
    "GetDeploymentSpecification",
    "PollHostCommand",
    "PostHostCommandUpdate",
    "PutHostCommandAcknowledgement",
    "PutHostCommandComplete",
];

/// The operation of a target header that is this service's.
pub fn operation<'a>(prefix: &str, name: &'a str) -> Option<&'a str> {
    protocol::TARGETS.contains(&prefix).then_some(name)
}

pub fn is_known(name: &str) -> bool {
    OPERATIONS.contains(&name)
}

/// Answers a call of an operation that is known.
pub async fn answer(
    app: &App,
    head: &Parts,
    (id, scope): (&str, &Scope),
    name: &str,
    body: &[u8],
) -> Response {
    let answered = match name {
        "PollHostCommand" => poll(app, head, scope, body).await,
        name => told(app, scope, name, body).await,
    };
    answered.unwrap_or_else(|failure| match failure {
        Failure::Malformed(what) => Wire::Json.error(id, &fault::Serialization::new(what)),
        Failure::Refused(Refused::Client(what)) => Wire::Json.error(id, &fault::Client::new(what)),
        Failure::Refused(Refused::Server(what)) => {
            tracing::error!(operation = name, what, "an agent's call failed");
            Wire::Json.error(id, &fault::Server::new(what))
        }
    })
}

enum Failure {
    Malformed(String),
    Refused(Refused),
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

async fn poll(app: &App, head: &Parts, scope: &Scope, body: &[u8]) -> Result<Response, Failure> {
    let stop = Visit::of(head).stop;
    let polled = poll::poll_host_command(&app.codedeploy, scope, read(body)?, stop.cancelled());
    write(&polled.await?)
}

async fn told(app: &App, scope: &Scope, name: &str, body: &[u8]) -> Result<Response, Failure> {
    let service = &app.codedeploy;
    match name {
        "GetDeploymentSpecification" => {
            let input = read(body)?;
            write(&specify::get_deployment_specification(service, scope, input).await?)
        }
        "PutHostCommandAcknowledgement" => {
            let input = read(body)?;
            write(&tell::put_host_command_acknowledgement(service, scope, input).await?)
        }
        "PutHostCommandComplete" => {
            tell::put_host_command_complete(service, scope, read(body)?).await?;
            Ok(json(Vec::new()))
        }
        _ => {
            let input = read(body)?;
            write(&tell::post_host_command_update(service, scope, input).await?)
        }
    }
}

fn read<T: DeserializeOwned + Default>(body: &[u8]) -> Result<T, Failure> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(T::default());
    }
    serde_json::from_slice(body).map_err(|error| Failure::Malformed(error.to_string()))
}

fn write(value: &impl Serialize) -> Result<Response, Failure> {
    let bytes = serde_json::to_vec(value);
    let bytes = bytes.map_err(|error| Refused::Server(error.to_string()))?;
    Ok(json(bytes))
}

fn json(bytes: Vec<u8>) -> Response {
    let mut response = http::Response::new(to_boxed(bytes));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/x-amz-json-1.1"),
    );
    response
}
