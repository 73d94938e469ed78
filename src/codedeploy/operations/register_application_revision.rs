//! RegisterApplicationRevision: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_RegisterApplicationRevision.html>

use crate::aws::Time;
use crate::codedeploy::revisions::{self, Revision};
use crate::codedeploy::{errors, validate, violations};
use crate::server::call::Call;
use crate::store::WriteError;
use codedeploy_api::error::RegisterApplicationRevisionError;
use codedeploy_api::input::RegisterApplicationRevisionInput;
use codedeploy_api::model::RevisionLocation;
use codedeploy_api::output::RegisterApplicationRevisionOutput;
use std::collections::BTreeSet;

/// Adds a revision, or gives one that is there another description; its object is not looked at.
pub async fn register_application_revision(
    input: RegisterApplicationRevisionInput,
    call: Call,
) -> Result<RegisterApplicationRevisionOutput, RegisterApplicationRevisionError> {
    let service = &call.app.codedeploy;
    let (tables, scope, now) = (service.tables.clone(), call.scope, call.now);
    let deferred = call.deferred;
    let written = service.store.write(move |tx| {
        let application = tables.find_application(tx, &scope, &input.application_name)?;
        violations::deferred("RegisterApplicationRevision", &deferred)?;
        validate::revisions::register(application.platform, &input.revision)?;
        let length = input
            .description
            .as_deref()
            .map_or(0, |text| text.chars().count());
        if length > LONGEST {
            return Err(RegisterApplicationRevisionError::from(
                errors::description_too_long(LONGEST),
            ));
        }
        let location = revisions::with_digest(input.revision);
        let key = (
            scope,
            application.id.clone(),
            revisions::identity(&location),
        );
        let present = tx.get(&tables.revisions, &key);
        let revision = Revision {
            description: input.description,
            ..present.map_or_else(|| first(location, now), |row| (*row).clone())
        };
        tx.put(&tables.revisions, key, revision);
        Ok(())
    });
    written.await.map_err(WriteError::refused)?;
    Ok(RegisterApplicationRevisionOutput::default())
}

/// Characters of a description.
const LONGEST: usize = 256;

fn first(location: RevisionLocation, now: Time) -> Revision {
    Revision {
        location,
        description: None,
        registered: now,
        first_used: None,
        last_used: None,
        target_of: BTreeSet::new(),
    }
}
