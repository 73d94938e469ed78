//! What Lambda writes around an invocation: log lines, and the bodies of failures that no handler words.
//!
//! Witness: developer guide, "Lambda function logging", "Troubleshoot invocation issues", and recorded logs.

use super::super::store::Version;
use crate::aws::Time;
use bytes::Bytes;
use serde_json::json;
use std::time::Duration;

pub fn start(request_id: &str, version: &str) -> String {
    format!("START RequestId: {request_id} Version: {version}\n")
}

pub fn end(request_id: &str) -> String {
    format!("END RequestId: {request_id}\n")
}

/// What an invocation took.
#[derive(Clone, Copy, Debug)]
pub struct Spent {
    pub duration: Duration,
    /// Of a new environment only.
    pub init: Option<Duration>,
    pub memory_kb: Option<u64>,
}

pub fn report(request_id: &str, version: &Version, spent: Spent) -> String {
    let memory = version.settings.memory;
    let mut text = format!(
        "REPORT RequestId: {request_id}\tDuration: {:.2} ms\tBilled Duration: {} ms\tMemory Size: {memory} MB",
        millis(spent.duration),
        spent.duration.as_millis().max(1),
    );
    if let Some(kb) = spent.memory_kb {
        text += &format!("\tMax Memory Used: {} MB", kb.div_ceil(1024));
    }
    if let Some(init) = spent.init {
        text += &format!("\tInit Duration: {:.2} ms", millis(init));
    }
    text + "\t\n"
}

fn millis(span: Duration) -> f64 {
    span.as_secs_f64() * 1000.0
}

/// `2026-11-28T18:30:53.000Z <id> Task timed out after 3.00 seconds`
pub fn timed_out(now: Time, request_id: &str, seconds: u32) -> String {
    let at = jiff::Timestamp::from_millisecond(now.millis()).unwrap_or_default();
    let at = at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ");
    format!("{at} {request_id} Task timed out after {seconds}.00 seconds")
}

pub fn timeout_body(line: &str) -> Bytes {
    Bytes::from(json!({ "errorMessage": line }).to_string())
}

/// `how`: `Runtime exited with error: exit status 1`.
pub fn exit_body(request_id: &str, how: &str) -> Bytes {
    let message = format!("RequestId: {request_id} Error: {how}");
    let body = json!({ "errorType": "Runtime.ExitError", "errorMessage": message });
    Bytes::from(body.to_string())
}

/// A `provided` runtime without a program.
pub fn no_bootstrap_body(request_id: &str) -> Bytes {
    let message = format!(
        "RequestId: {request_id} Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"
    );
    let body = json!({ "errorType": "Runtime.InvalidEntrypoint", "errorMessage": message });
    Bytes::from(body.to_string())
}

pub fn too_large_body(most: usize) -> Bytes {
    let message =
        format!("Response payload size exceeded maximum allowed payload size ({most} bytes).");
    let body = json!({ "errorType": "Function.ResponseSizeTooLarge", "errorMessage": message });
    Bytes::from(body.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_says_when_which_and_after_how_long() {
        let line = timed_out(Time::from_millis(1_795_890_653_000), "id", 3);
        assert_eq!(
            line,
            "2026-11-28T18:30:53.000Z id Task timed out after 3.00 seconds"
        );
    }
}
