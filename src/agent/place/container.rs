//! A running Docker container as the place of a deployment.
//!
//! The revision is unpacked on this host; what is installed is copied in, and so is the revision itself when one of its scripts is to run.
//! Of the container a shell and the usual small programs are asked (busybox has them). What a script writes to its standard error is kept
//! in a file there, and follows in the log when the script has ended.

use super::packing::{Unpackable, kept, pack, single};
use super::{Found, Place, Run};
use crate::agent::errors::{self, Done, Fault};
use crate::agent::script::{SharedLog, argv, write};
use crate::companions::ByteStream;
use crate::sandbox::{Exec, Exit, Sandbox, SandboxError, docker};
use async_trait::async_trait;
use bytes::Bytes;
use camino::{Utf8Path, Utf8PathBuf};
use futures::StreamExt;
use std::sync::Arc;
use std::{fs, io};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::io::ReaderStream;

/// Where revisions are inside.
const REVISIONS: &str = "/opt/codedeploy-agent/deployment-root";

/// Bytes of a program's output that are kept.
const MOST: usize = 64 * 1024;

// Differs from AWS: where slipway's own agent installs in a container, a script that leaves its output open to others does not fail its event.

/// Records its process, sends errors into the other file, and becomes the script, at the head of a group of its own where the container
/// can do that.
const START: &str = r#"echo "$$" > "$1"; exec 2> "$2"; shift 2
command -v setsid >/dev/null && exec setsid "$@"
exec "$@""#;

/// Ends the recorded process and its group.
const END: &str =
    r#"read -r p < "$1"; kill -TERM -- "-$p" 2>/dev/null || kill -TERM "$p"; rm -f "$1""#;

/// Removes what is in the folder and is not named. Names are plain, so that a space ends each.
const PRUNE: &str = r#"cd "$1" 2>/dev/null || exit 0; shift
for d in *; do case " $* " in *" $d "*) ;; *) rm -rf "./$d";; esac; done"#;

#[derive(Clone)]
pub struct InContainer {
    sandbox: Arc<dyn Sandbox>,
    runtime: Handle,
}

impl InContainer {
    /// Finds the container; the error is for people.
    pub async fn attach(name: &str) -> Result<Self, String> {
        Ok(Self {
            sandbox: docker::attach(name).await?,
            runtime: Handle::current(),
        })
    }

    fn exec(&self, argv: &[&str]) -> Done<(i32, String)> {
        self.runtime
            .block_on(self.ask(argv))
            .map_err(Fault::unknown)
    }

    /// Exit code and output.
    async fn ask(&self, argv: &[&str]) -> Result<(i32, String), SandboxError> {
        let (sender, mut receiver) = mpsc::channel::<Bytes>(16);
        let exec = command(argv.iter().map(|word| (*word).to_owned()).collect(), &[]);
        let read = async {
            let mut text = Vec::new();
            while let Some(piece) = receiver.recv().await {
                let room = MOST - text.len().min(MOST);
                text.extend(piece.iter().take(room));
            }
            String::from_utf8_lossy(&text).trim_end().to_owned()
        };
        // The sender has to go with the command, or reading would never end.
        let run = async {
            let exit = self.sandbox.exec(&exec, sender.clone()).await;
            drop(sender);
            exit
        };
        let (exit, text) = tokio::join!(run, read);
        Ok((exit?.code(), text))
    }

    /// Runs what has to succeed.
    fn must(&self, what: &str, path: &Utf8Path, argv: &[&str]) -> Done<String> {
        match self.exec(argv)? {
            (0, text) => Ok(text),
            (code, text) => Err(Fault::file(what, path, &format!("{text} ({code})"))),
        }
    }

    fn copy_in(&self, folder: &Utf8Path, tar: ByteStream) -> Done<()> {
        let copied = self.runtime.block_on(self.sandbox.copy_in(folder, tar));
        copied.map_err(Fault::unknown)
    }

