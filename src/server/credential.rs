//! What a request's signature says about who calls, without checking it.
//!
//! Invariant: any bytes may stand in the header or the query; what cannot be understood counts as unsigned.

use http::{HeaderMap, Uri, header};

/// The credential scope of a signed request: `<key>/<date>/<region>/<service>/aws4_request`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    pub access_key_id: String,
    /// Empty where an older signature gives none.
    pub region: String,
    /// The signing name, such as `codebuild`; empty where an older signature gives none.
    pub service: String,
}

/// Longer values are no credential of any client.
const LONGEST: usize = 512;

impl Credential {
    /// From the `Authorization` header, else from a presigned URL.
    pub fn of(headers: &HeaderMap, uri: &Uri) -> Option<Self> {
        let header = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        header
            .and_then(from_header)
            .or_else(|| from_query(uri.query()?))
    }

    fn from_scope(text: &str) -> Option<Self> {
        // From the right: access key ids of other makers may contain slashes.
        let mut parts = text.rsplitn(5, '/');
        let (_terminator, service, region, _date) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            access_key_id: parts.next().filter(|key| !key.is_empty())?.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
        })
    }

    fn of_key(access_key_id: &str) -> Option<Self> {
        (!access_key_id.is_empty()).then(|| Self {
            access_key_id: access_key_id.to_owned(),
            region: String::new(),
            service: String::new(),
        })
    }
}

fn from_header(value: &str) -> Option<Credential> {
    if value.len() > LONGEST * 4 {
        return None;
    }
    let (scheme, rest) = value.split_once(' ')?;
    match scheme {
        "AWS4-HMAC-SHA256" | "AWS4-ECDSA-P256-SHA256" => {
            let scope = rest
                .split(',')
                .find_map(|part| part.trim().strip_prefix("Credential="))?;
            Credential::from_scope(scope.trim())
        }
        "AWS" => Credential::of_key(rest.split_once(':')?.0.trim()),
        _ => None,
    }
}

fn from_query(query: &str) -> Option<Credential> {
    if !query.contains("X-Amz-Credential") && !query.contains("AWSAccessKeyId") {
        return None;
    }
    form_urlencoded::parse(query.as_bytes()).find_map(|(name, value)| match name.as_ref() {
        "X-Amz-Credential" if value.len() <= LONGEST => Credential::from_scope(&value),
        "AWSAccessKeyId" if value.len() <= LONGEST => Credential::of_key(&value),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn credential(authorization: &str, uri: &str) -> Option<Credential> {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::AUTHORIZATION,
            http::HeaderValue::from_bytes(authorization.as_bytes()).ok()?,
        );
        Credential::of(&headers, &uri.parse().ok()?)
    }

    #[test]
    fn a_signature_names_key_region_and_service() {
        let header = "AWS4-HMAC-SHA256 Credential=AKID/20261121/eu-west-1/codebuild/aws4_request, SignedHeaders=host, Signature=00";
        let found = credential(header, "/").unwrap();
        assert_eq!(
            (
                found.access_key_id.as_str(),
                found.region.as_str(),
                found.service.as_str()
            ),
            ("AKID", "eu-west-1", "codebuild")
        );
    }

    #[test]
    fn a_presigned_url_names_them_too() {
        let uri = "/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20261121%2Fus-east-1%2Fs3%2Faws4_request";
        assert_eq!(credential("", uri).unwrap().service, "s3");
    }

    #[test]
    fn an_old_signature_names_the_key_alone() {
        assert_eq!(
            credential("AWS AKID:c2ln", "/").unwrap().access_key_id,
            "AKID"
        );
    }

    #[test]
    fn a_malformed_signature_counts_as_none() {
        for header in [
            "",
            "AWS4-HMAC-SHA256",
            "AWS4-HMAC-SHA256 Credential=",
            "AWS4-HMAC-SHA256 Credential=a/b/c",
            "Bearer x",
        ] {
            assert_eq!(credential(header, "/"), None, "{header}");
        }
    }

    proptest! {
        #[test]
        fn no_header_or_query_makes_it_panic(header in ".{0,200}", query in "[ -~]{0,200}") {
            let _ = credential(&format!("AWS4-HMAC-SHA256 {header}"), "/");
            let _ = from_query(&query);
            let _ = from_query(&format!("X-Amz-Credential={query}"));
        }
    }
}
