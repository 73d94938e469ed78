//! restJson1: operations called by method and path, with members in path, query string, headers and body.
//!
//! Reading and writing are the runtime's, driven by the schemas; here is what it lacks for AWS's clients: routes of the whole model,
//! and requests whose content type does not matter.
//!
//! Invariant: decides from method, path and query alone; of two patterns that fit, the one that says more wins.

use super::nesting;
use super::wire::{Collected, Response};
use aws_smithy_http_server::schema::protocol::RestJson1;
use aws_smithy_http_server::schema::{DeserializeError, HttpModeledError, ServerProtocol};
use aws_smithy_runtime_api::http::Headers;
use aws_smithy_schema::Schema;
use aws_smithy_schema::serde::{SerdeError, SerializableStruct};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, header};
use slipway_runtime::{HttpRoute, Structure, Violations};
use std::sync::LazyLock;

static REST: LazyLock<RestJson1> = LazyLock::new(RestJson1::default);

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The operation that a request's method and URI name.
pub fn find(routes: &[HttpRoute], head: &Parts) -> Option<&'static str> {
    let (path, query) = (trimmed(head.uri.path()), head.uri.query());
    let fitting = routes.iter().filter_map(|route| {
        let says = fits(route, &head.method, path, query.unwrap_or_default())?;
        Some((says, route.operation))
    });
    fitting.max().map(|(_, operation)| operation)
}

/// Clients of old end some paths with a slash.
fn trimmed(path: &str) -> &str {
    match path.strip_suffix('/') {
        Some(rest) if !rest.is_empty() => rest,
        _ => path,
    }
}

/// How much of the pattern is said literally; `None` when it does not fit.
fn fits(route: &HttpRoute, method: &Method, path: &str, query: &str) -> Option<usize> {
    let (pattern, wanted) = route.uri.split_once('?').unwrap_or((route.uri, ""));
    let mut fields = wanted.split('&').filter(|field| !field.is_empty());
    let asked = fields.all(|field| query.split('&').any(|given| given == field));
    if method.as_str() != route.method || !asked {
        return None;
    }
    let (mut literal, mut parts) = (wanted.len(), path.split('/'));
    for step in pattern.split('/') {
        if step.ends_with("+}") {
            return parts.next().map(|_| literal);
        }
        let part = parts.next()?;
        match step.starts_with('{') {
            true if part.is_empty() => return None,
            true => {}
            false if part == step => literal += step.len() + 1,
            false => return None,
        }
    }
    parts.next().is_none().then_some(literal)
}

/// The request as the runtime reads it.
pub fn request(head: &Parts, body: Bytes) -> Result<Collected, String> {
    let mut request = Collected::new(body);
    let path = trimmed(head.uri.path());
    let uri = match head.uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    request
        .set_uri(uri.as_str())
        .map_err(|error| error.to_string())?;
    let mut headers = head.headers.clone();
    for name in [header::ACCEPT, header::CONTENT_LENGTH] {
        headers.remove(name);
    }
    headers.insert(header::CONTENT_TYPE, JSON);
    *request.headers_mut() = Headers::try_from(headers).map_err(|error| error.to_string())?;
    Ok(request)
}

/// Reads and checks an operation's input in one pass.
pub fn read<T: Structure>(
    input: &Schema<'_>,
    request: &Collected,
    violations: &mut Violations,
) -> Result<Option<T>, SerdeError> {
    let raw = input
        .members()
        .iter()
        .any(|member| member.http_payload().is_some());
    if !raw && !request.body().is_empty() {
        nesting::check_json(request.body())
            .map_err(|malformed| SerdeError::invalid_input(malformed.to_string()))?;
    }
    let mut deserializer =
        REST.deserialize_request(input, request)
            .map_err(|error| match error {
                DeserializeError::Serde(error) => error,
                other => SerdeError::custom(other.to_string()),
            })?;
    slipway_runtime::read(&mut *deserializer, violations)
}

pub fn answer(output: &Schema<'_>, value: &dyn SerializableStruct) -> Response {
    REST.serialize_response(output, value)
}

/// The code in a header, the message in the body.
pub fn error(error: &dyn HttpModeledError) -> Response {
    let mut response = REST.serialize_error(error);
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTES: [HttpRoute; 6] = [
        route("List", "GET", "/2015/functions"),
        route("Get", "GET", "/2015/functions/{Name}"),
        route("GetAlias", "GET", "/2015/functions/{Name}/aliases/{Alias}"),
        route("Provisioned", "GET", "/2019/functions/{Name}/provisioned"),
        route(
            "AllProvisioned",
            "GET",
            "/2019/functions/{Name}/provisioned?List=ALL",
        ),
        route("Tags", "POST", "/2017/tags/{Resource+}"),
    ];

    const fn route(operation: &'static str, method: &'static str, uri: &'static str) -> HttpRoute {
        HttpRoute {
            operation,
            method,
            uri,
        }
    }

    fn found(method: &str, uri: &str) -> Option<&'static str> {
        let request = http::Request::builder().method(method).uri(uri).body(());
        find(&ROUTES, &request.unwrap().into_parts().0)
    }

    // Witness: Smithy 2.0, HTTP bindings: "uri", and its rules on conflicts.
    #[test]
    fn an_operation_is_found_by_method_path_and_query() {
        let cases = [
            ("GET", "/2015/functions", Some("List")),
            ("GET", "/2015/functions/", Some("List")),
            ("GET", "/2015/functions/f", Some("Get")),
            (
                "GET",
                "/2015/functions/arn%3Aaws%3Ax/aliases/a",
                Some("GetAlias"),
            ),
            (
                "GET",
                "/2019/functions/f/provisioned?Qualifier=a",
                Some("Provisioned"),
            ),
            (
                "GET",
                "/2019/functions/f/provisioned?List=ALL&x=y",
                Some("AllProvisioned"),
            ),
            ("POST", "/2017/tags/a/b/c", Some("Tags")),
            ("POST", "/2015/functions/f", None),
            ("GET", "/2015/functions/f/g", None),
            ("GET", "/2015/functions//aliases/a", None),
            ("GET", "/", None),
        ];
        for (method, uri, operation) in cases {
            assert_eq!(found(method, uri), operation, "{method} {uri}");
        }
    }
}
