//! Which server a command talks to, and as whom.
//!
//! Invariant: what an aws CLI in the same shell would use wins; then what `slipway serve` in the same folder would.

use super::caller::Remote;
use crate::aws::Region;
use crate::config::{Config, Flags};
use crate::world::reachable;
use anyhow::{Context, bail};
use clap::Parser;
use std::net::SocketAddr;

#[derive(Clone, Debug, clap::Args)]
pub struct Endpoint {
    /// URL of the server [default: where SLIPWAY_LISTEN or slipway.toml says that it listens, else http://127.0.0.1:4566]
    #[arg(long, env = "AWS_ENDPOINT_URL", value_name = "URL")]
    endpoint: Option<String>,
    /// Region to ask in [default: the server's own]
    #[arg(long, env = "AWS_REGION", value_name = "REGION")]
    region: Option<String>,
}

/// The server's settings as its own command would read them here.
#[derive(Parser)]
struct Settings {
    #[command(flatten)]
    flags: Flags,
}

impl Endpoint {
    /// Whether a server was named, by flag or by environment.
    pub fn is_given(&self) -> bool {
        given(self.endpoint.as_deref()).is_some()
    }

    /// The server to call. Nothing is sent yet.
    pub fn remote(&self) -> anyhow::Result<Remote> {
        let config = settings()?;
        let url = match given(self.endpoint.as_deref()) {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => listening(config.listen),
        };
        let from_env = |name: &str| std::env::var(name).ok();
        let region = given(self.region.as_deref()).map(str::to_owned);
        let region = region.or_else(|| from_env("AWS_DEFAULT_REGION").filter(|of| !of.is_empty()));
        let region = match region {
            None => config.region,
            Some(name) => match Region::parse(&name) {
                Some(region) => region,
                None => bail!("'{name}' is no region's name, such as us-east-1"),
            },
        };
        // A key of twelve digits names its account; a session's key has to arrive as it is.
        let key = from_env("AWS_ACCESS_KEY_ID").filter(|key| is_key(key));
        let key = key.unwrap_or_else(|| config.account.to_string());
        Ok(Remote::new(url, key, region.to_string()))
    }
}

/// What the server would be told by this shell and this folder.
pub fn settings() -> anyhow::Result<Config> {
    let parsed = Settings::try_parse_from(["slipway"]);
    let flags = parsed.context("the server's settings")?.flags;
    // Where the server keeps things does not matter here.
    let flags = Flags {
        memory: Some(true),
        ..flags
    };
    Ok(Config::load(flags)?)
}

/// An empty variable counts as none.
fn given(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|value| !value.is_empty())
}

fn listening(listen: SocketAddr) -> String {
    let address = reachable(listen);
    format!("http://{address}")
}

fn is_key(key: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (1..=128).contains(&key.len()) && key.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_everywhere_is_called_by_loopback() {
        let url = |listen: &str| listening(listen.parse().unwrap());
        assert_eq!(url("127.0.0.1:4566"), "http://127.0.0.1:4566");
        assert_eq!(url("0.0.0.0:80"), "http://127.0.0.1:80");
        assert_eq!(url("[::]:80"), "http://[::1]:80");
    }

    #[test]
    fn what_is_no_key_is_not_sent() {
        assert!(is_key("000000000000") && is_key("ASIA123"));
        assert!(!is_key("") && !is_key("a b") && !is_key("a\nb") && !is_key(&"a".repeat(200)));
    }
}
