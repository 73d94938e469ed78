//! S3's errors in AWS's wording, once.

mod bodies;
mod buckets;
mod objects;
mod requests;
mod uploads;

pub use bodies::*;
pub use buckets::*;
pub use objects::*;
pub use requests::*;
pub use uploads::*;

use crate::store::{StoreError, WriteError};
use s3s::{S3Error, S3ErrorCode};
use std::fmt::Display;

/// A full disk, an unreadable file: the customer can do nothing but look at the host.
pub fn internal(what: impl Display) -> S3Error {
    error(
        S3ErrorCode::InternalError,
        format!("We encountered an internal error. Please try again. ({what})"),
    )
}

pub fn from_store(failure: StoreError) -> S3Error {
    internal(failure)
}

pub fn from_write(failure: WriteError<S3Error>) -> S3Error {
    match failure {
        WriteError::Refused(error) => error,
        WriteError::Storage(failure) => from_store(failure),
    }
}

fn error(code: S3ErrorCode, message: impl Into<String>) -> S3Error {
    S3Error::with_message(code, message.into())
}

/// For codes the protocol crate does not list.
fn custom(code: &'static str, status: u16, message: impl Into<String>) -> S3Error {
    let mut error = error(S3ErrorCode::Custom(code.into()), message);
    error.set_status_code(status.try_into().expect("a literal status code"));
    error
}
