//! What SNS asks of the rest of the server.
//!
//! Invariant: nothing here keeps a lock or a row; a parcel is complete when it is handed over.

use crate::aws::Time;
use async_trait::async_trait;
use bytes::Bytes;
use futures::future::BoxFuture;
use std::sync::Arc;
use std::time::Duration;

/// One HTTP POST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
}

/// Posts to endpoints that users name. Never follows redirects, and ends within a time of its own.
#[async_trait]
pub trait Post: Send + Sync + 'static {
    /// Whether parcels to this URL can be posted at all; otherwise why not, for people.
    fn accepts(&self, url: &str) -> Result<(), String>;
    /// The status that was answered; otherwise why there was no answer.
    async fn post(&self, parcel: Parcel) -> Result<u16, String>;
}

/// Time passes for users: waits follow the server's clock.
pub type Wait = Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>;

/// The doors that SNS uses.
#[derive(Clone)]
pub struct Outside {
    pub post: Arc<dyn Post>,
    pub wait: Wait,
    pub now: Arc<dyn Fn() -> Time + Send + Sync>,
    /// The server's own URL, without a slash at its end, for the links in messages.
    pub address: Arc<dyn Fn() -> String + Send + Sync>,
}
