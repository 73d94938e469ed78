//! The server's own endpoints: health, info, reset, time.
//!
//! Invariant: answers are JSON; what changes something is a POST.

use super::wire::Response;
use crate::app::App;
use aws_smithy_http_server::body::to_boxed;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use hyper::body::Incoming;
use serde_json::{Value, json};
use std::sync::Arc;

pub async fn answer(app: &Arc<App>, head: &Parts, _body: Incoming) -> Response {
    match (&head.method, head.uri.path()) {
        (&Method::GET | &Method::HEAD, "/_slipway/health" | "/_localstack/health") => {
            ok(&health(app))
        }
        (&Method::GET | &Method::HEAD, "/_slipway/info") => ok(&info(app)),
        (&Method::POST, "/_slipway/reset" | "/moto-api/reset") => reset(app).await,
        (method, path) => refuse(
            StatusCode::NOT_FOUND,
            &format!("There is no {method} {path} here."),
        ),
    }
}

fn health(app: &App) -> Value {
    let mut services: serde_json::Map<String, Value> = app
        .directory
        .services()
        .iter()
        .map(|service| (service.name.to_owned(), json!("running")))
        .collect();
    if app.config.services.includes("s3") {
        services.insert("s3".to_owned(), json!("running"));
    }
    json!({ "services": services, "version": env!("CARGO_PKG_VERSION"), "edition": "slipway" })
}

fn info(app: &App) -> Value {
    json!({
        "name": "slipway",
        "version": env!("CARGO_PKG_VERSION"),
        "data": app.config.data.to_string(),
        "account": app.config.account,
        "region": app.config.region,
        "time_scale": app.config.time_scale,
    })
}

async fn reset(app: &App) -> Response {
    match app.reset().await {
        Ok(()) => ok(&json!({ "status": "reset" })),
        Err(error) => refuse(
            StatusCode::INTERNAL_SERVER_ERROR,
            &format!("The store cannot be emptied: {error}"),
        ),
    }
}

fn ok(value: &Value) -> Response {
    respond(StatusCode::OK, value)
}

fn refuse(status: StatusCode, message: &str) -> Response {
    respond(status, &json!({ "message": message }))
}

fn respond(status: StatusCode, value: &Value) -> Response {
    let mut response = http::Response::new(to_boxed(value.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}
