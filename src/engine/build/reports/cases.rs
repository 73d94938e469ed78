//! Test cases, and which of them a report keeps.

use serde::{Deserialize, Serialize};

/// Test cases of one report; of more, failures are kept first.
pub const MOST_CASES: usize = 500;
const LONGEST_NAME: usize = 1_000;
const LONGEST_MESSAGE: usize = 5_000;

/// One test case as its file tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The file's path, relative to the base directory.
    pub file: String,
    /// Mostly the class.
    pub prefix: String,
    pub name: String,
    pub suite: Option<String>,
    pub status: CaseStatus,
    pub nanos: u64,
    /// Empty unless there is something to say.
    pub message: String,
}

#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum CaseStatus {
    Error,
    Failed,
    Skipped,
    Succeeded,
    #[default]
    Unknown,
}

impl CaseStatus {
    pub const ALL: [CaseStatus; 5] = [
        CaseStatus::Error,
        CaseStatus::Failed,
        CaseStatus::Skipped,
        CaseStatus::Succeeded,
        CaseStatus::Unknown,
    ];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            CaseStatus::Error => "ERROR",
            CaseStatus::Failed => "FAILED",
            CaseStatus::Skipped => "SKIPPED",
            CaseStatus::Succeeded => "SUCCEEDED",
            CaseStatus::Unknown => "UNKNOWN",
        }
    }

    /// Whether a report with such a case has failed.
    pub fn is_failure(self) -> bool {
        matches!(self, CaseStatus::Error | CaseStatus::Failed)
    }
}

/// At most 500 cases in their order, failures before others if not all can stay; texts that are too long are cut. The flag says
/// whether cases were left out.
pub fn kept(cases: Vec<Case>) -> (Vec<Case>, bool) {
    let truncated = cases.len() > MOST_CASES;
    let failures = cases.iter().filter(|case| case.status.is_failure()).count();
    let mut room = [
        failures.min(MOST_CASES),
        MOST_CASES - failures.min(MOST_CASES),
    ];
    let stays = |case: &Case| {
        let room = &mut room[usize::from(!case.status.is_failure())];
        let stays = *room > 0;
        *room -= usize::from(stays);
        stays
    };
    let kept = cases.into_iter().filter(stays).map(shortened).collect();
    (kept, truncated)
}

fn shortened(mut case: Case) -> Case {
    cut(&mut case.name, LONGEST_NAME);
    cut(&mut case.prefix, LONGEST_NAME);
    cut(&mut case.message, LONGEST_MESSAGE);
    if let Some(suite) = &mut case.suite {
        cut(suite, LONGEST_NAME);
    }
    case
}

fn cut(text: &mut String, most: usize) {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
    }
}