    /// Copies a revision in, unless it is there; where it is.
    async fn stage(&self, archive: &Utf8Path) -> Done<Utf8PathBuf> {
        let inside = inside(archive);
        let there = self.ask(&["test", "-d", inside.as_str()]).await;
        if there.map_err(Fault::unknown)?.0 == 0 {
            return Ok(inside);
        }
        let archive = archive.to_owned();
        let packed = tokio::task::spawn_blocking(move || Ok((pack(&archive)?, kept(&archive))));
        let packed = packed.await.map_err(Fault::unknown)?;
        let (tar, kept) = packed.map_err(|error: Unpackable| Fault::unknown(error))?;
        self.prune(&inside, &kept).await?;
        let tar = ReaderStream::new(tokio::fs::File::from_std(tar)).boxed();
        let copied = self.sandbox.copy_in(&inside, tar).await;
        copied.map_err(Fault::unknown)?;
        Ok(inside)
    }

    /// Of the revision's group, what is not kept on this host goes from the container, too.
    async fn prune(&self, inside: &Utf8Path, kept: &[String]) -> Done<()> {
        let Some(group) = inside.parent().and_then(Utf8Path::parent) else {
            return Ok(());
        };
        let mut argv = vec!["/bin/sh", "-c", PRUNE, "sh", group.as_str()];
        argv.extend(kept.iter().map(String::as_str));
        self.ask(&argv).await.map(drop).map_err(Fault::unknown)
    }

    /// What a script has written to its standard error so far.
    async fn complaints(&self, file: &str, log: &SharedLog) {
        let (sender, receiver) = mpsc::channel::<Bytes>(16);
        let listening = listen(receiver, "[stderr]", log.clone());
        let read = command(vec!["cat".to_owned(), file.to_owned()], &[]);
        let (read, ()) = tokio::join!(self.sandbox.exec(&read, sender), listening);
        if let Err(error) = read {
            tracing::warn!(%error, "what a script wrote to its standard error is lost");
        }
    }

    async fn end(&self, record: &str) {
        if let Err(error) = self.ask(&["/bin/sh", "-c", END, "sh", record]).await {
            tracing::warn!(%error, "a script that took too long may still run");
        }
    }
}

/// `<root>/<group>/<deployment>/deployment-archive`, below the container's own root.
fn inside(archive: &Utf8Path) -> Utf8PathBuf {
    let mut last: Vec<&str> = archive.iter().rev().take(3).collect();
    last.reverse();
    Utf8Path::new(REVISIONS).join(last.join("/"))
}

fn command(argv: Vec<String>, environment: &[(String, String)]) -> Exec {
    Exec {
        argv,
        env: environment.to_vec(),
        dir: "/".into(),
        user: None,
    }
}

#[async_trait]
impl Place for InContainer {
    fn base(&self) -> Utf8PathBuf {
        "/".into()
    }

    fn found(&self, path: &Utf8Path) -> Done<Found> {
        let script = r#"[ -d "$1" ] && exit 10; [ -e "$1" ] && exit 11; exit 12"#;
        match self.exec(&["/bin/sh", "-c", script, "sh", path.as_str()])? {
            (10, _) => Ok(Found::Directory),
            (11, _) => Ok(Found::File),
            (12, _) => Ok(Found::Nothing),
            (code, text) => Err(Fault::file("look at", path, &format!("{text} ({code})"))),
        }
    }

    fn mode(&self, path: &Utf8Path) -> Done<u32> {
        let text = self.must("look at", path, &["stat", "-L", "-c", "%a", path.as_str()])?;
        let mode = u32::from_str_radix(&text, 8);
        mode.map_err(|error| Fault::file("look at", path, &error))
    }

    fn copy(&self, source: &Utf8Path, destination: &Utf8Path) -> Done<()> {
        let refused =
            |error: io::Error| Fault::file(&format!("copy {source} to"), destination, &error);
        let found = fs::symlink_metadata(source).map_err(refused)?;
        let folder = destination.parent().unwrap_or(Utf8Path::new("/"));
        if found.is_symlink() {
            let target = source.read_link_utf8().map_err(refused)?;
            let argv = ["ln", "-sfn", target.as_str(), destination.as_str()];
            return self.must("make the link", destination, &argv).map(drop);
        }
        let name = destination.file_name().unwrap_or_default();
        let tar = single(source, &found, name).map_err(refused)?;
        self.copy_in(folder, tar)
    }

    fn make(&self, directory: &Utf8Path) -> Done<()> {
        let argv = ["mkdir", directory.as_str()];
        self.must("make the folder", directory, &argv).map(drop)
    }

    fn set_mode(&self, path: &Utf8Path, mode: u32) -> Done<()> {
        let mode = format!("{mode:o}");
        let argv = ["chmod", mode.as_str(), path.as_str()];
        self.must("set the mode of", path, &argv).map(drop)
    }

