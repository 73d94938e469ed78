//! What the server is told: flags, environment and file, read once and passed down as values.
//!
//! Invariant: a flag wins over the environment, the environment over the file, the file over the default; what is wrong is named
//! with the place it came from and what was expected there.

use crate::aws::{Account, Region};
use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

/// Everything the server is told, complete and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    pub listen: SocketAddr,
    pub data: Data,
    pub builds: Builds,
    pub account: Account,
    pub region: Region,
    pub services: Services,
    /// Names beside the server's own under which it may be called (`Host` header).
    pub hosts: Vec<String>,
    /// How much faster than the wall waits pass.
    pub time_scale: f64,
    /// Images to use in place of the names that projects give.
    pub images: BTreeMap<String, String>,
    pub log: String,
    pub log_format: LogFormat,
}

/// Where rows and objects are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    Folder(Utf8PathBuf),
    /// Nothing outlives the server.
    Memory,
}

/// Where builds run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Builds {
    /// Docker when its socket answers, the host otherwise.
    #[default]
    Auto,
    Docker,
    Host,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

/// Which services answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Services {
    #[default]
    All,
    Only(BTreeSet<String>),
}

impl Services {
    pub fn includes(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(name),
        }
    }
}

/// The names `--services` knows.
pub const SERVICE_NAMES: [&str; 9] = [
    "codepipeline",
    "codebuild",
    "codedeploy",
    "s3",
    "logs",
    "iam",
    "sts",
    "sns",
    "cloudwatch",
];

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{file}: {problem}")]
    File { file: Utf8PathBuf, problem: String },
    #[error(
        "no folder for data is known on this machine; name one with --data-dir, or use --memory"
    )]
    NoDataFolder,
}

/// The flags of `slipway serve`; each is also an environment variable and a key of `slipway.toml`.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Flags {
    /// Address and port to serve on; port 0 takes a free one [default: 127.0.0.1:4566]
    #[arg(long, env = "SLIPWAY_LISTEN", value_name = "ADDR:PORT", value_parser = address)]
    pub listen: Option<SocketAddr>,
    /// Folder that keeps everything [default: the platform's data folder]
    #[arg(long, env = "SLIPWAY_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<Utf8PathBuf>,
    /// Keep nothing after the server ends
    #[arg(long, env = "SLIPWAY_MEMORY", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub memory: Option<bool>,
    /// Where builds run [default: auto]
    #[arg(long, env = "SLIPWAY_BUILDS", value_enum)]
    pub builds: Option<Builds>,
    /// Account of callers whose access key names none [default: 000000000000]
    #[arg(long, env = "SLIPWAY_ACCOUNT", value_name = "12 DIGITS", value_parser = account)]
    pub account: Option<Account>,
    /// Region of callers whose signature names none [default: us-east-1]
    #[arg(long, env = "SLIPWAY_REGION", value_name = "REGION", value_parser = region)]
    pub region: Option<Region>,
    /// Services to serve, separated by commas [default: all]
    #[arg(long, env = "SLIPWAY_SERVICES", value_name = "LIST", value_delimiter = ',', value_parser = service)]
    pub services: Option<Vec<String>>,
    /// Further names under which the server may be called, separated by commas
    #[arg(
        long = "hosts",
        env = "SLIPWAY_HOSTS",
        value_name = "LIST",
        value_delimiter = ','
    )]
    pub hosts: Option<Vec<String>>,
    /// How much faster than the clock on the wall waits pass [default: 1]
    #[arg(long, env = "SLIPWAY_TIME_SCALE", value_name = "FACTOR", value_parser = scale)]
    pub time_scale: Option<f64>,
    /// What to log: a level, or levels by module such as `info,slipway::server=debug` [default: info, without the chatter of the S3 protocol crate]
    #[arg(long, env = "SLIPWAY_LOG", value_name = "FILTER", value_parser = filter)]
    pub log: Option<String>,
    /// Form of the log [default: text]
    #[arg(long, env = "SLIPWAY_LOG_FORMAT", value_enum)]
    pub log_format: Option<LogFormat>,
    /// File of settings [default: slipway.toml in the current folder, where there is one]
    #[arg(long, env = "SLIPWAY_CONFIG", value_name = "FILE")]
    pub config: Option<Utf8PathBuf>,
}

