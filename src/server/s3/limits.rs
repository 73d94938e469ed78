//! Sessions that may do less than their role: they read and write the objects they are for, and nothing else.
//!
//! Invariant: what is not known to be allowed is denied.

use super::target::names;
use crate::companions::s3::{Caller, errors};
use http::Method;
use http::request::Parts;
use percent_encoding::percent_decode_str;
use s3s::S3Result;

const COPY_SOURCE: &str = "x-amz-copy-source";

/// A request in path style. Errors: `AccessDenied`.
pub fn check(head: &Parts, caller: &Caller) -> S3Result<()> {
    let Some(limits) = &caller.limits else {
        return Ok(());
    };
    let (bucket, key) = names(head.uri.path());
    let (bucket, key) = (decoded(&bucket), decoded(&key));
    let action = action(head, &key);
    let denied = |action: &str, bucket: &str, key: &str| {
        Err(errors::no_session_policy(
            &caller.principal,
            action,
            bucket,
            key,
        ))
    };
    match action {
        Action::Allowable(_) if limits.allow(&bucket, &key) => {}
        Action::Allowable(name) | Action::Never(name) => return denied(name, &bucket, &key),
    }
    match copied(head) {
        Some((bucket, key)) if !limits.allow(&bucket, &key) => {
            denied("s3:GetObject", &bucket, &key)
        }
        _ => Ok(()),
    }
}

/// What a request does, by IAM's name.
enum Action {
    /// With an object that the session is for.
    Allowable(&'static str),
    /// With no object.
    Never(&'static str),
}

fn action(head: &Parts, key: &str) -> Action {
    let query = head.uri.query().unwrap_or_default();
    let has = |name: &str| form_urlencoded::parse(query.as_bytes()).any(|(key, _)| key == name);
    let method = &head.method;
    let reads = method == Method::GET || method == Method::HEAD;
    if key.is_empty() {
        return Action::Never(match reads {
            true => "s3:ListBucket",
            false => "s3:PutObject",
        });
    }
    if has("acl") {
        return Action::Never(match reads {
            true => "s3:GetObjectAcl",
            false => "s3:PutObjectAcl",
        });
    }
    if has("tagging") {
        return Action::Never(match reads {
            true => "s3:GetObjectTagging",
            false => "s3:PutObjectTagging",
        });
    }
    match *method {
        Method::GET if has("uploadId") => Action::Allowable("s3:ListMultipartUploadParts"),
        Method::GET | Method::HEAD => Action::Allowable("s3:GetObject"),
        Method::PUT | Method::POST => Action::Allowable("s3:PutObject"),
        Method::DELETE if has("uploadId") => Action::Allowable("s3:AbortMultipartUpload"),
        _ => Action::Never("s3:DeleteObject"),
    }
}

/// Bucket and key of a copy's source; empty where they cannot be read.
fn copied(head: &Parts) -> Option<(String, String)> {
    let source = head.headers.get(COPY_SOURCE)?;
    let text = source.to_str().unwrap_or_default();
    let path = text.split('?').next().unwrap_or_default();
    let (bucket, key) = names(&decoded(path));
    Some((bucket, key))
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{Account, Region, Time};
    use crate::companions::SessionLimits;

    fn caller() -> Caller {
        Caller {
            account: Account::parse("000000000000").unwrap(),
            region: Region::parse("us-east-1").unwrap(),
            principal: "arn:aws:sts::000000000000:assumed-role/r/job".to_owned(),
            request_id: String::new(),
            now: Time::from_millis(0),
            limits: Some(SessionLimits {
                objects: vec![("store".to_owned(), "p/In put/1".to_owned())],
            }),
        }
    }

    fn asked(method: &str, uri: &str, source: Option<&str>) -> Result<(), String> {
        let mut request = http::Request::builder().method(method).uri(uri);
        if let Some(source) = source {
            request = request.header(COPY_SOURCE, source);
        }
        let head = request.body(()).unwrap().into_parts().0;
        check(&head, &caller()).map_err(|error| error.message().unwrap_or_default().to_owned())
    }

    /// Witness: contract codepipeline §6.7: the session is limited to the job's artifact keys. Which of S3's actions that means
    /// is our reading.
    #[test]
    fn the_objects_of_the_session_are_read_and_written_and_nothing_else() {
        let key = "/store/p/In%20put/1";
        for (method, query) in [
            ("GET", ""),
            ("HEAD", ""),
            ("PUT", ""),
            ("POST", "?uploads"),
            ("PUT", "?partNumber=1&uploadId=u"),
            ("GET", "?uploadId=u"),
            ("POST", "?uploadId=u"),
            ("DELETE", "?uploadId=u"),
            ("GET", "?versionId=v"),
        ] {
            let uri = format!("{key}{query}");
            assert_eq!(asked(method, &uri, None), Ok(()), "{method} {uri}");
        }
        for (method, uri, action) in [
            ("DELETE", key, "s3:DeleteObject"),
            ("GET", "/store/p/In%20put/2", "s3:GetObject"),
            ("PUT", "/other/p/In%20put/1", "s3:PutObject"),
            ("GET", "/store?list-type=2", "s3:ListBucket"),
            ("POST", "/store?delete", "s3:PutObject"),
            ("GET", "/store/p/In%20put/1?acl", "s3:GetObjectAcl"),
            ("PUT", "/store/p/In%20put/1?tagging", "s3:PutObjectTagging"),
            ("GET", "/", "s3:ListBucket"),
        ] {
            let said = asked(method, uri, None).unwrap_err();
            let needle = format!("no session policy allows the {action} action");
            assert!(said.contains(&needle), "{method} {uri}: {said}");
        }
    }

    #[test]
    fn a_copy_reads_its_source_too() {
        let key = "/store/p/In%20put/1";
        assert_eq!(
            asked("PUT", key, Some("store/p/In%20put/1?versionId=v")),
            Ok(())
        );
        let said = asked("PUT", key, Some("/store/secret")).unwrap_err();
        assert_eq!(
            said,
            "User: arn:aws:sts::000000000000:assumed-role/r/job is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::store/secret\" because no session policy allows the s3:GetObject action"
        );
    }
}
