//! The server's own endpoints: health, info, reset, time, follow, events, badges, webhooks, what was published.
//!
//! Invariant: answers are JSON, or lines of it, but for pictures of badges; what changes something is a POST.

use super::follow;
use super::wire::Response;
use crate::app::App;
use crate::aws::Account;
use crate::codepipeline::jobs::partners::{self, Client};
use crate::companions::lambda;
use crate::engine::clock::Clock;
use crate::world;
use aws_smithy_http_server::body::to_boxed;
use aws_smithy_types::date_time::Format;
use codepipeline_api::model::ActionTypeId;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use hyper::body::Incoming;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

pub async fn answer(app: &Arc<App>, head: &Parts, body: Incoming) -> Response {
    match (&head.method, head.uri.path()) {
        (&Method::GET | &Method::HEAD, "/_slipway/health" | "/_localstack/health") => {
            ok(&health(app))
        }
        (&Method::GET | &Method::HEAD, "/_slipway/info") => ok(&info(app)),
        (&Method::GET, "/_slipway/follow") => follow::answer(app, head),
        (&Method::POST, "/_slipway/reset" | "/moto-api/reset") => reset(app).await,
        (&Method::GET | &Method::HEAD, "/_slipway/time") => ok(&time(&app.clock)),
        (&Method::GET | &Method::HEAD, "/_slipway/third-party-clients") => {
            third_party_clients(app, head.uri.query())
        }
        (&Method::POST, "/_slipway/time") => set_time(&app.clock, body).await,
        (&Method::GET | &Method::HEAD, "/_slipway/badges") => super::badges::answer(app, head),
        (&Method::GET, "/_slipway/events") => super::events::answer(&app.events, head),
        (&Method::GET, path) if path.starts_with(lambda::CODE) => {
            super::functions::code(app, head).await
        }
        (_, path) if path.starts_with(lambda::RUNTIME_API) => {
            super::functions::runtime(app, head, body).await
        }
        (_, path)
            if path.starts_with(super::webhooks::PATH) || super::webhooks::is_delivery(head) =>
        {
            super::webhooks::answer(app, head, body).await
        }
        (&Method::GET | &Method::HEAD, "/_slipway/sns") => published(app, head.uri.query()),
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
        "agents": agents(app),
    })
}

/// Where agents of CodeDeploy are served, and the certificate that they have to trust; null where they are not.
fn agents(app: &App) -> Value {
    let address = app.world.agents_address();
    address.map_or(Value::Null, |address| {
        json!({
            "endpoint": format!("https://{}", world::reachable(address)),
            "certificate": app.codedeploy.keys.certificate_file(),
        })
    })
}

/// The newest messages of the topic that `?topic=<arn>` names, one JSON object a line.
fn published(app: &App, query: Option<&str>) -> Response {
    let mut fields = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let Some((_, topic)) = fields.find(|(name, _)| name == "topic") else {
        return refuse(StatusCode::BAD_REQUEST, "expected ?topic=<ARN of a topic>");
    };
    match app.sns.journal(&topic) {
        Ok(Some(lines)) => lines_of(lines),
        Ok(None) => refuse(
            StatusCode::NOT_FOUND,
            &format!("There is no topic '{topic}'."),
        ),
        Err(error) => refuse(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

fn lines_of(text: String) -> Response {
    let mut response = http::Response::new(to_boxed(text));
    let lines = HeaderValue::from_static("application/jsonl");
    response.headers_mut().insert(header::CONTENT_TYPE, lines);
    response
}

/// The clients of an account, by default the server's own: `?account=111122223333`.
fn third_party_clients(app: &App, query: Option<&str>) -> Response {
    let named = query.and_then(|query| query.strip_prefix("account="));
    let Some(account) = named.map_or(Some(app.config.account.clone()), Account::parse) else {
        return refuse(
            StatusCode::BAD_REQUEST,
            "account is the twelve digits of an account",
        );
    };
    let client = |(id, client): (ActionTypeId, Client)| {
        json!({
            "actionTypeId": {
                "category": id.category.as_str(),
                "owner": id.owner.as_str(),
                "provider": id.provider,
                "version": id.version,
            },
            "clientId": client.id,
            "clientToken": client.token,
        })
    };
    let clients = partners::clients(&account).into_iter().map(client);
    ok(&json!({ "account": account, "clients": clients.collect::<Vec<Value>>() }))
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

fn time(clock: &Clock) -> Value {
    json!({
        "now": clock.now().wire().fmt(Format::DateTime).unwrap_or_default(),
        "scale": clock.scale(),
        "offset_seconds": clock.offset_millis() as f64 / 1000.0,
    })
}

/// How the clock is to go on; what is absent stays as it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    scale: Option<f64>,
    /// Seconds to jump forward. Time never goes back.
    advance_seconds: Option<f64>,
}

/// A hundred years.
const LONGEST_JUMP: f64 = 100.0 * 366.0 * 86_400.0;

async fn set_time(clock: &Clock, body: Incoming) -> Response {
    let bytes = match super::body::collect(body, super::body::LONGEST).await {
        Ok(bytes) => bytes,
        Err(fault) => return refuse(StatusCode::BAD_REQUEST, &fault.to_string()),
    };
    let wish: Wish = match serde_json::from_slice(&bytes) {
        Ok(wish) => wish,
        Err(error) => {
            return refuse(
                StatusCode::BAD_REQUEST,
                &format!("expected scale and advance_seconds: {error}"),
            );
        }
    };
    let (scale, jump) = (
        wish.scale.unwrap_or_else(|| clock.scale()),
        wish.advance_seconds.unwrap_or(0.0),
    );
    if !(0.001..=1_000_000.0).contains(&scale) || !(0.0..=LONGEST_JUMP).contains(&jump) {
        return refuse(
            StatusCode::BAD_REQUEST,
            "scale is from 0.001 to 1000000, advance_seconds from 0 to a hundred years",
        );
    }
    match clock.set(scale, Duration::from_secs_f64(jump)).await {
        Ok(()) => ok(&time(clock)),
        Err(error) => refuse(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

pub(super) fn ok(value: &Value) -> Response {
    respond(StatusCode::OK, value)
}

pub(super) fn refuse(status: StatusCode, message: &str) -> Response {
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
