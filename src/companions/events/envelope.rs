//! An event as EventBridge shows it (contract codepipeline §9).

use super::event::Kept;
use crate::aws::Time;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde::Serialize;

/// AWS's members in AWS's order, and behind them `sequence`, which is ours: the event's number, to go on after it.
#[derive(Serialize)]
struct Envelope<'a> {
    version: &'static str,
    id: &'a str,
    #[serde(rename = "detail-type")]
    detail_type: &'a str,
    source: &'a str,
    account: &'a str,
    time: String,
    region: &'a str,
    resources: &'a [String],
    detail: &'a serde_json::Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence: Option<u64>,
}

/// The event as one line of JSON. Targets get it without a sequence number, as AWS sends it.
pub fn envelope(kept: &Kept, sequence: Option<u64>) -> String {
    let Kept { id, event } = kept;
    let envelope = Envelope {
        version: "0",
        id,
        detail_type: &event.detail_type,
        source: &event.source,
        account: event.scope.account.as_str(),
        time: seconds(event.time),
        region: event.scope.region.as_str(),
        resources: &event.resources,
        detail: &event.detail,
        sequence,
    };
    serde_json::to_string(&envelope).expect("texts and JSON values are JSON")
}

/// Whole seconds, as in `2026-11-28T09:30:00Z`.
fn seconds(time: Time) -> String {
    let whole = DateTime::from_secs(time.millis().div_euclid(1000));
    whole.fmt(Format::DateTime).unwrap_or_default()
}
