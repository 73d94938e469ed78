//! What EC2 asks of the engine that its instances run on.

use crate::aws::Time;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// A machine that is to be an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// `i-` and hexadecimal digits.
    pub id: String,
    /// As the engine calls it.
    pub engine_id: String,
    pub image: String,
    pub running: bool,
    pub address: Option<IpAddr>,
    pub created: Time,
    pub tags: BTreeMap<String, String>,
}

/// The machines there are.
#[async_trait]
pub trait Machines: Send + Sync + 'static {
    /// All of them; where no engine answers there are none.
    async fn all(&self) -> Vec<Machine>;
    /// Ends one for good. The error is for people.
    async fn end(&self, engine_id: &str) -> Result<(), String>;
}

/// No engine, no machines.
#[derive(Clone, Copy, Debug)]
pub struct NoMachines;

#[async_trait]
impl Machines for NoMachines {
    async fn all(&self) -> Vec<Machine> {
        Vec::new()
    }

    async fn end(&self, _engine_id: &str) -> Result<(), String> {
        Err("there is no Docker engine".to_owned())
    }
}
