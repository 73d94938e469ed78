//! `POST /_slipway/webhooks/<token>` and `POST /webhooks?t=<token>&v=1`: deliveries of those who send news of sources (contracts
//! codepipeline §8.2, codebuild §2 and §12.3).
//!
//! Only HTTP is here; what becomes of a delivery is decided in `codepipeline/webhooks` and, when it comes to a project, in
//! `codebuild/deliveries`. Invariant: what is answered to somebody who is not authenticated tells nothing but that.

use super::body::collect;
use super::control::{ok, refuse};
use super::visit::Visit;
use super::wire::Response;
use crate::app::App;
use crate::codebuild::deliveries;
use crate::codepipeline::webhooks::{self, Delivery, Outcome};
use aws_smithy_http_server::schema::HttpModeledError;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use hyper::body::Incoming;
use serde_json::json;

/// What the paths of webhooks begin with; their token follows.
pub const PATH: &str = "/_slipway/webhooks/";
/// Where projects' webhooks listen; the token is in the query.
const BUILDS: &str = "/webhooks";

/// Whether a request brings a delivery.
pub fn is_delivery(head: &Parts) -> bool {
    head.method == Method::POST && (head.uri.path().starts_with(PATH) || of_project(head).is_some())
}

/// The token of a project's webhook, if the request is for one.
pub fn of_project(head: &Parts) -> Option<String> {
    let query = head.uri.query().filter(|_| head.uri.path() == BUILDS)?;
    let mut members = form_urlencoded::parse(query.as_bytes());
    let token = members.find(|(name, _)| name == "t")?;
    Some(token.1.into_owned())
}

pub async fn answer(app: &App, head: &Parts, body: Incoming) -> Response {
    if head.method != Method::POST {
        return not_allowed();
    }
    if let Some(token) = of_project(head) {
        return build(app, head, &token, body).await;
    }
    let token = head.uri.path().strip_prefix(PATH).unwrap_or_default();
    let Some(webhook) = webhooks::find(&app.codepipeline.tables, token) else {
        return told(Outcome::Unknown);
    };
    let body = match collect(body, super::body::LONGEST).await {
        Ok(body) => body,
        Err(fault) => return unread(&*fault),
    };
    let delivery = Delivery {
        sha1: text(head, "x-hub-signature"),
        sha256: text(head, "x-hub-signature-256"),
        from: Visit::of(head).peer,
        body,
    };
    told(webhooks::receive(&app.codepipeline, webhook, delivery).await)
}

/// A delivery to a webhook of CodeBuild.
async fn build(app: &App, head: &Parts, token: &str, body: Incoming) -> Response {
    let Some(webhook) = deliveries::find(&app.codebuild.tables, token) else {
        return told(Outcome::Unknown);
    };
    let body = match collect(body, super::body::LONGEST).await {
        Ok(body) => body,
        Err(fault) => return unread(&*fault),
    };
    let first = |names: &[&str]| names.iter().find_map(|name| text(head, name));
    let delivery = deliveries::Delivery {
        event: first(&["x-github-event", "x-event-key"]),
        sha256: text(head, "x-hub-signature-256"),
        sha1: text(head, "x-hub-signature"),
        token: text(head, "x-gitlab-token"),
        id: first(&["x-github-delivery", "x-gitlab-event-uuid", "x-request-uuid"]),
        agent: text(head, "user-agent"),
        body,
    };
    let around = deliveries::Around {
        companions: &*app.companions,
        now: app.now(),
    };
    match deliveries::receive(&app.codebuild, around, webhook, delivery).await {
        deliveries::Outcome::Started(id) => ok(&json!({ "buildId": id })),
        deliveries::Outcome::StartedBatch(id) => ok(&json!({ "buildBatchId": id })),
        deliveries::Outcome::Nothing(why) => ok(&json!({ "message": why })),
        deliveries::Outcome::Unknown => told(Outcome::Unknown),
        deliveries::Outcome::Unsigned => refuse(
            StatusCode::UNAUTHORIZED,
            "The delivery does not come with the webhook's secret.",
        ),
        deliveries::Outcome::Malformed(why) => refuse(
            StatusCode::BAD_REQUEST,
            &format!("The body is no delivery: {why}"),
        ),
        deliveries::Outcome::Busy(why) => refuse(StatusCode::TOO_MANY_REQUESTS, &why),
    }
}

fn text(head: &Parts, name: &str) -> Option<String> {
    let value = head.headers.get(name)?.to_str().ok()?;
    Some(value.to_owned())
}

fn unread(fault: &dyn HttpModeledError) -> Response {
    let status = StatusCode::from_u16(fault.status_code());
    refuse(
        status.unwrap_or(StatusCode::BAD_REQUEST),
        &fault.to_string(),
    )
}

fn told(outcome: Outcome) -> Response {
    match outcome {
        Outcome::Started(execution) => ok(&json!({ "pipelineExecutionId": execution })),
        Outcome::NoMatch(filter) => ok(&json!({
            "message": format!("Nothing starts: the filter '{filter}' does not match.")
        })),
        Outcome::Unknown => refuse(StatusCode::NOT_FOUND, "There is no such webhook."),
        Outcome::Unsigned => refuse(
            StatusCode::UNAUTHORIZED,
            "The delivery is not signed with the webhook's secret: neither X-Hub-Signature nor X-Hub-Signature-256 fits its body.",
        ),
        Outcome::Forbidden => refuse(
            StatusCode::FORBIDDEN,
            "The delivery comes from an address that the webhook does not allow.",
        ),
        Outcome::Malformed(why) => refuse(
            StatusCode::BAD_REQUEST,
            &format!("The body is not JSON: {why}"),
        ),
        Outcome::Gone(what) => refuse(StatusCode::CONFLICT, &what),
        Outcome::Busy(why) => refuse(StatusCode::TOO_MANY_REQUESTS, &why),
    }
}

fn not_allowed() -> Response {
    let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, "Deliveries come by POST.");
    let allow = HeaderValue::from_static("POST");
    response.headers_mut().insert(header::ALLOW, allow);
    response
}
