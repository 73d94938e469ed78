//! What an S3 request is for: one of the protocol's operations, or a configuration of a bucket; and what its body is.
//!
//! The protocol crate ignores sub-resources it does not know, so that `DELETE /bucket?unknown` would delete the bucket. Nothing
//! that is not listed here gets that far.

use crate::companions::s3::errors;
use crate::companions::s3::subresources::Kind;
use http::Method;
use http::request::Parts;
use s3s::S3Result;

#[derive(Debug)]
pub enum Target {
    Protocol { body: Use },
    Configuration { bucket: String, kind: &'static Kind },
}

/// What is done with a request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It is an object's or a part's.
    Stream,
    /// It is read whole.
    Document,
    /// It is left alone.
    Nothing,
}

/// Sub-resources of buckets that the protocol crate answers, and by which methods.
const OF_BUCKETS: [(&str, &[Method]); 8] = [
    ("acl", &[Method::GET, Method::PUT]),
    ("delete", &[Method::POST]),
    ("location", &[Method::GET]),
    ("policyStatus", &[Method::GET]),
    ("tagging", &[Method::GET, Method::PUT, Method::DELETE]),
    ("uploads", &[Method::GET]),
    ("versioning", &[Method::GET, Method::PUT]),
    ("versions", &[Method::GET]),
];

const OF_OBJECTS: [(&str, &[Method]); 7] = [
    ("acl", &[Method::GET, Method::PUT]),
    ("attributes", &[Method::GET]),
    ("partNumber", &[Method::GET, Method::HEAD, Method::PUT]),
    ("tagging", &[Method::GET, Method::PUT, Method::DELETE]),
    (
        "uploadId",
        &[Method::GET, Method::PUT, Method::POST, Method::DELETE],
    ),
    ("uploads", &[Method::POST]),
    (
        "versionId",
        &[Method::GET, Method::HEAD, Method::PUT, Method::DELETE],
    ),
];

/// Parameters that may be empty and name no sub-resource.
const PLAIN: [&str; 17] = [
    "bucket-region",
    "continuation-token",
    "delimiter",
    "encoding-type",
    "fetch-owner",
    "key-marker",
    "list-type",
    "marker",
    "max-buckets",
    "max-keys",
    "max-parts",
    "max-uploads",
    "part-number-marker",
    "prefix",
    "start-after",
    "upload-id-marker",
    "version-id-marker",
];

/// Errors: `NotImplemented`, `MethodNotAllowed`.
pub fn of(head: &Parts) -> S3Result<Target> {
    let query = head.uri.query().unwrap_or_default();
    let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let (bucket, key) = names(head.uri.path());
    let has = |name: &str| pairs.iter().any(|(key, _)| key == name);
    if is_form_upload(head) {
        return Err(errors::not_implemented("browser-based uploads with POST"));
    }
    if key.is_empty()
        && !bucket.is_empty()
        && let Some(kind) = pairs.iter().find_map(|(name, _)| Kind::of(name))
    {
        return configuration(head, bucket, kind);
    }
    let known: &[(&str, &[Method])] = if key.is_empty() {
        &OF_BUCKETS
    } else {
        &OF_OBJECTS
    };
    pairs
        .iter()
        .try_for_each(|(name, value)| check(known, name, value, &head.method))?;
    if !key.is_empty() && head.method == Method::POST && !has("uploads") && !has("uploadId") {
        return Err(errors::method_not_allowed());
    }
    if has("delete") {
        needs_checksum(head)?;
    }
    let streams = head.method == Method::PUT && !key.is_empty() && !has("acl") && !has("tagging");
    let body = match head.method {
        Method::PUT if streams && head.headers.contains_key("x-amz-copy-source") => Use::Nothing,
        Method::PUT if streams => Use::Stream,
        Method::PUT | Method::POST => Use::Document,
        _ => Use::Nothing,
    };
    Ok(Target::Protocol { body })
}

