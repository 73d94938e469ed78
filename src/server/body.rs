//! Whole bodies of requests.
//!
//! Invariant: no body is kept that is longer than [`LONGEST`], and none is waited for longer than [`SLOWEST`]. S3 streams its own.

use super::fault::{Serialization, Timeout, TooLarge};
use aws_smithy_http_server::schema::HttpModeledError;
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use std::time::Duration;

pub const LONGEST: usize = 10 * 1024 * 1024;
pub const SLOWEST: Duration = Duration::from_secs(60);

/// The whole body, or the fault to answer.
pub async fn collect(body: Incoming) -> Result<Bytes, Box<dyn HttpModeledError>> {
    let collected = tokio::time::timeout(SLOWEST, Limited::new(body, LONGEST).collect()).await;
    match collected {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Box::new(TooLarge::new(format!(
            "The body is longer than {LONGEST} bytes."
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
