//! Signatures in the query: their expiry is checked, then they are removed. Headers that were moved into the query come back.

use crate::companions::s3::errors;
use form_urlencoded::Serializer;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Uri};
use s3s::{S3Error, S3Result};
use std::time::{Duration, SystemTime};

const LONGEST: u64 = 604_800;
/// How far a clock may be ahead of ours.
const SKEW: Duration = Duration::from_secs(15 * 60);

/// Parameters of signatures of both versions; they mean nothing to S3's operations.
const SIGNATURE: [&str; 12] = [
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-expires",
    "x-amz-signedheaders",
    "x-amz-signature",
    "x-amz-security-token",
    "x-amz-region-set",
    "x-amz-user-agent",
    "awsaccesskeyid",
    "signature",
    "expires",
];

/// Errors: `AccessDenied` for an expired URL, `AuthorizationQueryParametersError` for an incomplete one.
pub fn settle(head: &mut Parts, now: SystemTime) -> S3Result<()> {
    let Some(query) = head.uri.query() else {
        return Ok(());
    };
    let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let find = |name: &str| {
        pairs
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    };
    if find("X-Amz-Signature").is_some() || find("X-Amz-Algorithm").is_some() {
        check_v4(find, now)?;
    } else if find("AWSAccessKeyId").is_some() && find("Signature").is_some() {
        check_v2(find("Expires"), now)?;
    } else {
        return Ok(());
    }
    rewrite(head, pairs)
}

fn check_v4<'a>(find: impl Fn(&str) -> Option<&'a str>, now: SystemTime) -> S3Result<()> {
    let needed = [
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Signature",
        "X-Amz-Date",
        "X-Amz-SignedHeaders",
        "X-Amz-Expires",
    ];
    if needed.iter().any(|name| find(name).is_none()) {
        return Err(errors::presign_parameters(
            "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, \
             X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
        ));
    }
    let begin = find("X-Amz-Date").and_then(parse_date).ok_or_else(|| {
        errors::presign_parameters(
            "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"",
        )
    })?;
    let lifetime = lifetime(find("X-Amz-Expires").unwrap_or_default())?;
    if begin > now + SKEW {
        return Err(errors::request_not_yet_valid());
    }
    expire(begin + lifetime, now)
}

fn check_v2(expires: Option<&str>, now: SystemTime) -> S3Result<()> {
    let seconds = expires
        .and_then(|text| text.parse::<u32>().ok())
        .ok_or_else(missing_expires)?;
    expire(
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.into()),
        now,
    )
}

fn missing_expires() -> S3Error {
    errors::request_expires_missing()
}

fn expire(end: SystemTime, now: SystemTime) -> S3Result<()> {
    match now > end {
        true => Err(errors::request_expired()),
        false => Ok(()),
    }
}

fn lifetime(text: &str) -> S3Result<Duration> {
    let seconds: i64 = text
        .parse()
        .map_err(|_| errors::presign_parameters("X-Amz-Expires should be a number"))?;
    let seconds = u64::try_from(seconds)
        .map_err(|_| errors::presign_parameters("X-Amz-Expires must be non-negative"))?;
    match seconds {
        0..=LONGEST => Ok(Duration::from_secs(seconds)),
        _ => Err(errors::presign_parameters(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
        )),
    }
}

/// `20130524T000000Z`.
fn parse_date(text: &str) -> Option<SystemTime> {
    let time = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    let seconds = time
        .to_zoned(jiff::tz::TimeZone::UTC)
        .ok()?
        .timestamp()
        .as_second();
    Some(SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).ok()?))
}

/// SDKs that presign move `x-amz-…` headers into the query; there they count as headers.
fn rewrite(head: &mut Parts, pairs: Vec<(String, String)>) -> S3Result<()> {
    let mut kept = Serializer::new(String::new());
    let mut any = false;
    for (name, value) in pairs {
        let lower = name.to_ascii_lowercase();
        if SIGNATURE.contains(&lower.as_str()) {
            continue;
        }
        if lower.starts_with("x-amz-") {
            let header = HeaderName::try_from(&lower)
                .ok()
                .zip(HeaderValue::from_str(&value).ok());
            let (name, value) = header.ok_or_else(errors::invalid_uri)?;
            head.headers.entry(name).or_insert(value);
            continue;
        }
        kept.append_pair(&name, &value);
        any = true;
    }
    let path = head.uri.path();
    let target = if any {
        format!("{path}?{}", kept.finish())
    } else {
        path.to_owned()
    };
    head.uri = Uri::try_from(target).map_err(|_| errors::invalid_uri())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: &str = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
                          &X-Amz-Date=20130524T000000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=00";

    fn settled(query: &str, seconds_later: u64) -> Result<Parts, String> {
        let request = http::Request::get(format!("/b/k?{query}"))
            .body(())
            .unwrap();
        let (mut head, ()) = request.into_parts();
        let signed = parse_date("20130524T000000Z").unwrap();
        let outcome = settle(&mut head, signed + Duration::from_secs(seconds_later));
        outcome.map(|()| head).map_err(|error| {
            format!(
                "{}: {}",
                error.code().as_str(),
                error.message().unwrap_or_default()
            )
        })
    }

    /// Witness: AWS, "Authenticating requests: using query parameters".
    #[test]
    fn a_presigned_url_is_good_until_it_expires() {
        let query = format!("{SIGNED}&X-Amz-Expires=60&versionId=null");
        assert_eq!(settled(&query, 60).unwrap().uri, "/b/k?versionId=null");
        assert_eq!(
            settled(&query, 61).unwrap_err(),
            "AccessDenied: Request has expired"
        );
    }

    #[test]
    fn incomplete_and_absurd_urls_are_refused() {
        for query in [
            SIGNED.to_owned(),
            format!("{SIGNED}&X-Amz-Expires=x"),
            format!("{SIGNED}&X-Amz-Expires=604801"),
            format!("{SIGNED}&X-Amz-Expires=-1"),
        ] {
            let error = settled(&query, 0).unwrap_err();
            assert!(
                error.starts_with("AuthorizationQueryParametersError"),
                "{error}"
            );
        }
    }

    #[test]
    fn headers_in_the_query_become_headers() {
        let head = settled(
            &format!("{SIGNED}&X-Amz-Expires=60&x-amz-meta-a=b+c&x-id=PutObject"),
            0,
        )
        .unwrap();
        assert_eq!(head.headers["x-amz-meta-a"], "b c");
        assert_eq!(head.uri, "/b/k?x-id=PutObject");
    }

    #[test]
    fn old_signatures_expire_too() {
        assert!(settled("AWSAccessKeyId=A&Signature=s&Expires=1369353600", 0).is_ok());
        assert_eq!(
            settled("AWSAccessKeyId=A&Signature=s&Expires=1369353599", 0).unwrap_err(),
            "AccessDenied: Request has expired"
        );
    }

    #[test]
    fn an_unsigned_query_stays_as_it_is() {
        assert_eq!(
            settled("prefix=a%2Fb&expires=1", 0).unwrap().uri,
            "/b/k?prefix=a%2Fb&expires=1"
        );
    }
}
