//! One environment: a sandbox with the function's code, its process, and what it is asked to do, one invocation after the other.
//!
//! Invariant: an environment that failed in another way than by its handler's error is not used again; one that is dropped is
//! removed with everything in it.

use super::super::outside::Outside;
use super::super::store::{FunctionKey, Version};
use super::super::view;
use super::door::{Doors, Inside, Job, News};
use super::log::{Log, Stream, Until};
use super::package;
use super::program::{Family, Program, RUNTIME, TASK};
use super::texts::{self, Spent};
use crate::aws::{Time, ids};
use crate::companions::SessionCredentials;
use crate::sandbox::{Exec, Exit, Sandbox, SandboxError, SandboxSpec};
use bytes::Bytes;
use camino::{Utf8Path, Utf8PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

/// Beside the function's own time: how long a new process may take to become ready.
const INIT: Duration = Duration::from_secs(10);
/// Credentials that end within this are not given to a new invocation.
const MARGIN: Duration = Duration::from_secs(60 * 60);
/// Where the Runtime API is, below the server's own URL.
pub const RUNTIME_API: &str = "/_slipway/runtime/";

/// What an environment is made for.
pub struct Wanted {
    pub key: FunctionKey,
    /// `$LATEST` or a number.
    pub number: String,
    pub version: Version,
    pub zip: Bytes,
    pub credentials: SessionCredentials,
}

pub struct Environment {
    sandbox: Arc<dyn Sandbox>,
    inside: Inside,
    log: Log,
    outside: Outside,
    family: Family,
    /// It has asked for its first job.
    ready: bool,
    begun: Time,
    /// Its credentials are good for a while longer until then.
    until: Time,
    /// To be told with the first report.
    init: Option<Duration>,
    /// Whoever removes what is dropped.
    removals: TaskTracker,
}

/// What came of an invocation.
pub struct Ran {
    pub payload: Bytes,
    /// `Handled` or `Unhandled`.
    pub error: Option<&'static str>,
    /// The end of its log.
    pub tail: Vec<u8>,
    /// The environment may be used again.
    pub fit: bool,
}

/// How an invocation ended, before its log is finished.
struct Ended {
    payload: Bytes,
    error: Option<&'static str>,
    memory_kb: Option<u64>,
    until: Until,
    /// Lines between what was printed and the end.
    lines: Vec<String>,
    fit: bool,
}

impl Environment {
    /// Makes the sandbox and starts the process.
    pub async fn start(
        outside: &Outside,
        doors: &Doors,
        removals: &TaskTracker,
        wanted: Wanted,
    ) -> Result<Self, String> {
        let program = Program::of(&wanted.version.settings.runtime, outside)?;
        let sandbox = sandbox(outside, &program, &wanted).await?;
        let begun = (outside.now)();
        let stream = Stream {
            scope: wanted.key.0.clone(),
            group: view::log_group(&wanted.key, &wanted.version),
            name: stream_name(begun, &wanted.number),
        };
        let mark = match program.family {
            Family::Provided => String::new(),
            _ => format!("\u{1}{}\u{1}", ids::alphanumeric(24)),
        };
        let inside = doors.open();
        let (log, output) = Log::open(outside, stream.clone(), mark.clone());
        let environment = Self {
            sandbox: sandbox.clone(),
            log,
            outside: outside.clone(),
            family: program.family,
            ready: false,
            begun,
            until: wanted.credentials.expires - MARGIN,
            init: None,
            removals: removals.clone(),
            inside,
        };
        furnish(&*sandbox, &program, wanted.zip.clone()).await?;
        let api = (outside.reach)(program.kind);
        let api = api.ok_or("The server cannot be reached from where functions run.")?;
        let variables = Variables {
            outside,
            wanted: &wanted,
            stream: &stream,
            api: &api,
            secret: &environment.inside.secret,
            mark: &mark,
            sandbox: &*sandbox,
            program: &program,
        };
        environment.run_process(variables.exec(), output);
        Ok(environment)
    }

    /// The process runs until it ends by itself or the sandbox is removed.
    fn run_process(&self, exec: Exec, output: mpsc::Sender<Bytes>) {
        let (sandbox, tell) = (self.sandbox.clone(), self.inside.tell.clone());
        tokio::spawn(async move {
            let how = ended(sandbox.exec(&exec, output).await);
            let _ = tell.send(News::Ended(how)).await;
        });
    }

    /// Whether it can be used again: its process has not ended meanwhile, and its credentials last.
    pub fn is_fit(&mut self) -> bool {
        while let Ok(news) = self.inside.news.try_recv() {
            if matches!(news, News::Ended(_)) {
                return false;
            }
        }
        (self.outside.now)() < self.until
    }

    /// One invocation, from its START line to its REPORT.
    pub async fn invoke(&mut self, job: Job, number: &str, version: &Version) -> Ran {
        let request_id = job.request_id.clone();
        self.log.begin(texts::start(&request_id, number)).await;
        let mut started = (self.outside.now)();
        let ended = match self.become_ready(&job).await {
            Err(ended) => ended,
            Ok(()) => {
                started = (self.outside.now)();
                self.work(job, version).await
            }
        };
        let spent = Spent {
            duration: (self.outside.now)().since(started),
            init: self.init.take(),
            memory_kb: ended.memory_kb,
        };
        let mut lines = ended.lines;
        lines.push(texts::end(&request_id));
        lines.push(texts::report(&request_id, version, spent));
        if !ended.fit {
            // What it still prints is the last of it.
            self.sandbox.stop(Duration::ZERO).await;
        }
        Ran {
            tail: self.log.finish(ended.until, lines).await,
            payload: ended.payload,
            error: ended.error,
            fit: ended.fit,
        }
    }

    async fn become_ready(&mut self, job: &Job) -> Result<(), Ended> {
        if self.ready {
            return Ok(());
        }
        let news = tokio::time::timeout(INIT + job.timeout, self.inside.news.recv()).await;
        match news {
            Ok(Some(News::Asked)) => {
                self.ready = true;
                self.init = Some((self.outside.now)().since(self.begun));
                Ok(())
            }
            Ok(Some(News::InitFailed(body))) => Err(Ended {
                payload: body,
                error: Some("Unhandled"),
                memory_kb: None,
                until: self.printed(),
                lines: Vec::new(),
                fit: false,
            }),
            Ok(Some(News::Ended(how))) => Err(self.died(&job.request_id, &how)),
            Ok(_) => Err(self.died(&job.request_id, "Runtime failed to start")),
            Err(_) => Err(self.timed_out(job)),
        }
    }

    async fn work(&mut self, job: Job, version: &Version) -> Ended {
        let wait = Duration::from_secs(version.settings.timeout.into());
        if self.inside.jobs.send(job.clone()).await.is_err() {
            return self.died(&job.request_id, "Runtime exited without providing a reason");
        }
        let told = tokio::time::timeout(wait, self.answer(&job.request_id)).await;
        told.unwrap_or_else(|_| self.timed_out(&job))
    }

    /// The news about this job; late news about earlier ones is passed over.
    async fn answer(&mut self, of: &str) -> Ended {
        while let Some(news) = self.inside.news.recv().await {
            match news {
                News::Answered {
                    request_id,
                    body,
                    memory_kb,
                } if request_id == of => return self.well(body, None, memory_kb),
                News::Failed {
                    request_id,
                    body,
                    kind,
                    memory_kb,
                } if request_id == of => {
                    let handled = kind.as_deref() == Some("Handled");
                    let error = if handled { "Handled" } else { "Unhandled" };
                    return self.well(body, Some(error), memory_kb);
                }
                News::Ended(how) => return self.died(of, &how),
                _ => {}
            }
        }
        self.died(of, "Runtime exited without providing a reason")
    }

    fn well(&self, payload: Bytes, error: Option<&'static str>, memory_kb: Option<u64>) -> Ended {
        Ended {
            payload,
            error,
            memory_kb,
            until: self.printed(),
            lines: Vec::new(),
            fit: true,
        }
    }

    /// When everything that an invocation printed has been read.
    fn printed(&self) -> Until {
        match self.family {
            Family::Provided => Until::Now,
            _ => Until::Marked,
        }
    }

    fn died(&self, request_id: &str, how: &str) -> Ended {
        let no_program = self.family == Family::Provided && how == NO_PROGRAM;
        let payload = match no_program {
            true => texts::no_bootstrap_body(request_id),
            false => texts::exit_body(request_id, how),
        };
        Ended {
            payload,
            error: Some("Unhandled"),
            memory_kb: None,
            until: Until::Ended,
            lines: vec![format!("RequestId: {request_id} Error: {how}\n")],
            fit: false,
        }
    }

    fn timed_out(&self, job: &Job) -> Ended {
        let seconds = u32::try_from(job.timeout.as_secs()).unwrap_or(u32::MAX);
        let line = texts::timed_out((self.outside.now)(), &job.request_id, seconds);
        Ended {
            payload: texts::timeout_body(&line),
            error: Some("Unhandled"),
            memory_kb: None,
            until: Until::Ended,
            lines: vec![line + "\n\n"],
            fit: false,
        }
    }
}

impl Drop for Environment {
    fn drop(&mut self) {
        let sandbox = self.sandbox.clone();
        if tokio::runtime::Handle::try_current().is_ok() {
            self.removals.spawn(async move { sandbox.remove().await });
        }
    }
}

/// What a shell answers for a program that is not there.
const NO_PROGRAM: &str = "Runtime exited with error: exit status 127";

fn ended(exit: Result<Exit, SandboxError>) -> String {
    match exit {
        Ok(Exit::Code(0)) => "Runtime exited without providing a reason".to_owned(),
        Ok(Exit::Signal(9) | Exit::Code(137)) => {
            "Runtime exited with error: signal: killed".to_owned()
        }
        Ok(Exit::Signal(signal)) => format!("Runtime exited with error: signal {signal}"),
        Ok(Exit::Code(code)) => format!("Runtime exited with error: exit status {code}"),
        Err(error) => format!("Runtime exited with error: {error}"),
    }
}

async fn sandbox(
    outside: &Outside,
    program: &Program,
    wanted: &Wanted,
) -> Result<Arc<dyn Sandbox>, String> {
    let spec = SandboxSpec {
        id: format!("lambda-{}-{}", wanted.key.1, ids::alphanumeric(12)),
        image: program.image.clone(),
        privileged: false,
        memory_bytes: Some(u64::from(wanted.version.settings.memory) << 20),
        cpus: None,
    };
    let makers = match (program.kind, &outside.containers) {
        (crate::sandbox::Kind::Docker, Some(containers)) => containers,
        _ => &outside.host,
    };
    // Nobody looks at a pull's progress.
    let (progress, unread) = mpsc::channel(1);
    drop(unread);
    let made = makers.prepare(&spec, progress).await;
    made.map_err(|error| format!("The function's environment cannot be made: {error}"))
}

async fn furnish(sandbox: &dyn Sandbox, program: &Program, zip: Bytes) -> Result<(), String> {
    let failed = |error| format!("The function's code cannot be unpacked: {error}");
    let code = sandbox.copy_in(Utf8Path::new(TASK), package::unpacked(zip));
    code.await.map_err(failed)?;
    let Some((name, text)) = program.family.bootstrap() else {
        return Ok(());
    };
    let ours = sandbox.copy_in(Utf8Path::new(RUNTIME), package::file(name, text));
    ours.await.map_err(failed)
}

/// `2026/11/28/[$LATEST]0123…`
fn stream_name(now: Time, number: &str) -> String {
    let day = jiff::Timestamp::from_millisecond(now.millis()).unwrap_or_default();
    let id = ids::uuid().replace('-', "");
    format!("{}/[{number}]{id}", day.strftime("%Y/%m/%d"))
}

/// What the process finds in its environment (developer guide, "Defined runtime environment variables").
struct Variables<'a> {
    outside: &'a Outside,
    wanted: &'a Wanted,
    stream: &'a Stream,
    api: &'a str,
    secret: &'a str,
    mark: &'a str,
    sandbox: &'a dyn Sandbox,
    program: &'a Program,
}

impl Variables<'_> {
    fn exec(&self) -> Exec {
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
        if self.program.kind == crate::sandbox::Kind::Host {
            own.push(("PATH", self.outside.path.clone()));
        }
        own.into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}
