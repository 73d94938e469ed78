//! What functions and their tools ask of the server beside AWS's APIs: the Lambda Runtime API, and a function's code.
//!
//! The Runtime API of each environment is below a path of its own that only its process is told; there is no other way to it.
//!
//! Invariant: a process that waits for its next invocation is let go when the server stops.

use super::body::collect;
use super::control::refuse;
use super::visit::Visit;
use super::wire::Response;
use crate::app::App;
use crate::companions::lambda::{CODE, Door, Job, MOST_PAYLOAD, News, RUNTIME_API, too_large};
use aws_smithy_http_server::body::to_boxed;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use hyper::body::Incoming;
use std::time::{SystemTime, UNIX_EPOCH};

/// `GET /_slipway/functions/<archive>`.
pub async fn code(app: &App, head: &Parts) -> Response {
    let name = head.uri.path().strip_prefix(CODE).unwrap_or_default();
    let Some(zip) = app.lambda.archive(name).await else {
        return refuse(StatusCode::NOT_FOUND, "There is no such code.");
    };
    let mut response = http::Response::new(to_boxed(zip));
    let zip = HeaderValue::from_static("application/zip");
    response.headers_mut().insert(header::CONTENT_TYPE, zip);
    response
}

/// `/_slipway/runtime/<secret>/2018-06-01/runtime/…` (developer guide, "Using the Lambda runtime API").
pub async fn runtime(app: &App, head: &Parts, body: Incoming) -> Response {
    let path = head
        .uri
        .path()
        .strip_prefix(RUNTIME_API)
        .unwrap_or_default();
    let (secret, asked) = path.split_once('/').unwrap_or((path, ""));
    let Some(door) = app.lambda.door(secret) else {
        return refuse(StatusCode::FORBIDDEN, "There is no such environment.");
    };
    let asked = asked
        .strip_prefix("2018-06-01/runtime/")
        .unwrap_or_default();
    let mut steps = asked.split('/');
    let steps = (steps.next(), steps.next(), steps.next(), steps.next());
    match (&head.method, steps) {
        (&Method::GET, (Some("invocation"), Some("next"), None, None)) => next(&door, head).await,
        (&Method::POST, (Some("invocation"), Some(id), Some("response"), None)) => {
            told(&door, answered(id, &head.headers, body).await).await
        }
        (&Method::POST, (Some("invocation"), Some(id), Some("error"), None)) => {
            told(&door, failed(id, &head.headers, body).await).await
        }
        (&Method::POST, (Some("init"), Some("error"), None, None)) => {
            let body = collect(body, MOST_PAYLOAD).await.unwrap_or_default();
            told(&door, News::InitFailed(body)).await
        }
        (method, _) => refuse(
            StatusCode::NOT_FOUND,
            &format!("The runtime API has no {method} {asked}."),
        ),
    }
}

async fn next(door: &Door, head: &Parts) -> Response {
    let stop = Visit::of(head).stop;
    let job = tokio::select! {
        job = door.next() => job,
        () = stop.cancelled() => None,
    };
    match job {
        Some(job) => handed(job),
        None => refuse(StatusCode::GONE, "The environment ends."),
    }
}

fn handed(job: Job) -> Response {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let deadline = (now + job.timeout).as_millis().to_string();
    let trace = format!(
        "Root=1-{:08x}-{};Sampled=0",
        now.as_secs(),
        &job.request_id.replace('-', "")[..24]
    );
    let mut response = http::Response::new(to_boxed(job.payload));
    let headers = response.headers_mut();
    let mut put = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    put("content-type", "application/json");
    put("lambda-runtime-aws-request-id", &job.request_id);
    put("lambda-runtime-deadline-ms", &deadline);
    put("lambda-runtime-invoked-function-arn", &job.arn);
    put("lambda-runtime-trace-id", &trace);
    if let Some(context) = &job.client_context {
        put("lambda-runtime-client-context", context);
    }
    response
}

async fn told(door: &Door, news: News) -> Response {
    if !door.tell(news).await {
        return refuse(StatusCode::GONE, "The environment ends.");
    }
    let mut response = http::Response::new(to_boxed(Bytes::from_static(b"{\"status\":\"OK\"}")));
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}

async fn answered(id: &str, headers: &HeaderMap, body: Incoming) -> News {
    match collect(body, MOST_PAYLOAD).await {
        Ok(body) => News::Answered {
            request_id: id.to_owned(),
            body,
            memory_kb: memory(headers),
        },
        Err(_) => News::Failed {
            request_id: id.to_owned(),
            body: too_large(),
            kind: None,
            memory_kb: memory(headers),
        },
    }
}

async fn failed(id: &str, headers: &HeaderMap, body: Incoming) -> News {
    let kind = headers.get("lambda-runtime-function-error-type");
    News::Failed {
        request_id: id.to_owned(),
        body: collect(body, MOST_PAYLOAD)
            .await
            .unwrap_or_else(|_| too_large()),
        kind: kind.and_then(|kind| kind.to_str().ok()).map(str::to_owned),
        memory_kb: memory(headers),
    }
}

/// What our own bootstraps say of the most memory they had.
fn memory(headers: &HeaderMap) -> Option<u64> {
    headers
        .get("slipway-max-memory-kb")?
        .to_str()
        .ok()?
        .parse()
        .ok()
}
