//! What a function's process is started with: its command and its environment.
//!
//! Invariant: what the function's own settings name wins, but for names that Lambda reserves, which they cannot name.

use super::super::outside::Outside;
use super::environment::Wanted;
use super::log::Stream;
use super::program::{Program, RUNTIME, TASK};
use crate::sandbox::{Exec, Kind, Sandbox};
use camino::{Utf8Path, Utf8PathBuf};

/// Where the Runtime API is, below the server's own URL.
pub const RUNTIME_API: &str = "/_slipway/runtime/";

/// What the process finds in its environment (developer guide, "Defined runtime environment variables").
pub struct Variables<'a> {
    pub outside: &'a Outside,
    pub wanted: &'a Wanted,
    pub stream: &'a Stream,
    pub api: &'a str,
    pub secret: &'a str,
    pub mark: &'a str,
    pub sandbox: &'a dyn Sandbox,
    pub program: &'a Program,
}

impl Variables<'_> {
    /// The process itself.
    pub fn exec(&self) -> Exec {
        let place = |path: &str| self.sandbox.path(Utf8Path::new(path)).into_string();
        Exec {
            argv: self.program.argv(place),
            env: self.all(),
            dir: Utf8PathBuf::from(TASK),
            user: None,
        }
    }

    fn all(&self) -> Vec<(String, String)> {
        let settings = &self.wanted.version.settings;
        let mut all: Vec<(String, String)> = self.own();
        let is_set = |name: &str| settings.environment.contains_key(name);
        all.retain(|(name, _)| !is_set(name));
        let given = settings.environment.iter();
        all.extend(given.map(|(name, value)| (name.clone(), value.clone())));
        all
    }

    fn own(&self) -> Vec<(String, String)> {
        let (scope, settings) = (&self.wanted.key.0, &self.wanted.version.settings);
        let credentials = &self.wanted.credentials;
        let place = |path: &str| self.sandbox.path(Utf8Path::new(path)).into_string();
        let host = self.api.strip_prefix("http://").unwrap_or(self.api);
        let region = scope.region.to_string();
        let mut own = vec![
            ("_HANDLER", settings.handler.clone()),
            (
                "AWS_LAMBDA_RUNTIME_API",
                format!("{host}{RUNTIME_API}{}", self.secret),
            ),
            ("AWS_LAMBDA_FUNCTION_NAME", self.wanted.key.1.clone()),
            ("AWS_LAMBDA_FUNCTION_VERSION", self.wanted.number.clone()),
            (
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                settings.memory.to_string(),
            ),
            ("AWS_LAMBDA_LOG_GROUP_NAME", self.stream.group.clone()),
            ("AWS_LAMBDA_LOG_STREAM_NAME", self.stream.name.clone()),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
            (
                "AWS_EXECUTION_ENV",
                format!("AWS_Lambda_{}", settings.runtime),
            ),
            ("AWS_REGION", region.clone()),
            ("AWS_DEFAULT_REGION", region),
            ("AWS_ACCESS_KEY_ID", credentials.access_key_id.clone()),
            (
                "AWS_SECRET_ACCESS_KEY",
                credentials.secret_access_key.clone(),
            ),
            ("AWS_SESSION_TOKEN", credentials.session_token.clone()),
            ("AWS_ENDPOINT_URL", self.api.to_owned()),
            ("LAMBDA_TASK_ROOT", place(TASK)),
            ("LAMBDA_RUNTIME_DIR", place(RUNTIME)),
            ("SLIPWAY_MARK", self.mark.to_owned()),
            ("TZ", ":UTC".to_owned()),
            ("LANG", "en_US.UTF-8".to_owned()),
        ];
        if self.program.kind == Kind::Host {
            own.push(("PATH", self.outside.machines.path.clone()));
        }
        own.into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}
