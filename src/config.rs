//! What the server is told: flags, environment and file, read once and passed down as values.
//!
//! Invariant: a flag wins over the environment, the environment over the file, the file over the default; what is wrong is named
//! with the place it came from and what was expected there.

mod file;
mod flags;
mod words;

pub use flags::Flags;

use crate::aws::{Account, Region};
use crate::git::Rewrites;
use camino::Utf8PathBuf;
use file::{File, read_file, value, values};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::SocketAddr;

/// Everything the server is told, complete and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    pub listen: SocketAddr,
    /// Where agents of CodeDeploy are served by TLS, if anywhere.
    pub agent_listen: Option<SocketAddr>,
    pub data: Data,
    pub builds: Builds,
    pub account: Account,
    pub region: Region,
    pub services: Services,
    /// Names beside the server's own under which it may be called (`Host` header).
    pub hosts: Vec<String>,
    /// How much faster than the wall waits pass.
    pub time_scale: f64,
    /// Where addresses of repositories lead instead.
    pub git_rewrites: Rewrites,
    /// Images to use in place of the names that projects give.
    pub images: BTreeMap<String, String>,
    /// Folder of builds' local caches; `None`: one in the data folder.
    pub caches: Option<Utf8PathBuf>,
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
pub const SERVICE_NAMES: [&str; 15] = [
    "codepipeline",
    "codebuild",
    "codedeploy",
    "s3",
    "logs",
    "iam",
    "sts",
    "secretsmanager",
    "sns",
    "ssm",
    "cloudwatch",
    "lambda",
    "ecs",
    "elbv2",
    "ec2",
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
            agent_listen: flags.agent_listen.or(value(file.agent_listen)),
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
            git_rewrites: Rewrites::new(
                flags
                    .git_rewrite
                    .or(file.git_rewrite.map(values))
                    .unwrap_or_default(),
            ),
            images: file.images,
            caches: None,
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

/// Where this platform's programs keep data of a user, with a folder of our own.
pub fn platform_folder() -> Option<Utf8PathBuf> {
    use etcetera::BaseStrategy;
    let folders = etcetera::choose_base_strategy().ok()?;
    Utf8PathBuf::from_path_buf(folders.data_dir().join("slipway")).ok()
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
        // Contract codedeploy §6.4: minutes are minutes unless somebody says otherwise.
        assert!((config.time_scale - 1.0).abs() < f64::EPSILON);
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
    fn repositories_lead_elsewhere_by_flag_and_by_file() {
        let text = "memory = true\ngit-rewrite = ['https://github.com/=/srv/git/']";
        let rewrites = from_file(text).unwrap().git_rewrites;
        assert_eq!(rewrites.apply("https://github.com/o/r"), "/srv/git/o/r");
        let error = from_file("git-rewrite = ['nothing']").unwrap_err();
        assert!(error.contains("expected PREFIX=REPLACEMENT"), "{error}");
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
