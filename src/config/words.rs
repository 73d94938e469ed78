//! What the words of flags, environment and file mean, and what to say of those that mean nothing.

use super::SERVICE_NAMES;
use crate::aws::{Account, Region};
use crate::git::rewrite::Rewrite;
use std::net::SocketAddr;
use std::str::FromStr;

pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let numeric = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    SocketAddr::from_str(&numeric)
        .map_err(|_| "expected an address and a port, such as 127.0.0.1:4566".to_owned())
}

pub(super) fn account(text: &str) -> Result<Account, String> {
    Account::parse(text).ok_or_else(|| "expected twelve digits, such as 000000000000".to_owned())
}

pub(super) fn region(text: &str) -> Result<Region, String> {
    Region::parse(text).ok_or_else(|| "expected a region's name, such as us-east-1".to_owned())
}

pub(super) fn service(text: &str) -> Result<String, String> {
    let name = text.trim();
    match SERVICE_NAMES.contains(&name) {
        true => Ok(name.to_owned()),
        false => Err(format!("expected one of {}", SERVICE_NAMES.join(", "))),
    }
}

pub(super) fn rewrite(text: &str) -> Result<Rewrite, String> {
    Rewrite::from_str(text.trim())
}

pub(super) fn scale(text: &str) -> Result<f64, String> {
    let number = f64::from_str(text).ok();
    number
        .filter(|number| (0.001..=1_000_000.0).contains(number))
        .ok_or_else(|| "expected a number from 0.001 to 1000000".to_owned())
}

pub(super) fn filter(text: &str) -> Result<String, String> {
    match tracing_subscriber::filter::Targets::from_str(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!(
            "expected levels such as info or slipway::server=debug: {error}"
        )),
    }
}
