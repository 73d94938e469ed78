//! What the block `batch` of a buildspec asks for, whichever strategy it uses: a list of tasks.
//!
//! Values of variables may be secrets and stay out of `Debug`.

use serde::{Deserialize, Serialize};

/// The group of every batch that reads the buildspec; no task may have its name.
pub const BATCHSPEC: &str = "DOWNLOAD_SOURCE";

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchSpec {
    /// The first failure stops everything.
    pub fast_fail: bool,
    /// In the order of the file. Dependencies exist and have no cycle.
    pub tasks: Vec<Task>,
}

/// One build of a batch: what is different from the project's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Unique in its batch: letters, digits and underscores.
    pub identifier: String,
    pub depends_on: Vec<String>,
    pub ignore_failure: bool,
    /// A path or an inline text; `None`: the same as the batch's.
    pub buildspec: Option<String>,
    pub debug_session: bool,
    pub env: TaskEnv,
    /// Its part of the tests that equal builds share.
    #[serde(default)]
    pub shard: Option<Shard>,
}

/// Which part of the tests, counted from 0, of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    pub index: u32,
    pub of: u32,
}

/// What is said replaces the project's; variables come beside the project's and win over them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskEnv {
    pub compute: Option<String>,
    /// A name or an ARN.
    pub fleet: Option<String>,
    pub image: Option<String>,
    pub privileged: Option<bool>,
    pub kind: Option<String>,
    pub variables: Vec<(String, String)>,
}

impl Task {
    /// A build with nothing special.
    pub fn named(identifier: String) -> Self {
        Self {
            identifier,
            ..Self::default()
        }
    }
}

impl std::fmt::Debug for TaskEnv {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&String> = self.variables.iter().map(|(name, _)| name).collect();
        f.debug_struct("TaskEnv")
            .field("compute", &self.compute)
            .field("fleet", &self.fleet)
            .field("image", &self.image)
            .field("privileged", &self.privileged)
            .field("kind", &self.kind)
            .field("variables", &names)
            .finish()
    }
}
