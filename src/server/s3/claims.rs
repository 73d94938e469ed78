//! What the headers of a request say about its body.

use super::target::{Target, Use, names};
use crate::companions::s3::claims::{Claims, Expected, parse_md5};
use crate::companions::s3::digest::Algorithm;
use crate::companions::s3::errors;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use s3s::S3Result;
use std::sync::Arc;

const SHA256: &str = "x-amz-content-sha256";
const DECODED_LENGTH: &str = "x-amz-decoded-content-length";
const TRAILER: &str = "x-amz-trailer";

/// Headers that have been dealt with; the protocol crate would refuse or misread them.
const SPENT: [&str; 7] = [
    "authorization",
    "x-amz-date",
    "x-amz-security-token",
    SHA256,
    DECODED_LENGTH,
    TRAILER,
    "expect",
];

/// Errors: `InvalidDigest`, `InvalidRequest`, `InvalidArgument`, `MissingContentLength`.
pub fn of(head: &Parts, target: &Target) -> S3Result<Claims> {
    if matches!(target, Target::Protocol { body: Use::Nothing }) {
        return Ok(Claims::default());
    }
    let checksum = match is_about_the_object(head) {
        true => None,
        false => checksum(&head.headers)?,
    };
    Ok(Claims {
        length: decoded_length(head)?,
        md5: text(&head.headers, "content-md5")
            .map(parse_md5)
            .transpose()?,
        sha256: sha256(&head.headers)?,
        checksum,
    })
}

/// The body comes in chunks with a head each.
pub fn is_framed(head: &Parts) -> bool {
    text(&head.headers, SHA256).is_some_and(|value| value.starts_with("STREAMING-"))
}

/// Removes what has been dealt with.
pub fn strip(head: &mut Parts) {
    for name in SPENT {
        head.headers.remove(name);
    }
    if let Some(encoding) = text(&head.headers, "content-encoding").map(without_framing) {
        head.headers.remove(header::CONTENT_ENCODING);
        if let Ok(value) = HeaderValue::from_str(&encoding)
            && !encoding.is_empty()
        {
            head.headers.insert(header::CONTENT_ENCODING, value);
        }
    }
    // S3 ignores ranges that it does not understand, and answers whole objects to several.
    if text(&head.headers, "range").is_some_and(|range| s3s::dto::Range::parse(range).is_err()) {
        head.headers.remove(header::RANGE);
    }
}

/// Checksums beside the end of an upload are the object's, not the document's.
fn is_about_the_object(head: &Parts) -> bool {
    let (_, key) = names(head.uri.path());
    head.method == Method::POST && !key.is_empty()
}

fn decoded_length(head: &Parts) -> S3Result<Option<u64>> {
    if !is_framed(head) {
        return Ok(None);
    }
    let length = text(&head.headers, DECODED_LENGTH).and_then(|value| value.parse().ok());
    length.map(Some).ok_or_else(errors::missing_content_length)
}

fn sha256(headers: &HeaderMap) -> S3Result<Option<[u8; 32]>> {
    match text(headers, SHA256) {
        None | Some("" | "UNSIGNED-PAYLOAD") => Ok(None),
        Some(value) if value.starts_with("STREAMING-") => Ok(None),
        Some(value) => {
            let bytes = hex::decode(value)
                .ok()
                .and_then(|bytes| bytes.try_into().ok());
            bytes.map(Some).ok_or_else(errors::invalid_content_sha256)
        }
    }
}

fn checksum(headers: &HeaderMap) -> S3Result<Option<(Algorithm, Expected)>> {
    let values = Algorithm::ALL
        .into_iter()
        .filter_map(|algorithm| Some((algorithm, text(headers, algorithm.header())?)));
    let mut values: Vec<(Algorithm, &str)> = values.collect();
    let trailer = text(headers, TRAILER).and_then(|names| {
        names
            .split(',')
            .find_map(|name| Algorithm::from_header(name.trim()))
    });
    match (values.pop(), trailer) {
        (Some(_), _) if !values.is_empty() => Err(errors::several_checksums()),
        (Some(_), Some(_)) => Err(errors::several_checksums()),
        (Some((algorithm, value)), None) if algorithm.decode(value).is_none() => {
            Err(errors::invalid_checksum_value(algorithm))
        }
        (Some((algorithm, value)), None) => {
            Ok(Some((algorithm, Expected::Value(value.to_owned()))))
        }
        (None, Some(algorithm)) => Ok(Some((algorithm, Expected::Trailer(Arc::default())))),
        (None, None) => named(headers),
    }
}

fn named(headers: &HeaderMap) -> S3Result<Option<(Algorithm, Expected)>> {
    let Some(name) = text(headers, "x-amz-sdk-checksum-algorithm") else {
        return Ok(None);
    };
    let algorithm = Algorithm::from_name(name).ok_or_else(errors::invalid_checksum_algorithm)?;
    Ok(Some((algorithm, Expected::Nothing)))
}

/// `aws-chunked` says how the body came, not how the object is encoded.
fn without_framing(encoding: &str) -> String {
    let names = encoding
        .split(',')
        .map(str::trim)
        .filter(|name| !name.eq_ignore_ascii_case("aws-chunked"));
    names.collect::<Vec<_>>().join(",")
}

fn text<'a>(headers: &'a HeaderMap, name: &'static str) -> Option<&'a str> {
    headers.get(HeaderName::from_static(name))?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(headers: &[(&'static str, &str)]) -> Parts {
        let mut request = http::Request::put("/b/k");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn claims(headers: &[(&'static str, &str)]) -> Result<Claims, String> {
        let of = of(&head(headers), &Target::Protocol { body: Use::Stream });
        of.map_err(|error| error.code().as_str().to_owned())
    }

    /// Witness: AWS, "Checking object integrity".
    #[test]
    fn one_checksum_may_be_claimed() {
        let found = claims(&[("x-amz-checksum-crc32", "AAAAAA==")]).unwrap();
        assert!(matches!(
            found.checksum,
            Some((Algorithm::Crc32, Expected::Value(_)))
        ));
        let found = claims(&[("x-amz-trailer", "x-amz-checksum-crc64nvme")]).unwrap();
        assert!(matches!(
            found.checksum,
            Some((Algorithm::Crc64Nvme, Expected::Trailer(_)))
        ));
        let two = [
            ("x-amz-checksum-crc32", "AAAAAA=="),
            ("x-amz-checksum-crc32c", "AAAAAA=="),
        ];
        assert_eq!(claims(&two).unwrap_err(), "InvalidRequest");
        assert_eq!(
            claims(&[("x-amz-checksum-sha256", "AAAAAA==")]).unwrap_err(),
            "InvalidRequest"
        );
        assert_eq!(
            claims(&[("content-md5", "nonsense")]).unwrap_err(),
            "InvalidDigest"
        );
        assert_eq!(
            claims(&[("x-amz-content-sha256", "nonsense")]).unwrap_err(),
            "InvalidArgument"
        );
    }

    #[test]
    fn framing_is_taken_out_of_the_encoding() {
        let mut head = head(&[
            ("content-encoding", "aws-chunked, gzip"),
            ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
            ("range", "bytes=0-1,3-4"),
        ]);
        assert!(is_framed(&head));
        strip(&mut head);
        assert_eq!(head.headers["content-encoding"], "gzip");
        assert!(!head.headers.contains_key("range"));
        assert!(!is_framed(&head));
    }
}
