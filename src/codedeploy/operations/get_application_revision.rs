//! GetApplicationRevision: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetApplicationRevision.html>

use crate::codedeploy::{errors, revisions, validate, violations};
use crate::server::call::Call;
use crate::store::Committed;
use codedeploy_api::error::GetApplicationRevisionError;
use codedeploy_api::input::GetApplicationRevisionInput;
use codedeploy_api::output::GetApplicationRevisionOutput;

/// A revision with its content, which no other operation shows.
pub async fn get_application_revision(
    input: GetApplicationRevisionInput,
    call: Call,
) -> Result<GetApplicationRevisionOutput, GetApplicationRevisionError> {
    let tables = &call.app.codedeploy.tables;
    let name = input.application_name;
    let application = tables.find_application(&Committed, &call.scope, &name)?;
    violations::deferred("GetApplicationRevision", &call.deferred)?;
    validate::revisions::lookup(&input.revision)?;
    let asked = revisions::with_digest(input.revision);
    let key = (
        call.scope,
        application.id.clone(),
        revisions::identity(&asked),
    );
    let found = tables.revisions.get(&key);
    let revision = found.ok_or_else(errors::revision_not_found)?;
    Ok(GetApplicationRevisionOutput {
        application_name: Some(name),
        revision: Some(revision.location.clone()),
        revision_info: Some(revision.info()),
    })
}
