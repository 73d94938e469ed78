//! The way of an S3 request from HTTP to the protocol crate and back.
//!
//! The protocol crate either verifies signatures or refuses signed requests, so everything about them is dealt with and removed
//! before it: `hosts.rs` (a bucket in the host's name), `presign.rs` (signatures in the query, their expiry), `target.rs` (which
//! sub-resource; what is not offered), `claims.rs` (what is said about the body), `framing.rs` (bodies sent in signed chunks),
//! `limits.rs` (sessions for some objects), `drain.rs` (what is left of a refused body), `configurations.rs` (sub-resources kept as they were written), `answers.rs` (request ids, errors).
//!
//! Invariant: bodies of objects are streamed; every other body is collected within its limit and checked before anything happens.

mod answers;
mod claims;
mod configurations;
mod drain;
mod framing;
mod hosts;
mod limits;
mod presign;
mod target;
#[cfg(test)]
mod tests;

use crate::companions::s3::protocol::{Document, Protocol};
use crate::companions::s3::{Caller, Claims, S3, errors};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, header};
use http_body::Body as HttpBody;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, S3Error, S3Result};
use std::io;
use std::time::{Duration, SystemTime};
use target::{Target, Use};

/// Longest body that is a document: ten thousand parts with checksums, a thousand keys.
const LONGEST_DOCUMENT: usize = 10 << 20;
const SLOWEST_DOCUMENT: Duration = Duration::from_secs(60);

/// S3 behind HTTP. Clones share it.
#[derive(Clone)]
pub struct Door {
    s3: S3,
    service: S3Service,
    domains: Vec<String>,
}

impl Door {
    /// `domains`: hosts below which a label names a bucket (`bucket.s3.localhost`, `bucket.localhost`).
    pub fn new(s3: S3, domains: &[&str]) -> Self {
        let service = S3ServiceBuilder::new(Protocol(s3.clone())).build();
        Self {
            s3,
            service,
            domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
        }
    }

    /// Answers one request of a caller whose identity is settled.
    pub async fn serve<B>(&self, request: http::Request<B>, caller: Caller) -> http::Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (mut head, body) = request.into_parts();
        let body = body
            .map_err(|error| io::Error::other(error.into()))
            .boxed_unsync();
        let body = drain::patient(body, head.headers.contains_key(header::EXPECT));
        let id = caller.request_id.clone();
        let method = head.method.clone();
        let answer = self.answer(&mut head, body, caller).await;
        let response = answer.unwrap_or_else(answers::of_error);
        answers::finish(response, &method, head.uri.path(), &id).await
    }

    /// Refuses one request whose caller is nobody.
    pub async fn refuse<B>(
        &self,
        request: http::Request<B>,
        error: S3Error,
        id: &str,
    ) -> http::Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (head, body) = request.into_parts();
        let body = body
            .map_err(|error| io::Error::other(error.into()))
            .boxed_unsync();
        drop(drain::patient(
            body,
            head.headers.contains_key(header::EXPECT),
        ));
        let response = answers::of_error(error);
        answers::finish(response, &head.method, head.uri.path(), id).await
    }

    async fn answer(
        &self,
        head: &mut Parts,
        body: Incoming,
        caller: Caller,
    ) -> S3Result<http::Response<Body>> {
        hosts::to_path_style(head, &self.domains)?;
        presign::settle(head, SystemTime::now())?;
        limits::check(head, &caller)?;
        self.check_owners(head)?;
        let target = target::of(head)?;
        let claims = claims::of(head, &target)?;
        let framed = claims::is_framed(head);
        claims::strip(head);
        head.extensions.insert(caller.clone());
        match target {
            Target::Configuration { bucket, kind } => {
                let text = document(body, framed, &claims).await?;
                configurations::answer(&self.s3, &caller, head, &bucket, kind, &text).await
            }
            Target::Protocol { body: Use::Stream } => {
                let length = check_length(head, &body, framed)?;
                let claims = Claims {
                    length: claims.length.or(length),
                    ..claims
                };
                let body = framing::plain(body, framed, &claims);
                head.extensions.insert(claims);
                self.call(head, body).await
            }
            Target::Protocol {
                body: Use::Document,
            } => {
                let text = document(body, framed, &claims).await?;
                head.headers
                    .insert(header::CONTENT_LENGTH, HeaderValue::from(text.len()));
                head.extensions.insert(Document(text.clone()));
                self.call(head, Body::from(text)).await
            }
            Target::Protocol { body: Use::Nothing } => self.call(head, Body::empty()).await,
        }
    }

    async fn call(&self, head: &Parts, body: Body) -> S3Result<http::Response<Body>> {
        let request = http::Request::from_parts(head.clone(), body);
        let answered = self.service.call(request).await;
        answered.map_err(|failure| errors::internal(format!("{failure:?}")))
    }

    /// `x-amz-expected-bucket-owner` and the one of a copy's source.
    fn check_owners(&self, head: &Parts) -> S3Result<()> {
        let (bucket, _) = target::names(head.uri.path());
        let source = head
            .headers
            .get("x-amz-copy-source")
            .and_then(|value| value.to_str().ok());
        let source = source.map(|source| {
            source
                .trim_start_matches('/')
                .split('/')
                .next()
                .unwrap_or_default()
        });
        let expected = [
            ("x-amz-expected-bucket-owner", Some(bucket.as_str())),
            ("x-amz-source-expected-bucket-owner", source),
        ];
        for (name, bucket) in expected {
            let (Some(owner), Some(bucket)) = (head.headers.get(name), bucket) else {
                continue;
            };
            let actual = self.s3.bucket_info(bucket).ok();
            if actual.is_some_and(|actual| owner.as_bytes() != actual.owner.as_str().as_bytes()) {
                return Err(errors::access_denied());
            }
        }
        Ok(())
    }
}

/// A body as it comes from a connection.
type Incoming = http_body_util::combinators::UnsyncBoxBody<Bytes, io::Error>;

/// The length of a streamed body, where the head says it. S3 wants to know it beforehand.
fn check_length(head: &Parts, body: &Incoming, framed: bool) -> S3Result<Option<u64>> {
    if framed {
        return Ok(None);
    }
    let length = head.headers.get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse().ok());
    match (length, head.headers.contains_key(header::TRANSFER_ENCODING)) {
        (Some(length), _) => Ok(Some(length)),
        (None, true) => Err(errors::not_implemented("Transfer-Encoding")),
        (None, false) if body.is_end_stream() => Ok(Some(0)),
        (None, false) if head.version < http::Version::HTTP_2 => {
            Err(errors::missing_content_length())
        }
        (None, false) => Ok(None),
    }
}

/// A whole body within its limits, all claims about which hold.
async fn document(body: Incoming, framed: bool, claims: &Claims) -> S3Result<Bytes> {
    let body = framing::plain(body, framed, claims);
    let collected = tokio::time::timeout(
        SLOWEST_DOCUMENT,
        Limited::new(body, LONGEST_DOCUMENT).collect(),
    )
    .await;
    let collected = collected.map_err(|_| errors::request_timeout())?;
    let bytes = collected.map_err(unread)?.to_bytes();
    claims.check(&claims.digests().of(&bytes))?;
    Ok(bytes)
}

fn unread(failure: Box<dyn std::error::Error + Send + Sync>) -> S3Error {
    if failure.is::<LengthLimitError>() {
        return errors::document_too_large();
    }
    match failure.downcast::<S3Error>() {
        Ok(error) => *error,
        Err(_) => errors::incomplete_body(),
    }
}
