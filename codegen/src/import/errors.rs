//! Error shapes: whose fault, which HTTP status, which query code.
//!
//! Invariant: an error is the server's exactly if its status is 500 or more or the description calls it a fault.

use anyhow::{Context, Result};

use super::fields::Fields;
use super::json::Json;
use super::metadata::Traits;

/// Takes `exception`, `error`, `fault` and `retryable` from a structure.
pub fn take(shape: &mut Fields, query_errors: bool, traits: &mut Traits) -> Result<()> {
    let exception = shape.flag("exception")?;
    let fault = shape.flag("fault")?;
    let details = shape.nested("error", "error")?;
    let retryable = shape.nested("retryable", "retryable")?;
    if !exception {
        return Ok(());
    }
    let details = details.map(Details::read).transpose()?.unwrap_or_default();
    let server = fault || details.fault || details.status.is_some_and(|s| s >= 500);
    traits.insert(
        "smithy.api#error",
        if server {
            "server".into()
        } else {
            "client".into()
        },
    );
    if let Some(status) = details.status {
        traits.insert("smithy.api#httpError", status.into());
    }
    if let Some(code) = details.code.filter(|_| query_errors) {
        traits.insert(
            "aws.protocols#awsQueryError",
            query_error(code, details.status, server),
        );
    }
    if let Some(mut fields) = retryable {
        let throttling = fields.flag("throttling")?;
        fields.finish()?;
        traits.insert(
            "smithy.api#retryable",
            Json::object(throttling.then_some(("throttling", true.into()))),
        );
    }
    Ok(())
}

fn query_error(code: String, status: Option<u64>, server: bool) -> Json {
    let status = status.unwrap_or(if server { 500 } else { 400 });
    Json::object([("code", code.into()), ("httpResponseCode", status.into())])
}

#[derive(Debug, Default)]
struct Details {
    code: Option<String>,
    status: Option<u64>,
    fault: bool,
}

impl Details {
    fn read(mut fields: Fields) -> Result<Details> {
        let code = fields.text("code")?;
        let status = fields.take("httpStatusCode").map(status).transpose()?;
        let fault = fields.flag("fault")?;
        // True exactly where the status is below 500: it says nothing more.
        fields.flag("senderFault")?;
        fields.finish()?;
        Ok(Details {
            code,
            status,
            fault,
        })
    }
}

fn status(value: Json) -> Result<u64> {
    match value {
        Json::Number(number) => number.as_u64().context("an HTTP status is a whole number"),
        other => anyhow::bail!(
            "an HTTP status is a number, found {}",
            other.print().trim_end()
        ),
    }
}
