//! Report groups as a build sees them: their names, what is exported from them, and the words for what goes wrong.

use super::format::Kind;
use crate::aws::{Account, Arn, Scope, Time};
use crate::engine::build::event::Failure;

/// A build asks for a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub name: String,
    pub kind: Kind,
    /// It is made if it is not there.
    pub make: bool,
    pub now: Time,
}

/// The group a report goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub name: String,
    /// Where the files are copied to; `None`: nowhere.
    pub export: Option<Export>,
}

/// Raw report files in S3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    pub bucket: String,
    /// The account that must own the bucket; `None`: the group's own.
    pub owner: Option<Account>,
    /// May be empty.
    pub path: String,
    pub zipped: bool,
    /// `None`: not encrypted.
    pub kms_key: Option<String>,
}

/// Why a group takes no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GroupRefused {
    #[error("report group {0} does not exist")]
    NotFound(String),
    #[error("report group {group} takes no {} reports", .kind.as_str())]
    OtherKind { group: String, kind: Kind },
    /// What the service said.
    #[error("{0}")]
    Refused(String),
}

/// The group's name for a key of the buildspec's `reports`: an ARN names a group of this account and region, any other text one
/// of the project. The flag says whether it has to be there already.
pub fn group_name(scope: &Scope, project: &str, key: &str) -> Result<(String, bool), GroupRefused> {
    if !key.starts_with("arn:") {
        return Ok((format!("{project}-{key}"), false));
    }
    let arn = Arn::parse(key).filter(|arn| arn.service == "codebuild");
    let ours = arn.filter(|arn| arn.scope().as_ref() == Some(scope));
    let name = ours
        .as_ref()
        .and_then(|arn| arn.resource.strip_prefix("report-group/"));
    match name.filter(|name| !name.is_empty()) {
        Some(name) => Ok((name.to_owned(), true)),
        None => Err(GroupRefused::NotFound(key.to_owned())),
    }
}

impl Export {
    /// The folder of a report: `[path/]<group>/<uuid>`.
    pub fn folder(&self, group: &str, uuid: &str) -> String {
        match self.path.trim_matches('/') {
            "" => format!("{group}/{uuid}"),
            path => format!("{path}/{group}/{uuid}"),
        }
    }
}

/// Files that the buildspec names and nobody wrote.
pub fn missing(group: &str, dir: &str, files: &[String]) -> String {
    let files = files.join(", ");
    format!("{group}: [report files not found in cwd: {dir}, files: {files}]")
}

/// The failure of UPLOAD_ARTIFACTS when groups could not be served.
pub fn unfinished(groups: &[String]) -> Failure {
    let groups = groups.join(", ");
    Failure::client(format!("Error in UPLOAD_ARTIFACTS phase: [{groups}]"))
}
