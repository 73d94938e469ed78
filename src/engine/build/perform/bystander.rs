//! Somebody who is shown the place where a command of a build has failed, before anything else happens there.
//!
//! Invariant: the build goes on when the bystander says so, and not before; one that is stopped waits for nobody.

use super::session::{Placed, Understood};
use crate::sandbox::{Exec, Sandbox};
use async_trait::async_trait;
use camino::Utf8PathBuf;
use std::sync::Arc;

#[async_trait]
pub trait Bystander: Send + Sync + 'static {
    /// A command has failed; the sandbox is as it left it, and all that it said is in the log.
    async fn command_failed(&self, at: FailedAt);
}

/// Where a command has failed.
pub struct FailedAt {
    /// `project:uuid`.
    pub build: String,
    pub sandbox: Arc<dyn Sandbox>,
    /// A shell that finds directory and variables as the next command would.
    pub shell: Exec,
}

impl FailedAt {
    pub(super) fn new(placed: &Placed, known: &Understood, user: Option<String>) -> Self {
        let shell = known.spec.env.shell.as_deref().unwrap_or("sh");
        Self {
            build: placed.plan.id(),
            sandbox: placed.sandbox.clone(),
            shell: Exec {
                argv: placed.places().interactive(shell),
                env: known.env.clone(),
                dir: Utf8PathBuf::from("/codebuild/output"),
                user,
            },
        }
    }
}
