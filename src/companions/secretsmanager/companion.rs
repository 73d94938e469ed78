//! `SecretsManager`: the store and its tables. A cheap clone.

use super::errors;
use super::find::Asked;
use super::rows::{Tables, Value};
use crate::aws::{Scope, Time};
use crate::companions::{SecretValue, ValueError};
use crate::store::{Store, Txn};
use secretsmanager_api::error::GetSecretValueError;
use slipway_runtime::CommonError;

#[derive(Clone)]
pub struct SecretsManager {
    pub(super) store: Store,
    pub(super) tables: Tables,
}

impl SecretsManager {
    pub fn new(store: Store, tables: Tables) -> Self {
        Self { store, tables }
    }

    /// The text of a version of a secret, by name or ARN; AWSCURRENT when neither stage nor version is named.
    pub fn text(
        &self,
        scope: &Scope,
        id: &str,
        stage: Option<&str>,
        version: Option<&str>,
        now: Time,
    ) -> Result<SecretValue, ValueError> {
        let asked = Asked {
            id,
            version,
            stage,
            now,
        };
        let found = self.version(scope, &asked);
        let found = found.map_err(|error| match error {
            GetSecretValueError::ResourceNotFoundException(error) => {
                ValueError::NotFound(error.message)
            }
            error => ValueError::Failed(error.to_string()),
        })?;
        match found.value {
            Value::Text(text) => Ok(SecretValue(text)),
            Value::Bytes(_) => Err(ValueError::Failed(format!(
                "the secret {id} is binary, not text"
            ))),
        }
    }

    /// Runs a write of an operation; a failing store becomes the operation's answer.
    pub(super) async fn write<T, E>(
        &self,
        function: impl FnOnce(&Tables, &mut Txn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<CommonError> + Send + 'static,
    {
        let tables = self.tables.clone();
        let written = self.store.write(move |tx| function(&tables, tx)).await;
        written.map_err(errors::write)
    }
}
