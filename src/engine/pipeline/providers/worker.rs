//! Customers' and partners' types: a worker polls for the job and says how it ended.
//!
//! A customer may have deleted the type meanwhile; then nobody can poll for the job, and its action fails (contract §3.3).

use super::super::Effect;
use super::super::plan::ActionKind;
use super::super::prepare::{Job, Start};
use super::super::run::ActionError;

pub(super) fn start(job: &Job) -> Start {
    let kind = &job.action.kind;
    let is_custom = kind.owner == "Custom";
    Start {
        effect: is_custom.then(|| Effect::LookForType {
            order: job.order(),
            kind: kind.clone(),
        }),
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

/// The type was deleted after the pipeline was declared; our words.
pub fn deleted(kind: &ActionKind) -> ActionError {
    let ActionKind {
        category,
        owner,
        provider,
        version,
    } = kind;
    ActionError::configuration(format!(
        "The action type {category}/{owner}/{provider}/{version} was deleted, so no worker can do the job. Create it again with the same definition, or edit the pipeline."
    ))
}
