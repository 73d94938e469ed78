//! `UpdateSecretVersionStage`: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html>

use crate::companions::secretsmanager::rows::{CURRENT, Secret};
use crate::companions::secretsmanager::{errors, versions};
use crate::server::Call;
use secretsmanager_api::error::UpdateSecretVersionStageError;
use secretsmanager_api::input::UpdateSecretVersionStageInput;
use secretsmanager_api::output::UpdateSecretVersionStageOutput;

/// Moves a staging label to a version, or takes it off one.
pub async fn update_secret_version_stage(
    input: UpdateSecretVersionStageInput,
    call: Call,
) -> Result<UpdateSecretVersionStageOutput, UpdateSecretVersionStageError> {
    let write = call.app.secretsmanager.write(move |tables, tx| {
        let (key, mut secret) = tables.live_in::<UpdateSecretVersionStageError>(
            tx,
            &call.scope,
            &input.secret_id,
            call.now,
        )?;
        change(&mut secret, &input)?;
        secret.changed = call.now;
        let shown = UpdateSecretVersionStageOutput {
            arn: Some(secret.arn(&key)),
            name: Some(key.1.clone()),
        };
        tx.put(&tables.secrets, key, secret);
        Ok(shown)
    });
    write.await
}

/// A label that some version has is only taken from there if the request says so.
fn change(
    secret: &mut Secret,
    input: &UpdateSecretVersionStageInput,
) -> Result<(), UpdateSecretVersionStageError> {
    let stage = &input.version_stage;
    let (from, to) = (&input.remove_from_version_id, &input.move_to_version_id);
    for id in from.iter().chain(to) {
        if !secret.versions.contains_key(id) {
            return Err(errors::no_version(id).into());
        }
    }
    let holder = secret.staged(stage).cloned();
    if holder.is_some() && holder != *from && holder != *to {
        return Err(errors::invalid(format!(
            "The parameter RemoveFromVersionId can't be empty. Staging label {stage} is currently attached to version {}, so \
             you must explicitly reference that version in RemoveFromVersionId.",
            holder.unwrap_or_default()
        ))
        .into());
    }
    match (from, to) {
        (_, Some(to)) => versions::move_stage(secret, stage, to),
        (Some(_), None) if stage == CURRENT => {
            return Err(errors::invalid(
                "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
            )
            .into());
        }
        (Some(from), None) => {
            if let Some(version) = secret.versions.get_mut(from) {
                version.stages.remove(stage);
            }
        }
        (None, None) => {}
    }
    Ok(())
}
