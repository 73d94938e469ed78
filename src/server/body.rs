//! Whole bodies of requests.
//!
//! Invariant: no body is kept that is longer than its protocol's limit, and none is waited for longer than [`SLOWEST`]. S3 streams its own.

use super::fault::{Serialization, Timeout, TooLarge};
use aws_smithy_http_server::schema::HttpModeledError;
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use std::time::Duration;

pub const LONGEST: usize = 10 * 1024 * 1024;
/// A request with a function's code: 50 MB of it, in base64, and the rest (AWS's own limit).
pub const LONGEST_WITH_CODE: usize = 70_167_211;
pub const SLOWEST: Duration = Duration::from_secs(60);

/// The whole body, at most `longest` bytes of it, or the fault to answer.
pub async fn collect(body: Incoming, longest: usize) -> Result<Bytes, Box<dyn HttpModeledError>> {
    let collected = tokio::time::timeout(SLOWEST, Limited::new(body, longest).collect()).await;
    match collected {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Box::new(TooLarge::new(format!(
            "The body is longer than {longest} bytes."
        )))),
        Ok(Err(error)) => Err(Box::new(Serialization::new(format!(
            "The body cannot be read: {error}"
        )))),
        Err(_) => Err(Box::new(Timeout::new(format!(
            "The body took longer than {} seconds.",
            SLOWEST.as_secs()
        )))),
    }
}
