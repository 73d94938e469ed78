//! What engines ask of aliases and versions, in process.

use super::aliases;
use super::companion::{Lambda, alias_key, new_revision};
use super::names::{self, LATEST, Named};
use super::store::{Alias, AliasKey, FunctionKey};
use crate::aws::Scope;
use crate::companions::{AliasError, AliasInfo, AliasShift};
use lambda_api::error::UpdateAliasError;

impl Lambda {
    pub fn alias_info(
        &self,
        scope: &Scope,
        function: &str,
        alias: &str,
    ) -> Result<AliasInfo, AliasError> {
        let key = alias_key(&self.known(scope, function)?, alias);
        let row = self
            .tables
            .aliases
            .get(&key)
            .ok_or(AliasError::NoSuchAlias)?;
        Ok(info(&key, &row))
    }

    pub fn check_published(
        &self,
        scope: &Scope,
        function: &str,
        version: &str,
    ) -> Result<(), AliasError> {
        let key = self.known(scope, function)?;
        let row = self
            .function(&key)
            .map_err(|_| AliasError::NoSuchFunction)?;
        match self.version(&key, &row, version) {
            Some(_) if version != LATEST => Ok(()),
            _ => Err(AliasError::NoSuchVersion),
        }
    }

    /// Durable when it returns.
    pub async fn shift(
        &self,
        scope: &Scope,
        function: &str,
        alias: &str,
        shift: AliasShift,
    ) -> Result<AliasInfo, AliasError> {
        let function = self.known(scope, function)?;
        let key = alias_key(&function, alias);
        let write = self.try_write(move |tables, tx| {
            let row = tx
                .get(&tables.aliases, &key)
                .ok_or(AliasError::NoSuchAlias)?;
            if shift
                .revision
                .is_some_and(|revision| revision != row.revision)
            {
                return Err(AliasError::Changed);
            }
            let row = Alias {
                version: shift.version,
                weights: shift.weights,
                revision: new_revision(),
                description: row.description.clone(),
            };
            aliases::check::<UpdateAliasError>(tables, tx, &function, &row).map_err(refused)?;
            let shown = info(&key, &row);
            tx.put(&tables.aliases, key, row);
            Ok(shown)
        });
        let written = write.await;
        written.map_err(|error| {
            error.fold(
                |refused| refused,
                |lost| AliasError::Failed(lost.to_string()),
            )
        })
    }

    /// The key of a function that is there; its qualifier, if it is named with one, does not matter.
    fn known(&self, scope: &Scope, function: &str) -> Result<FunctionKey, AliasError> {
        let named = names::parse::<UpdateAliasError>(scope, function, None);
        let Ok(Named { key, .. }) = named else {
            return Err(AliasError::NoSuchFunction);
        };
        match self.tables.functions.contains(&key) {
            true => Ok(key),
            false => Err(AliasError::NoSuchFunction),
        }
    }
}

fn refused(error: UpdateAliasError) -> AliasError {
    match error {
        UpdateAliasError::ResourceNotFoundException(_) => AliasError::NoSuchVersion,
        other => AliasError::Failed(other.to_string()),
    }
}

fn info(key: &AliasKey, alias: &Alias) -> AliasInfo {
    AliasInfo {
        arn: names::arn(&(key.0.clone(), key.1.clone()), Some(&key.2)),
        version: alias.version.clone(),
        weights: alias.weights.clone(),
        revision: alias.revision.clone(),
    }
}
