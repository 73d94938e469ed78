//! `slipway.toml`: its keys, and values that say what was expected.

use super::words::{account, address, filter, region, rewrite, scale, service};
use super::{Builds, ConfigError, LogFormat};
use crate::aws::{Account, Region};
use crate::git::rewrite::Rewrite;
use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;

const DEFAULT_FILE: &str = "slipway.toml";

pub(super) fn read_file(named: Option<&Utf8Path>) -> Result<File, ConfigError> {
    let path = named.unwrap_or(Utf8Path::new(DEFAULT_FILE));
    let problem = |problem: String| ConfigError::File {
        file: path.to_owned(),
        problem,
    };
    match std::fs::read_to_string(path) {
        Ok(text) => {
            toml::from_str(&text).map_err(|error| problem(error.to_string().trim_end().to_owned()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => {
            Ok(File::default())
        }
        Err(error) => Err(problem(error.to_string())),
    }
}

/// The keys of `slipway.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct File {
    pub listen: Option<Parsed<SocketAddr>>,
    pub agent_listen: Option<Parsed<SocketAddr>>,
    pub data_dir: Option<Utf8PathBuf>,
    pub memory: Option<bool>,
    pub builds: Option<Builds>,
    pub account: Option<Parsed<Account>>,
    pub region: Option<Parsed<Region>>,
    pub services: Option<Vec<Parsed<ServiceName>>>,
    pub hosts: Option<Vec<String>>,
    pub time_scale: Option<Parsed<Scale>>,
    pub git_rewrite: Option<Vec<Parsed<Rewrite>>>,
    pub log: Option<Parsed<Filter>>,
    pub log_format: Option<LogFormat>,
    #[serde(default)]
    pub images: BTreeMap<String, String>,
}

/// A value given as text, with what was expected in the error.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Text", bound = "T: Expected")]
pub(super) struct Parsed<T>(T);

/// TOML may give a number where a text would do (`account = 123456789012`).
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Text {
    Word(String),
    Integer(i64),
    Float(f64),
}

impl<T: Expected> TryFrom<Text> for Parsed<T> {
    type Error = String;

    fn try_from(text: Text) -> Result<Self, String> {
        let text = match text {
            Text::Word(text) => text,
            Text::Integer(number) => number.to_string(),
            Text::Float(number) => number.to_string(),
        };
        T::read(&text).map(Self)
    }
}

pub(super) trait Expected: Sized {
    fn read(text: &str) -> Result<Self, String>;
}

#[derive(Debug)]
pub(super) struct ServiceName(String);
#[derive(Debug)]
pub(super) struct Scale(f64);
#[derive(Debug)]
pub(super) struct Filter(String);

impl Expected for SocketAddr {
    fn read(text: &str) -> Result<Self, String> {
        address(text)
    }
}

impl Expected for Account {
    fn read(text: &str) -> Result<Self, String> {
        account(text)
    }
}

impl Expected for Region {
    fn read(text: &str) -> Result<Self, String> {
        region(text)
    }
}

impl Expected for ServiceName {
    fn read(text: &str) -> Result<Self, String> {
        service(text).map(Self)
    }
}

impl Expected for Rewrite {
    fn read(text: &str) -> Result<Self, String> {
        rewrite(text)
    }
}

impl Expected for Scale {
    fn read(text: &str) -> Result<Self, String> {
        scale(text).map(Self)
    }
}

impl Expected for Filter {
    fn read(text: &str) -> Result<Self, String> {
        filter(text).map(Self)
    }
}

pub(super) fn value<T: Into<U>, U>(parsed: Option<Parsed<T>>) -> Option<U> {
    parsed.map(|Parsed(value)| value.into())
}

pub(super) fn values<T: Into<U>, U>(parsed: Vec<Parsed<T>>) -> Vec<U> {
    parsed
        .into_iter()
        .map(|Parsed(value)| value.into())
        .collect()
}

impl From<ServiceName> for String {
    fn from(name: ServiceName) -> String {
        name.0
    }
}

impl From<Scale> for f64 {
    fn from(scale: Scale) -> f64 {
        scale.0
    }
}

impl From<Filter> for String {
    fn from(filter: Filter) -> String {
        filter.0
    }
}
