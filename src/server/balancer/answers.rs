//! What load balancers answer themselves.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use std::convert::Infallible;

/// A body from a target, or one of ours.
pub type Body = BoxBody<Bytes, hyper::Error>;

fn full(text: String) -> Body {
    Full::from(text)
        .map_err(|never: Infallible| match never {})
        .boxed()
}

fn of(status: StatusCode, kind: &str, text: String) -> Response<Body> {
    let mut response = Response::new(full(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::SERVER, HeaderValue::from_static("awselb/2.0"));
    if let Ok(kind) = HeaderValue::from_str(kind) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    response
}

/// The page of a status, as AWS's look.
pub fn page(status: StatusCode) -> Response<Body> {
    let title = status.canonical_reason().unwrap_or_default();
    let title = match status {
        StatusCode::SERVICE_UNAVAILABLE => "Service Temporarily Unavailable",
        StatusCode::GATEWAY_TIMEOUT => "Gateway Time-out",
        _ => title,
    };
    let title = format!("{} {title}", status.as_u16());
    let text = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    );
    of(status, "text/html", text)
}

pub fn redirect(status: u16, location: &str) -> Response<Body> {
    let Ok(location) = HeaderValue::from_str(location) else {
        return page(StatusCode::BAD_REQUEST);
    };
    let mut response = page(StatusCode::from_u16(status).unwrap_or(StatusCode::FOUND));
    response.headers_mut().insert(header::LOCATION, location);
    response
}

pub fn fixed(status: u16, kind: &str, text: String) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    of(status, &format!("{kind}; charset=utf-8"), text)
}
