//! `GET /_slipway/badges?uuid=…&branch=…`: a project's badge as a picture, for everybody (contract codebuild §2).

use super::control::refuse;
use super::wire::Response;
use crate::app::App;
use crate::codebuild::badges::badge;
use aws_smithy_http_server::body::to_boxed;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};

/// What nobody can have a badge for is unknown, like a branch without builds.
pub fn answer(app: &App, head: &Parts) -> Response {
    let query = head.uri.query().unwrap_or_default();
    let field = |wanted: &str| {
        let mut fields = form_urlencoded::parse(query.as_bytes());
        let found = fields.find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.into_owned())
    };
    let Some(uuid) = field("uuid") else {
        return refuse(
            StatusCode::BAD_REQUEST,
            "expected ?uuid=<as in the project's badgeRequestUrl>&branch=<branch>",
        );
    };
    let branch = field("branch").or_else(|| field("tag"));
    let picture = badge(&app.codebuild, &uuid, branch.as_deref()).svg();
    let mut response = http::Response::new(to_boxed(picture));
    let headers = response.headers_mut();
    let svg = HeaderValue::from_static("image/svg+xml");
    headers.insert(header::CONTENT_TYPE, svg);
    let fresh = HeaderValue::from_static("no-cache, no-store, must-revalidate");
    headers.insert(header::CACHE_CONTROL, fresh);
    response
}