/// Bucket and key of a path, as they are encoded in it; empty where there is none.
pub fn names(path: &str) -> (String, String) {
    let (bucket, key) = path
        .trim_start_matches('/')
        .split_once('/')
        .unwrap_or((path.trim_start_matches('/'), ""));
    (bucket.to_owned(), key.to_owned())
}

fn configuration(head: &Parts, bucket: String, kind: &'static Kind) -> S3Result<Target> {
    match head.method {
        Method::GET | Method::PUT => Ok(Target::Configuration { bucket, kind }),
        Method::DELETE if kind.deletable => Ok(Target::Configuration { bucket, kind }),
        _ => Err(errors::method_not_allowed()),
    }
}

/// A parameter with a value that is not known is ignored, as AWS does; one without a value names a sub-resource.
fn check(known: &[(&str, &[Method])], name: &str, value: &str, method: &Method) -> S3Result<()> {
    match known.iter().find(|(known, _)| *known == name) {
        Some((_, methods)) if methods.contains(method) => Ok(()),
        Some(_) => Err(errors::method_not_allowed()),
        None if value.is_empty() && !PLAIN.contains(&name) => {
            Err(errors::unknown_subresource(name))
        }
        None => Ok(()),
    }
}

fn is_form_upload(head: &Parts) -> bool {
    let kind = head
        .headers
        .get(http::header::CONTENT_TYPE)
        .map(|value| value.as_bytes());
    head.method == Method::POST && kind.is_some_and(|kind| kind.starts_with(b"multipart/form-data"))
}

fn needs_checksum(head: &Parts) -> S3Result<()> {
    let is_checksum = |name: &str| {
        name == "content-md5" || name.starts_with("x-amz-checksum-") || name == "x-amz-trailer"
    };
    match head.headers.keys().any(|name| is_checksum(name.as_str())) {
        true => Ok(()),
        false => Err(errors::missing_checksum()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(method: &str, uri: &str) -> String {
        let request = http::Request::builder()
            .method(method)
            .uri(uri)
            .body(())
            .unwrap();
        match of(&request.into_parts().0) {
            Ok(Target::Protocol { body }) => format!("{body:?}"),
            Ok(Target::Configuration { kind, .. }) => kind.name.to_owned(),
            Err(error) => error.code().as_str().to_owned(),
        }
    }

    /// Witness: AWS API reference, one operation per method and sub-resource; our reading for 501 on what is unknown.
    #[test]
    fn methods_and_subresources_lead_to_operations_or_refusals() {
        for (method, uri, expected) in [
            ("GET", "/", "Nothing"),
            ("GET", "/b?list-type=2&prefix=", "Nothing"),
            ("PUT", "/b", "Document"),
            ("PUT", "/b/k", "Stream"),
            ("PUT", "/b/k?partNumber=1&uploadId=u", "Stream"),
            ("PUT", "/b/k?tagging", "Document"),
            ("POST", "/b/k?uploads", "Document"),
            ("GET", "/b?cors", "cors"),
            ("DELETE", "/b?lifecycle", "lifecycle"),
            ("GET", "/b/k?cors", "NotImplemented"),
            ("DELETE", "/b?accelerate", "MethodNotAllowed"),
            ("DELETE", "/b?acl", "MethodNotAllowed"),
            ("DELETE", "/b?inventory&id=1", "NotImplemented"),
            ("PUT", "/b?metadataTable", "NotImplemented"),
            ("PUT", "/b/k?uploads", "MethodNotAllowed"),
            ("GET", "/b/k?torrent", "NotImplemented"),
            ("PUT", "/b/k?retention", "NotImplemented"),
            ("POST", "/b/k?select&select-type=2", "NotImplemented"),
            ("POST", "/b/k", "MethodNotAllowed"),
            ("POST", "/b?delete", "InvalidRequest"),
            ("GET", "/b/k?x-id=GetObject&unknown=1", "Nothing"),
        ] {
            assert_eq!(target(method, uri), expected, "{method} {uri}");
        }
    }
}
