//! An event: what services tell, and what is kept of it.

use crate::aws::{Scope, Time};
use serde::{Deserialize, Serialize};

/// Something that happened, in the words of the service it happened to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub scope: Scope,
    /// Such as `aws.codepipeline`.
    pub source: String,
    /// Such as `CodePipeline Pipeline Execution State Change`.
    pub detail_type: String,
    /// ARNs.
    pub resources: Vec<String>,
    pub detail: serde_json::Value,
    pub time: Time,
}

/// An event and the identity it got when it was recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// A lower-case UUID.
    pub id: String,
    pub event: Event,
}
