//! BatchGetApplicationRevisions: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetApplicationRevisions.html>

use crate::codedeploy::{errors, revisions, validate, violations};
use crate::server::call::Call;
use crate::store::Committed;
use codedeploy_api::error::BatchGetApplicationRevisionsError;
use codedeploy_api::input::BatchGetApplicationRevisionsInput;
use codedeploy_api::model::RevisionInfo;
use codedeploy_api::output::BatchGetApplicationRevisionsOutput;

/// Revisions in the order asked for; how many are not there is told in the error message.
pub async fn batch_get_application_revisions(
    input: BatchGetApplicationRevisionsInput,
    call: Call,
) -> Result<BatchGetApplicationRevisionsOutput, BatchGetApplicationRevisionsError> {
    let count = input.revisions.len();
    if count == 0 {
        return Err(errors::revision_missing().into());
    }
    if count > MOST {
        return Err(errors::batch_too_large(count, MOST).into());
    }
    let tables = &call.app.codedeploy.tables;
    let name = input.application_name;
    let application = tables.find_application(&Committed, &call.scope, &name)?;
    violations::deferred("BatchGetApplicationRevisions", &call.deferred)?;
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for asked in input.revisions {
        validate::revisions::lookup(&asked)?;
        let asked = revisions::with_digest(asked);
        let identity = revisions::identity(&asked);
        let words = identity.split('\0').filter(|word| !word.is_empty());
        let words = words.collect::<Vec<_>>().join(" ");
        let key = (call.scope.clone(), application.id.clone(), identity);
        match tables.revisions.get(&key) {
            Some(row) => found.push(RevisionInfo {
                revision_location: Some(revisions::without_content(row.location.clone())),
                generic_revision_info: Some(row.info()),
            }),
            None => missing.push(words),
        }
    }
    let message = match missing[..] {
        [] => String::new(),
        _ => format!("No revision found for: {}", missing.join(", ")),
    };
    Ok(BatchGetApplicationRevisionsOutput {
        application_name: Some(name),
        error_message: Some(message),
        revisions: Some(found),
    })
}

const MOST: usize = 25;
