//! What a revision says about itself: `appspec.yml` as the agent reads it.
//!
//! Pure, and bounded in size, depth and aliases: any bytes may come in. Source: contract, codedeploy section 8.5.

mod access;
mod context;
mod parse;
mod scalar;

#[cfg(test)]
mod tests;

pub use access::{Access, Acl};
pub use context::{Context, Range};
pub use parse::parse;

use super::errors::{Done, Fault};
use std::time::Duration;

/// The name that is looked for when nobody says another one.
pub const DEFAULT_NAME: &str = "appspec.yml";

/// An AppSpec that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppSpec {
    pub files: Vec<FileMapping>,
    /// Wins over what the deployment asks for.
    pub file_exists_behavior: Option<FileExistsBehavior>,
    pub permissions: Vec<Permission>,
    /// Events with their scripts, in the order of the file; an event without scripts is left out.
    pub hooks: Vec<(String, Vec<Script>)>,
}

/// A file or folder of the revision, and the folder of the host that it goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMapping {
    pub source: String,
    pub destination: String,
}

/// What is done about a file that is in the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileExistsBehavior {
    #[default]
    Disallow,
    Overwrite,
    Retain,
}

/// One script of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Below the revision's folder.
    pub location: String,
    pub timeout: Duration,
    pub runas: Option<String>,
    pub sudo: bool,
}

/// What is to be set on files and folders that the deployment makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    pub object: String,
    /// [`ALL`], or a glob of one level.
    pub pattern: String,
    pub except: Vec<String>,
    pub files: bool,
    pub directories: bool,
    pub owner: Option<String>,
    pub group: Option<String>,
    /// Three or four octal digits.
    pub mode: Option<String>,
    pub acls: Option<Acl>,
    pub context: Option<Context>,
}

/// The pattern that matches at any depth.
pub const ALL: &str = "**";

impl AppSpec {
    /// The scripts of an event.
    pub fn scripts(&self, event: &str) -> &[Script] {
        let found = self.hooks.iter().find(|(name, _)| name == event);
        found.map_or(&[], |(_, scripts)| scripts)
    }

    /// Refuses events that are not among those a deployment can have.
    pub fn check_events(&self, possible: &[String]) -> Done<()> {
        let names = self.hooks.iter().map(|(name, _)| name.as_str());
        let unknown: Vec<&str> = names
            .filter(|name| !possible.iter().any(|known| known == name))
            .collect();
        match unknown.is_empty() {
            true => Ok(()),
            false => Err(super::errors::unknown_events(&unknown)),
        }
    }
}

impl FileExistsBehavior {
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match text {
            "DISALLOW" => Ok(Self::Disallow),
            "OVERWRITE" => Ok(Self::Overwrite),
            "RETAIN" => Ok(Self::Retain),
            other => Err(super::errors::file_exists_behavior(other)),
        }
    }
}
