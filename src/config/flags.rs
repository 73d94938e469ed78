//! The flags of `slipway serve`.

use super::words::{account, address, filter, region, rewrite, scale, service};
use super::{Builds, LogFormat};
use crate::aws::{Account, Region};
use crate::git::rewrite::Rewrite;
use camino::Utf8PathBuf;
use std::net::SocketAddr;

/// The flags of `slipway serve`; each is also an environment variable and a key of `slipway.toml`.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Flags {
    /// Address and port to serve on; port 0 takes a free one [default: 127.0.0.1:4566]
    #[arg(long, env = "SLIPWAY_LISTEN", value_name = "ADDR:PORT", value_parser = address)]
    pub listen: Option<SocketAddr>,
    /// Address and port to serve CodeDeploy's agents on by TLS, which they insist on [default: none]
    #[arg(long, env = "SLIPWAY_AGENT_LISTEN", value_name = "ADDR:PORT", value_parser = address)]
    pub agent_listen: Option<SocketAddr>,
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
    /// Where addresses of Git repositories lead instead: what begins with PREFIX begins with REPLACEMENT; may be repeated
    #[arg(
        long,
        env = "SLIPWAY_GIT_REWRITE",
        value_name = "PREFIX=REPLACEMENT",
        value_delimiter = ',',
        value_parser = rewrite
    )]
    pub git_rewrite: Option<Vec<Rewrite>>,
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