/// The keys of `slipway.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    listen: Option<Parsed<SocketAddr>>,
    data_dir: Option<Utf8PathBuf>,
    memory: Option<bool>,
    builds: Option<Builds>,
    account: Option<Parsed<Account>>,
    region: Option<Parsed<Region>>,
    services: Option<Vec<Parsed<ServiceName>>>,
    hosts: Option<Vec<String>>,
    time_scale: Option<Parsed<Scale>>,
    log: Option<Parsed<Filter>>,
    log_format: Option<LogFormat>,
    #[serde(default)]
    images: BTreeMap<String, String>,
}

impl Config {
    /// Joins flags and environment (both in `flags`) with the file and the defaults.
    pub fn load(flags: Flags) -> Result<Self, ConfigError> {
        let file = read_file(flags.config.as_deref())?;
        Self::join(flags, file)
    }

    /// The defaults, with nothing kept: for tests and throw-away servers.
    pub fn in_memory() -> Self {
        let flags = Flags {
            listen: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
            memory: Some(true),
            ..Flags::default()
        };
        Self::join(flags, File::default()).expect("memory needs no data folder")
    }

    fn join(flags: Flags, file: File) -> Result<Self, ConfigError> {
        let listed = flags.services.or(file.services.map(values));
        Ok(Self {
            data: data(flags.memory, flags.data_dir, file.memory, file.data_dir)?,
            listen: flags
                .listen
                .or(value(file.listen))
                .unwrap_or(DEFAULT_LISTEN),
            builds: flags.builds.or(file.builds).unwrap_or_default(),
            account: flags
                .account
                .or(value(file.account))
                .unwrap_or_else(default_account),
            region: flags
                .region
                .or(value(file.region))
                .unwrap_or_else(default_region),
            services: listed.map_or(Services::All, |names| {
                Services::Only(names.into_iter().collect())
            }),
            hosts: flags.hosts.or(file.hosts).unwrap_or_default(),
            time_scale: flags.time_scale.or(value(file.time_scale)).unwrap_or(1.0),
            images: file.images,
            log: flags
                .log
                .or(value(file.log))
                .unwrap_or_else(|| "info,s3s=off".to_owned()),
            log_format: flags.log_format.or(file.log_format).unwrap_or_default(),
        })
    }
}

const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 4566);

fn default_account() -> Account {
    Account::parse("000000000000").expect("twelve digits")
}

fn default_region() -> Region {
    Region::parse("us-east-1").expect("a region's name")
}

/// A place that names either setting decides over the places behind it, so that `--data-dir` undoes `memory = true` in the file.
fn data(
    memory: Option<bool>,
    folder: Option<Utf8PathBuf>,
    file_memory: Option<bool>,
    file_folder: Option<Utf8PathBuf>,
) -> Result<Data, ConfigError> {
    match (memory, folder, file_memory) {
        (Some(true), _, _) | (None, None, Some(true)) => Ok(Data::Memory),
        (_, Some(folder), _) => Ok(Data::Folder(folder)),
        _ => file_folder
            .or_else(platform_folder)
            .map(Data::Folder)
            .ok_or(ConfigError::NoDataFolder),
    }
}

fn platform_folder() -> Option<Utf8PathBuf> {
    use etcetera::BaseStrategy;
    let folders = etcetera::choose_base_strategy().ok()?;
    Utf8PathBuf::from_path_buf(folders.data_dir().join("slipway")).ok()
}

const DEFAULT_FILE: &str = "slipway.toml";