    fn set_owner(&self, path: &Utf8Path, owner: Option<&str>, group: Option<&str>) -> Done<()> {
        let group = group.map(|group| format!(":{group}"));
        let names = format!("{}{}", owner.unwrap_or_default(), group.unwrap_or_default());
        let argv = ["chown", "--", names.as_str(), path.as_str()];
        self.must("set the owner of", path, &argv).map(drop)
    }

    fn real(&self, path: &Utf8Path) -> Done<Utf8PathBuf> {
        let text = self.must("find", path, &["readlink", "-f", path.as_str()])?;
        Ok(text.into())
    }

    fn run(&self, argv: &[String]) -> Result<(), String> {
        let argv: Vec<&str> = argv.iter().map(String::as_str).collect();
        match self.exec(&argv) {
            Ok((0, _)) => Ok(()),
            Ok((code, text)) => Err(format!("{code} {text}")),
            Err(fault) => Err(fault.message),
        }
    }

    fn remove(&self, path: &Utf8Path) -> Done<()> {
        let script = r#"if [ -d "$1" ] && [ ! -h "$1" ]; then rmdir "$1" 2>/dev/null || :; else rm -f "$1"; fi"#;
        let argv = ["/bin/sh", "-c", script, "sh", path.as_str()];
        self.must("remove", path, &argv).map(drop)
    }

    async fn script(&self, archive: &Utf8Path, path: &Utf8Path, run: Run<'_>) -> Done<()> {
        let staged = self.stage(archive).await?;
        let path = match path.strip_prefix(archive) {
            Ok(below) => staged.join(below),
            Err(_) => return Err(errors::script_missing(&run.script.location, path)),
        };
        let executable = self.ask(&["chmod", "+x", path.as_str()]).await;
        if executable.map_err(Fault::unknown)?.0 != 0 {
            return Err(errors::script_not_executable(&run.script.location));
        }
        write(run.log, &format!("Script - {}", run.script.location));
        let record = format!("/tmp/slipway-script-{}", uuid::Uuid::new_v4().simple());
        let complaints = format!("{record}-errors");
        let mut words: Vec<String> = ["/bin/sh", "-c", START, "sh", &record, &complaints]
            .map(str::to_owned)
            .to_vec();
        words.extend(argv(run.script, &path));
        let exec = command(words, run.environment);
        let (sender, receiver) = mpsc::channel::<Bytes>(16);
        let listening = tokio::spawn(listen(receiver, "[stdout]", run.log.clone()));
        let ended = timeout(run.script.timeout, self.sandbox.exec(&exec, sender)).await;
        if ended.is_err() {
            self.end(&record).await;
        }
        // What the script has written is here; there is nothing to wait for.
        let _ = listening.await;
        self.complaints(&complaints, run.log).await;
        let _ = self.ask(&["rm", "-f", &record, &complaints]).await;
        let Ok(ended) = ended else {
            let seconds = run.script.timeout.as_secs();
            return Err(errors::script_timed_out(&run.script.location, seconds));
        };
        match ended.map(Exit::code).map_err(Fault::unknown)? {
            0 => Ok(()),
            code => {
                let runas = run.script.runas.as_deref();
                Err(errors::script_failed(&run.script.location, runas, code))
            }
        }
    }
}

/// Whole lines of what comes in pieces.
async fn listen(mut pieces: mpsc::Receiver<Bytes>, prefix: &str, log: SharedLog) {
    let mut rest = Vec::new();
    while let Some(piece) = pieces.recv().await {
        rest.extend_from_slice(&piece);
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = rest.drain(..=end).collect();
            let text = String::from_utf8_lossy(&line);
            write(&log, &format!("{prefix}{}", text.trim_end_matches('\n')));
        }
        if rest.len() > MOST {
            write(&log, &format!("{prefix}{}", String::from_utf8_lossy(&rest)));
            rest.clear();
        }
    }
    if !rest.is_empty() {
        write(&log, &format!("{prefix}{}", String::from_utf8_lossy(&rest)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions_are_inside_where_the_stock_agent_keeps_them() {
        let path = inside(Utf8Path::new("/home/me/root/g-1/d-1/deployment-archive"));
        assert_eq!(
            path,
            "/opt/codedeploy-agent/deployment-root/g-1/d-1/deployment-archive"
        );
    }
}
