//! Customers' and partners' types: a worker polls for the job and says how it ended.

use super::super::prepare::Start;

pub(super) fn start() -> Start {
    Start {
        job: Some(None),
        ..Start::default()
    }
}

/// Another job, which has the token.
pub(super) fn continued(token: String) -> Start {
    Start {
        job: Some(Some(token)),
        ..Start::default()
    }
}
