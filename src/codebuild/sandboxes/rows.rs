//! The tables of sandboxes and of the commands that ran in them.
//!
//! Invariant: what is kept of a command is written in the commit in which the sandbox learns of it.

use crate::aws::{Scope, Time};
use crate::codebuild::named::LAST;
use crate::codebuild::pages::{List, Page};
use crate::codebuild::settings::Settings;
use crate::engine::build::command_run::CommandRun;
use crate::store::{Builder, Records, Txn};

/// Scope and the sandbox's id, `project:uuid`.
pub type SandboxKey = (Scope, String);

/// Cheap to clone.
#[derive(Clone)]
pub struct Sandboxes {
    /// Of every sandbox, live or finished.
    pub settings: Records<SandboxKey, Settings>,
    /// Scope, project (or none for all), start, id.
    by_time: Records<(Scope, String, Time, String), ()>,
    /// Scope, sandbox and number.
    commands: Records<(Scope, String, u64), CommandRun>,
    /// Numbers of commands by sandbox and id.
    numbers: Records<(Scope, String, String), u64>,
}

impl Sandboxes {
    pub fn declare(b: &mut Builder) -> Self {
        Self {
            settings: b.records("codebuild.sandbox_settings"),
            by_time: b.records("codebuild.sandboxes_by_time"),
            commands: b.records("codebuild.commands"),
            numbers: b.records("codebuild.command_numbers"),
        }
    }

    /// Puts a new sandbox into the lists.
    pub(super) fn place(&self, tx: &mut Txn, key: &SandboxKey, project: &str, start: Time) {
        for project in ["", project] {
            let at = (key.0.clone(), project.to_owned(), start, key.1.clone());
            tx.put_record(&self.by_time, at, ());
        }
    }

    /// A page of ids in the order in which the sandboxes were started.
    pub fn ids(&self, scope: &Scope, project: Option<&str>, list: &List<'_>) -> Page<String> {
        let project = project.unwrap_or_default();
        let at = |millis, id: &str| {
            let time = Time::from_millis(millis);
            (scope.clone(), project.to_owned(), time, id.to_owned())
        };
        let (first, last) = (at(i64::MIN, ""), at(i64::MAX, LAST));
        list.page(first, last, |range, direction, limit| {
            let rows = self.by_time.range(range, direction, limit);
            let rows = rows.unwrap_or_else(|fault| fault.raise());
            let ids = rows.into_iter().map(|(at, ())| (at.clone(), at.3));
            ids.collect()
        })
    }

    /// Keeps a command as it stands.
    pub fn keep_command(&self, tx: &mut Txn, sandbox: &SandboxKey, run: CommandRun) {
        let (scope, id) = sandbox.clone();
        let name = (scope.clone(), id.clone(), run.id.clone());
        tx.put_record(&self.numbers, name, run.number);
        tx.put_record(&self.commands, (scope, id, run.number), run);
    }

    pub fn command(&self, sandbox: &SandboxKey, id: &str) -> Option<CommandRun> {
        let (scope, sandbox) = sandbox.clone();
        let name = (scope.clone(), sandbox.clone(), id.to_owned());
        let number = self.numbers.get(&name);
        let number = number.unwrap_or_else(|fault| fault.raise())?;
        let found = self.commands.get(&(scope, sandbox, number));
        found.unwrap_or_else(|fault| fault.raise())
    }

    /// A page of a sandbox's commands in the order in which they were submitted.
    pub fn commands(&self, sandbox: &SandboxKey, list: &List<'_>) -> Page<CommandRun> {
        let at = |number| (sandbox.0.clone(), sandbox.1.clone(), number);
        list.page(at(0), at(u64::MAX), |range, direction, limit| {
            let rows = self.commands.range(range, direction, limit);
            rows.unwrap_or_else(|fault| fault.raise())
        })
    }
}
