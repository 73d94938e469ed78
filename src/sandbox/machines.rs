//! Machines that somebody else has started and given up to be instances of EC2.
//!
//! Invariant: nothing is known of a machine but what its engine says when it is asked.

use crate::aws::Time;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// A machine that is to be an instance.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Machine {
    /// `i-` and hexadecimal digits.
    pub id: String,
    /// As the engine calls it.
    pub engine_id: String,
    pub image: String,
    pub running: bool,
    /// Where its ports are; none unless it runs.
    pub address: Option<IpAddr>,
    pub created: Time,
    /// The availability zone that it is given up to be in; `None`: that does not matter.
    #[serde(default)]
    pub zone: Option<String>,
    pub tags: BTreeMap<String, String>,
}

/// The machines there are. Errors are for people.
#[async_trait]
pub trait Machines: Send + Sync + 'static {
    /// All of them; where there is no engine there are none.
    async fn all(&self) -> Result<Vec<Machine>, String>;
    /// Ends one for good; harmless when it is gone.
    async fn end(&self, engine_id: &str) -> Result<(), String>;
}
