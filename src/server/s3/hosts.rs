//! Buckets in the names of hosts: `bucket.s3.localhost/key` becomes `/bucket/key`.
//!
//! A host that is below none of our domains names no bucket.

use crate::companions::s3::{errors, names};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderValue, Uri, header};
use s3s::S3Result;

/// Rewrites the head to path style, without an authority in its URI.
pub fn to_path_style(head: &mut Parts, domains: &[String]) -> S3Result<()> {
    // HTTP/2 names the host in the URI only.
    if let Some(authority) = head.uri.authority()
        && !head.headers.contains_key(header::HOST)
        && let Ok(value) = HeaderValue::from_str(authority.as_str())
    {
        head.headers.insert(header::HOST, value);
    }
    let host = head
        .headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let path = head.uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let path = match host.and_then(|host| bucket_of(host, domains)) {
        Some(bucket) => format!("/{bucket}{path}"),
        None => path.to_owned(),
    };
    head.uri = Uri::try_from(path).map_err(|_| errors::invalid_uri())?;
    Ok(())
}

/// The bucket that a host names.
fn bucket_of(host: &str, domains: &[String]) -> Option<String> {
    let host = without_port(host).to_ascii_lowercase();
    let below = |domain: &String| host.strip_suffix(domain.as_str())?.strip_suffix('.');
    let (labels, domain) = domains
        .iter()
        .find_map(|domain| Some((below(domain)?, domain)))?;
    let bucket = match split_at_service(labels) {
        Some(bucket) => bucket,
        // AWS's own names always have the service in them.
        None if domain.starts_with("amazonaws.") => return None,
        None => labels,
    };
    names::is_bucket_name(bucket).then(|| bucket.to_owned())
}

/// What stands before `s3`, `s3.<region>`, `s3-<region>` or `s3.dualstack.<region>`.
fn split_at_service(labels: &str) -> Option<&str> {
    let mut end = labels.len();
    for _ in 0..3 {
        let start = labels[..end].rfind('.').map_or(0, |dot| dot + 1);
        let label = &labels[start..end];
        if label == "s3" || label.starts_with("s3-") {
            return Some(labels[..start].trim_end_matches('.'));
        }
        end = start.checked_sub(1)?;
    }
    None
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(host: &str) -> Option<String> {
        let domains = ["localhost", "localhost.localstack.cloud", "amazonaws.com"];
        bucket_of(host, &domains.map(str::to_owned))
    }

    /// Witness: AWS, "Virtual hosting of general purpose buckets"; endpoints below localhost as SDKs build them.
    #[test]
    fn a_label_below_our_domains_is_a_bucket() {
        for host in [
            "my-bucket.s3.localhost:4566",
            "my-bucket.localhost:4566",
            "my-bucket.s3.us-east-1.localhost",
            "MY-bucket.s3.localhost.localstack.cloud:4566",
            "my-bucket.s3.eu-west-1.amazonaws.com",
            "my-bucket.s3-eu-west-1.amazonaws.com",
            "my-bucket.s3.dualstack.us-west-2.amazonaws.com",
        ] {
            assert_eq!(bucket(host).as_deref(), Some("my-bucket"), "{host}");
        }
        assert_eq!(
            bucket("a.s3.dotted.s3.localhost").as_deref(),
            Some("a.s3.dotted")
        );
    }

    #[test]
    fn endpoints_and_unknown_hosts_are_no_buckets() {
        for host in [
            "localhost:4566",
            "s3.localhost:4566",
            "s3.us-east-1.localhost",
            "s3.amazonaws.com",
            "codebuild.us-east-1.amazonaws.com",
            "127.0.0.1:4566",
            "[::1]:4566",
            "my-bucket.example.com",
            "",
        ] {
            assert_eq!(bucket(host), None, "{host}");
        }
    }
}
