//! Sandboxes in memory for tests of engines: a function answers commands, files live in a map.
//!
//! Invariant: nothing outside this process is touched, and nothing happens that the script does not say.

use super::{
    DIRECTORIES, Exec, Exit, Kind, Output, STOPPED, Sandbox, SandboxError, SandboxSpec, Sandboxes,
};
use crate::companions::ByteStream;
use async_trait::async_trait;
use bytes::Bytes;
use camino::{Utf8Path, Utf8PathBuf};
use futures::{StreamExt, TryStreamExt, stream};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tar::{Archive, Builder, EntryType, Header};
use tokio_util::sync::CancellationToken;

/// Everything in a sandbox by its path; directories are listed too.
pub type Files = BTreeMap<Utf8PathBuf, Node>;

/// One file, directory or link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    File { mode: u32, content: Bytes },
    Directory { mode: u32 },
    Link(String),
}

impl Node {
    /// An ordinary file.
    pub fn file(content: impl Into<Bytes>) -> Node {
        Node::File {
            mode: 0o644,
            content: content.into(),
        }
    }
}

/// What a command does.
#[derive(Clone, Debug)]
pub struct Reply {
    pub output: Vec<Bytes>,
    /// `None`: it runs until the sandbox is stopped.
    pub end: Option<Result<Exit, SandboxError>>,
}

impl Reply {
    pub fn exit(output: impl Into<Bytes>, code: i32) -> Reply {
        Reply {
            output: vec![output.into()],
            end: Some(Ok(Exit::Code(code))),
        }
    }

    pub fn fail(error: SandboxError) -> Reply {
        Reply {
            output: Vec::new(),
            end: Some(Err(error)),
        }
    }

    /// Writes and then runs on.
    pub fn hang(output: impl Into<Bytes>) -> Reply {
        Reply {
            output: vec![output.into()],
            end: None,
        }
    }
}

/// What happened, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    Prepared(SandboxSpec),
    Ran(Exec),
    Stopped(Duration),
    Removed,
    Swept,
}

type Script = dyn Fn(&Exec, &mut Files) -> Reply + Send + Sync;

/// Makes sandboxes whose commands are answered by one function.
pub struct Scripted {
    kind: Kind,
    script: Arc<Script>,
    refuses: Mutex<Option<SandboxError>>,
    happened: Arc<Mutex<Vec<Happened>>>,
}

impl Scripted {
    /// Docker as far as engines can tell.
    pub fn new(script: impl Fn(&Exec, &mut Files) -> Reply + Send + Sync + 'static) -> Scripted {
        Scripted {
            kind: Kind::Docker,
            script: Arc::new(script),
            refuses: Mutex::new(None),
            happened: Arc::default(),
        }
    }

    pub fn of_kind(mut self, kind: Kind) -> Scripted {
        self.kind = kind;
        self
    }

    /// From now on every `prepare` fails so, or succeeds again.
    pub fn refuse(&self, why: Option<SandboxError>) {
        *lock(&self.refuses) = why;
    }

    pub fn happened(&self) -> Vec<Happened> {
        lock(&self.happened).clone()
    }
}

#[async_trait]
impl Sandboxes for Scripted {
    fn kind(&self) -> Kind {
        self.kind
    }

    async fn prepare(
        &self,
        spec: &SandboxSpec,
        _progress: Output,
    ) -> Result<Arc<dyn Sandbox>, SandboxError> {
        lock(&self.happened).push(Happened::Prepared(spec.clone()));
        if let Some(why) = lock(&self.refuses).clone() {
            return Err(why);
        }
        let files = DIRECTORIES.map(|path| (path.into(), Node::Directory { mode: 0o755 }));
        Ok(Arc::new(InMemory {
            script: self.script.clone(),
            happened: self.happened.clone(),
            files: Mutex::new(files.into()),
            stopped: CancellationToken::new(),
        }))
    }

    async fn sweep(&self) -> Result<(), SandboxError> {
        lock(&self.happened).push(Happened::Swept);
        Ok(())
    }
}

struct InMemory {
    script: Arc<Script>,
    happened: Arc<Mutex<Vec<Happened>>>,
    files: Mutex<Files>,
    stopped: CancellationToken,
}

#[async_trait]
impl Sandbox for InMemory {
    fn path(&self, path: &Utf8Path) -> Utf8PathBuf {
        path.to_owned()
    }

    async fn exec(&self, exec: &Exec, output: Output) -> Result<Exit, SandboxError> {
        let stopped = Err(SandboxError::Died(STOPPED.to_owned()));
        if self.stopped.is_cancelled() {
            return stopped;
        }
        lock(&self.happened).push(Happened::Ran(exec.clone()));
        let reply = (self.script)(exec, &mut lock(&self.files));
        for chunk in reply.output {
            // A receiver that has gone away wants no more.
            let _ = output.send(chunk).await;
        }
        match reply.end {
            Some(end) => end,
            None => {
                self.stopped.cancelled().await;
                stopped
            }
        }
    }

    async fn copy_in(&self, dir: &Utf8Path, tar: ByteStream) -> Result<(), SandboxError> {
        let chunks: Result<Vec<Bytes>, io::Error> = tar.try_collect().await;
        let unpacked = chunks.and_then(|chunks| unpack(dir, &chunks.concat()));
        let new = unpacked.map_err(|e| SandboxError::Failed(format!("cannot unpack: {e}")))?;
        lock(&self.files).extend(new);
        Ok(())
    }

