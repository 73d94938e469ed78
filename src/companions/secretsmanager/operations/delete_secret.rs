//! `DeleteSecret`: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html>

use crate::companions::secretsmanager::errors;
use crate::companions::secretsmanager::rows::Deletion;
use crate::server::Call;
use secretsmanager_api::error::{DeleteSecretError, InvalidParameterException};
use secretsmanager_api::input::DeleteSecretInput;
use secretsmanager_api::output::DeleteSecretOutput;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Marks a secret for deletion, or deletes it at once.
pub async fn delete_secret(
    input: DeleteSecretInput,
    call: Call,
) -> Result<DeleteSecretOutput, DeleteSecretError> {
    let force = input.force_delete_without_recovery.unwrap_or(false);
    let days = days(input.recovery_window_in_days, force)?;
    let now = call.now;
    let write = call.app.secretsmanager.write(move |tables, tx| {
        let found = tables.find_in(tx, &call.scope, &input.secret_id, now);
        let (key, mut secret) = match found {
            Ok(found) => found,
            // What is to be gone may be gone already.
            Err(_) if force && !input.secret_id.starts_with("arn:") => {
                return Ok(absent(input.secret_id, now));
            }
            Err(error) => return Err(DeleteSecretError::from(error)),
        };
        if secret.deleted.is_some() && !force {
            return Err(errors::deleted().into());
        }
        let gone = if force { now } else { now + DAY * days };
        let shown = DeleteSecretOutput {
            arn: Some(secret.arn(&key)),
            name: Some(key.1.clone()),
            deletion_date: Some(gone.wire()),
        };
        match force {
            true => tables.remove(tx, &key),
            false => {
                secret.deleted = Some(Deletion { asked: now, gone });
                tx.put(&tables.secrets, key, secret);
            }
        }
        Ok(shown)
    });
    write.await
}

fn absent(name: String, now: crate::aws::Time) -> DeleteSecretOutput {
    DeleteSecretOutput {
        arn: None,
        name: Some(name),
        deletion_date: Some(now.wire()),
    }
}

fn days(window: Option<i64>, force: bool) -> Result<u32, InvalidParameterException> {
    match (window, force) {
        (Some(_), true) => Err(errors::invalid(
            "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
        )),
        (None, _) => Ok(30),
        (Some(days), false) => u32::try_from(days)
            .ok()
            .filter(|days| (7..=30).contains(days))
            .ok_or_else(|| {
                errors::invalid(
                    "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
                )
            }),
    }
}
