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
use super::runner::Refused;
use super::texts::{self, Spent};
use super::variables::Variables;
use crate::aws::{Time, ids};
use crate::companions::SessionCredentials;
use crate::sandbox::{Exec, Exit, Kind, Sandbox, SandboxError, SandboxSpec};
use bytes::Bytes;
use camino::Utf8Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

/// Beside the function's own time: how long a new process may take to become ready.
const INIT: Duration = Duration::from_secs(10);
/// Credentials that end within this are not given to a new invocation.
const MARGIN: Duration = Duration::from_secs(60 * 60);

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
    ) -> Result<Self, Refused> {
        let program = Program::of(&wanted.version.settings.runtime, &outside.machines);
        let program = program.map_err(Refused::Runtime)?;
        let api = (outside.reach)(program.kind).ok_or_else(unreachable)?;
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

fn unreachable() -> Refused {
    let why = "The server cannot be reached from where functions run.";
    Refused::Failed(why.to_owned())
}

async fn sandbox(
    outside: &Outside,
    program: &Program,
    wanted: &Wanted,
) -> Result<Arc<dyn Sandbox>, Refused> {
    let spec = SandboxSpec {
        id: format!("lambda-{}-{}", wanted.key.1, ids::alphanumeric(12)),
        image: program.image.clone(),
        privileged: false,
        memory_bytes: Some(u64::from(wanted.version.settings.memory) << 20),
        cpus: None,
        ..SandboxSpec::default()
    };
    let makers = match (program.kind, &outside.machines.containers) {
        (Kind::Docker, Some(containers)) => containers,
        _ => &outside.machines.host,
    };
    // Nobody looks at a pull's progress.
    let (progress, unread) = mpsc::channel(1);
    drop(unread);
    let made = makers.prepare(&spec, progress).await;
    let failed = |error| format!("The function's environment cannot be made: {error}");
    made.map_err(|error| Refused::Failed(failed(error)))
}

async fn furnish(sandbox: &dyn Sandbox, program: &Program, zip: Bytes) -> Result<(), Refused> {
    let failed =
        |error| Refused::Failed(format!("The function's code cannot be unpacked: {error}"));
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
