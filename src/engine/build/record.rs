//! What a build leaves behind: its reports and the ends of its phases while it runs, itself when it is over.

use super::command_run::CommandRun;
use super::reports::Report;
use super::state::BuildState;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// What was found in the files of one report group.
    Reported(Box<Report>),
    /// A command of a sandbox, as it stands now.
    Commanded(Box<CommandRun>),
    /// A phase has ended and another one runs: the build as it is now.
    PhaseEnded(Box<BuildState>),
    /// The build is complete, and with it its last phase; nothing comes after it.
    Finished(Box<BuildState>),
}

impl Record {
    /// The finished build, if it is that.
    pub fn finished(&self) -> Option<&BuildState> {
        match self {
            Record::Finished(build) => Some(build),
            Record::Reported(_) | Record::Commanded(_) | Record::PhaseEnded(_) => None,
        }
    }
}