    async fn copy_out(&self, path: &Utf8Path) -> Result<ByteStream, SandboxError> {
        let files = lock(&self.files).clone();
        let within: Files = files
            .into_iter()
            .filter(|(at, _)| at.starts_with(path))
            .collect();
        if within.is_empty() {
            return Err(SandboxError::NoSuchPath(path.to_string()));
        }
        let tar = pack(path, &within).map_err(|e| SandboxError::Failed(e.to_string()))?;
        Ok(stream::iter([Ok(Bytes::from(tar))]).boxed())
    }

    async fn stop(&self, grace: Duration) {
        lock(&self.happened).push(Happened::Stopped(grace));
        self.stopped.cancel();
    }

    async fn remove(&self) {
        lock(&self.happened).push(Happened::Removed);
        self.stopped.cancel();
        lock(&self.files).clear();
    }
}

fn unpack(dir: &Utf8Path, tar: &[u8]) -> io::Result<Files> {
    let mut files = Files::from([(dir.to_owned(), Node::Directory { mode: 0o755 })]);
    for entry in Archive::new(tar).entries()? {
        let mut entry = entry?;
        let name = Utf8PathBuf::try_from(entry.path()?.into_owned()).map_err(io::Error::other)?;
        // Links may have none.
        let mode = entry.header().mode().unwrap_or_default() & 0o7777;
        let node = match entry.header().entry_type() {
            EntryType::Directory => Node::Directory { mode },
            EntryType::Symlink => {
                let target = entry.link_name()?.unwrap_or_default();
                Node::Link(target.to_string_lossy().into_owned())
            }
            _ => {
                let mut content = Vec::new();
                entry.read_to_end(&mut content)?;
                let content = content.into();
                Node::File { mode, content }
            }
        };
        files.insert(dir.join(name), node);
    }
    Ok(files)
}

fn pack(root: &Utf8Path, files: &Files) -> io::Result<Vec<u8>> {
    let mut tar = Builder::new(Vec::new());
    let parent = root.parent().unwrap_or(root);
    for (path, node) in files {
        let name = path.strip_prefix(parent).unwrap_or(path);
        let mut header = Header::new_gnu();
        header.set_size(0);
        match node {
            Node::File { mode, content } => {
                header.set_mode(*mode);
                header.set_size(content.len() as u64);
                tar.append_data(&mut header, name, &**content)?;
            }
            Node::Directory { mode } => {
                header.set_mode(*mode);
                header.set_entry_type(EntryType::Directory);
                tar.append_data(&mut header, name, io::empty())?;
            }
            Node::Link(target) => {
                header.set_entry_type(EntryType::Symlink);
                tar.append_link(&mut header, name, target)?;
            }
        }
    }
    tar.into_inner()
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc;

    fn exec(argv: &str) -> Exec {
        Exec {
            argv: vec![argv.to_owned()],
            env: Vec::new(),
            dir: "/".into(),
            user: None,
        }
    }

    // Witness: our reading; what engines' tests rely on.
    #[tokio::test]
    async fn a_script_answers_changes_files_and_hangs_until_stopped() {
        let scripted = Scripted::new(|exec, files| match &*exec.argv[0] {
            "make" => {
                files.insert("/codebuild/output/made".into(), Node::file("made"));
                Reply::exit("making\n", 3)
            }
            _ => Reply::hang("hanging\n"),
        });
        let (output, mut lines) = mpsc::channel(9);
        let sandbox = scripted
            .prepare(&SandboxSpec::default(), output.clone())
            .await
            .unwrap();
        let end = sandbox.exec(&exec("make"), output.clone()).await;
        assert_eq!(
            (end, lines.recv().await.unwrap()),
            (Ok(Exit::Code(3)), "making\n".into())
        );

        let hanging = exec("hang");
        let (end, ()) = tokio::join!(sandbox.exec(&hanging, output), async {
            assert_eq!(lines.recv().await.unwrap(), "hanging\n");
            sandbox.stop(Duration::ZERO).await;
        });
        assert_eq!(end, Err(SandboxError::Died(STOPPED.into())));
        assert_eq!(
            scripted.happened(),
            [
                Happened::Prepared(SandboxSpec::default()),
                Happened::Ran(exec("make")),
                Happened::Ran(exec("hang")),
                Happened::Stopped(Duration::ZERO),
            ]
        );
    }

    // Witness: sandbox/mod.rs, `copy_in` and `copy_out`.
    #[tokio::test]
    async fn trees_come_out_as_they_went_in() {
        let scripted = Scripted::new(|_, _| Reply::exit("", 0));
        let (output, _) = mpsc::channel(1);
        let sandbox = scripted
            .prepare(&SandboxSpec::default(), output)
            .await
            .unwrap();
        let tree = Files::from([
            ("/x/tree".into(), Node::Directory { mode: 0o750 }),
            ("/x/tree/file".into(), Node::file("content")),
            ("/x/tree/link".into(), Node::Link("file".into())),
        ]);
        let tar = pack("/x/tree".into(), &tree).unwrap();
        let stream = stream::iter([Ok(Bytes::from(tar.clone()))]).boxed();
        sandbox.copy_in("/y".into(), stream).await.unwrap();
        let out: Vec<Bytes> = sandbox
            .copy_out("/y/tree".into())
            .await
            .unwrap()
            .try_collect()
            .await
            .unwrap();
        assert_eq!(out.concat(), tar);
        let absent = sandbox.copy_out("/z".into()).await.map(|_| ()).unwrap_err();
        assert_eq!(absent, SandboxError::NoSuchPath("/z".into()));
    }
}
