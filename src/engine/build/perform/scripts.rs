//! Runs scripts in a build's sandbox, the customer's items and the engine's own questions.
//!
//! Invariant: no script of a build runs before everything is in the sandbox that the engine itself puts there.

use super::session::{Placed, Session, TMP};
use crate::engine::build::archive::tarball::Small;
use crate::engine::build::beginning::{self, Beginning};
use crate::engine::build::compute::FOUND_DEAD;
use crate::engine::build::script;
use crate::sandbox::{Exec, Exit, Output, SandboxError};
use bytes::Bytes;
use camino::{Utf8Path, Utf8PathBuf};
use tokio::sync::mpsc;

/// Where commands begin before the first line of their script.
const OUTPUT: &str = "/codebuild/output";

/// At most this much is read from a script that answers the engine.
const MAX_ANSWER: usize = 4 << 20;

impl Session {
    /// Runs a script as `script.sh` in the environment of the build.
    pub async fn script(
        &self,
        text: &str,
        user: Option<String>,
        output: Output,
    ) -> Result<Exit, SandboxError> {
        let Some(placed) = self.placed_already() else {
            return Err(SandboxError::Died(FOUND_DEAD.to_owned()));
        };
        let file = placed.places().script();
        if user.is_none()
            && let Some(argv) = self.first(placed, &file, text)
        {
            let end = self.run(placed, argv, None, output.clone()).await?;
            if self.has_begun(placed, end).await {
                return Ok(end);
            }
        }
        self.lay().await?;
        let argv = match script::write_and_run(self.shell(), &file, text) {
            Some(argv) => argv,
            None => {
                let small = Small::file(script::SCRIPT, 0o666, text);
                placed.copy_in(TMP, &[small]).await?;
                script::argv(self.shell(), &file)
            }
        };
        self.run(placed, argv, user, output).await
    }

    /// Runs a script of the engine and returns the values it printed, each ended by a NUL.
    pub async fn ask(&self, text: &str) -> Result<Vec<String>, SandboxError> {
        let (output, mut chunks) = mpsc::channel::<Bytes>(16);
        let collect = async {
            let mut answer = Vec::new();
            while let Some(chunk) = chunks.recv().await {
                let room = MAX_ANSWER.saturating_sub(answer.len());
                answer.extend_from_slice(&chunk[..chunk.len().min(room)]);
            }
            answer
        };
        let (exit, answer) = tokio::join!(self.script(text, None, output), collect);
        exit.map(|_| script::printed(&answer))
    }

    /// Copies what no command has brought along yet.
    pub async fn lay(&self) -> Result<(), SandboxError> {
        let unlaid = self.unlaid().clone();
        if let (Some(beginning), Some(placed)) = (unlaid, self.placed_already()) {
            placed.copy_in(beginning::ROOT, beginning.entries()).await?;
            *self.unlaid() = None;
        }
        Ok(())
    }

    /// The command that brings along what is not in the sandbox yet. It runs as root, as files of a copy belong to root.
    fn first(&self, placed: &Placed, file: &Utf8Path, text: &str) -> Option<Vec<String>> {
        let root = placed.sandbox.path(Utf8Path::new(beginning::ROOT));
        let unlaid = self.unlaid();
        unlaid
            .as_ref()?
            .write_and_run(self.shell(), &root, file, text)
    }

    /// Whether a first command that ended so put everything in place. If not, nothing of the customer's has run.
    async fn has_begun(&self, placed: &Placed, end: Exit) -> bool {
        if end != Exit::Code(0) {
            let last = self.unlaid().as_ref().and_then(Beginning::last_path);
            let Some(last) = last else {
                return false;
            };
            if placed.sandbox.copy_out(&last).await.is_err() {
                return false;
            }
        }
        *self.unlaid() = None;
        true
    }

    async fn run(
        &self,
        placed: &Placed,
        argv: Vec<String>,
        user: Option<String>,
        output: Output,
    ) -> Result<Exit, SandboxError> {
        let env = self.understood().map(|known| known.env.clone());
        let exec = Exec {
            argv,
            env: env.unwrap_or_default(),
            dir: Utf8PathBuf::from(OUTPUT),
            user,
        };
        placed.sandbox.exec(&exec, output).await
    }

    /// The shell that scripts run with.
    fn shell(&self) -> Option<&str> {
        self.understood()?.spec.env.shell.as_deref()
    }

    fn placed_already(&self) -> Option<&Placed> {
        self.placed().ok()
    }
}