fn read_file(named: Option<&Utf8Path>) -> Result<File, ConfigError> {
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

/// A value given as text, with what was expected in the error.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Text", bound = "T: Expected")]
struct Parsed<T>(T);

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

trait Expected: Sized {
    fn read(text: &str) -> Result<Self, String>;
}

#[derive(Debug)]
struct ServiceName(String);
#[derive(Debug)]
struct Scale(f64);
#[derive(Debug)]
struct Filter(String);

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

fn value<T: Into<U>, U>(parsed: Option<Parsed<T>>) -> Option<U> {
    parsed.map(|Parsed(value)| value.into())
}

fn values<T: Into<U>, U>(parsed: Vec<Parsed<T>>) -> Vec<U> {
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

fn address(text: &str) -> Result<SocketAddr, String> {
    let numeric = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    SocketAddr::from_str(&numeric)
        .map_err(|_| "expected an address and a port, such as 127.0.0.1:4566".to_owned())
}

fn account(text: &str) -> Result<Account, String> {
    Account::parse(text).ok_or_else(|| "expected twelve digits, such as 000000000000".to_owned())
}

fn region(text: &str) -> Result<Region, String> {
    Region::parse(text).ok_or_else(|| "expected a region's name, such as us-east-1".to_owned())
}

fn service(text: &str) -> Result<String, String> {
    let name = text.trim();
    match SERVICE_NAMES.contains(&name) {
        true => Ok(name.to_owned()),
        false => Err(format!("expected one of {}", SERVICE_NAMES.join(", "))),
    }
}

fn scale(text: &str) -> Result<f64, String> {
    let number = f64::from_str(text).ok();
    number
        .filter(|number| (0.001..=1_000_000.0).contains(number))
        .ok_or_else(|| "expected a number from 0.001 to 1000000".to_owned())
}

fn filter(text: &str) -> Result<String, String> {
    match tracing_subscriber::filter::Targets::from_str(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!(
            "expected levels such as info or slipway::server=debug: {error}"
        )),
    }
}

impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "{folder}"),
            Self::Memory => f.write_str("memory"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_file(text: &str) -> Result<Config, String> {
        let file = toml::from_str(text).map_err(|error: toml::de::Error| error.to_string())?;
        Config::join(Flags::default(), file).map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_are_those_of_the_manual() {
        // product.md §2
        let config = from_file("memory = true").unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:4566");
        assert_eq!(config.account.as_str(), "000000000000");
        assert_eq!(config.region.as_str(), "us-east-1");
        assert!(config.services.includes("codepipeline"));
        assert_eq!(config.builds, Builds::Auto);
    }

    #[test]
    fn a_flag_wins_over_the_file() {
        let flags = Flags {
            data_dir: Some("flagged".into()),
            region: Region::parse("eu-west-1"),
            ..Flags::default()
        };
        let file =
            toml::from_str("memory = true\nregion = 'us-west-2'\naccount = 123456789012").unwrap();
        let config = Config::join(flags, file).unwrap();
        assert_eq!(config.region.as_str(), "eu-west-1");
        assert_eq!(config.account.as_str(), "123456789012");
        assert_eq!(config.data, Data::Folder("flagged".into()));
    }

    #[test]
    fn a_wrong_value_is_named_with_its_key_and_what_was_expected() {
        let error = from_file("region = 'us-east-1'\naccount = '12'").unwrap_err();
        assert!(error.contains("account = '12'"), "{error}");
        assert!(error.contains("expected twelve digits"), "{error}");
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = from_file("memroy = true").unwrap_err();
        assert!(
            error.contains("memroy") && error.contains("memory"),
            "{error}"
        );
    }

    #[test]
    fn an_unknown_service_is_refused_with_the_known_ones() {
        let error = from_file("services = ['codepipeline', 'dynamodb']").unwrap_err();
        assert!(
            error.contains("expected one of codepipeline, codebuild"),
            "{error}"
        );
    }

    #[test]
    fn a_named_file_that_is_absent_is_an_error() {
        let flags = Flags {
            config: Some("absent.toml".into()),
            ..Flags::default()
        };
        let error = Config::load(flags).unwrap_err().to_string();
        assert!(error.starts_with("absent.toml: "), "{error}");
    }
}
