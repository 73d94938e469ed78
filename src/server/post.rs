//! Outgoing requests to endpoints that users name: one POST over a connection of its own.
//!
//! Invariant: redirects are not followed, no more than [`LONGEST`] of an answer is read, and nothing takes longer than [`SLOWEST`].
//! Addresses of this machine and of private networks are as good as any: this is a tool for one's own machine.

use super::client::{self, ClientError};
use crate::companions::sns::{Parcel, Post};
use async_trait::async_trait;
use std::time::Duration;

pub const LONGEST: usize = 64 * 1024;
pub const SLOWEST: Duration = Duration::from_secs(15);

/// Posts by HTTP/1.1.
#[derive(Clone, Copy, Debug)]
pub struct Poster;

#[async_trait]
impl Post for Poster {
    fn accepts(&self, url: &str) -> Result<(), String> {
        client::check(url).map_err(|error| words(&error))
    }

    async fn post(&self, parcel: Parcel) -> Result<u16, String> {
        let headers = parcel.headers.iter();
        let headers: Vec<_> = headers.map(|(name, text)| (*name, text.as_str())).collect();
        let told = client::tell(&parcel.url, &headers, parcel.body, SLOWEST, LONGEST).await;
        told.map_err(|error| words(&error))
    }
}

/// Why nothing can be posted, for people.
fn words(error: &ClientError) -> String {
    match error {
        ClientError::NotPlain(url) => format!(
            "slipway posts to http URLs only, and '{url}' is none; it has no TLS of its own yet"
        ),
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_urls_with_a_host_are_accepted() {
        for url in [
            "http://127.0.0.1:9/hook?x=1",
            "http://[::1]/",
            "http://u:p@host.example",
        ] {
            assert_eq!(Poster.accepts(url), Ok(()), "{url}");
        }
        for url in [
            "https://host.example/",
            "http://",
            "http:///path",
            "host.example",
            "http://a b/",
            "",
        ] {
            assert!(Poster.accepts(url).is_err(), "{url}");
        }
    }
}
