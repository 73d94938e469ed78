//! What a request's connection knows beside the request: who is at its other end, and when to let go.

use http::request::Parts;
use std::net::IpAddr;
use tokio_util::sync::CancellationToken;

/// Travels with every request of a connection.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// The other end of the socket; what headers say about it is not believed.
    pub peer: Option<IpAddr>,
    /// Cancelled when the server is to stop: answers without an end then end.
    pub stop: CancellationToken,
}

impl Visit {
    pub fn of(head: &Parts) -> Self {
        head.extensions.get::<Self>().cloned().unwrap_or_default()
    }
}
