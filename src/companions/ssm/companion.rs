//! `Ssm`: the store and its tables. A cheap clone.

use super::find::Absent;
use super::rows::Tables;
use crate::aws::Scope;
use crate::companions::{SecretValue, ValueError};
use crate::store::{Store, Txn};
use slipway_runtime::CommonError;

#[derive(Clone)]
pub struct Ssm {
    pub(super) store: Store,
    pub(super) tables: Tables,
}

impl Ssm {
    pub fn new(store: Store, tables: Tables) -> Self {
        Self { store, tables }
    }

    /// The decrypted value of what `name` means: a name, with a version or a label behind a colon, or an ARN.
    pub fn value(&self, scope: &Scope, name: &str) -> Result<SecretValue, ValueError> {
        match self.find(scope, name) {
            Ok(found) => Ok(SecretValue(found.version.value)),
            Err(Absent::Store(error)) => Err(ValueError::Failed(error.to_string())),
            Err(Absent::Parameter | Absent::Version(_)) => {
                Err(ValueError::NotFound(name.to_owned()))
            }
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
        written.map_err(super::errors::write)
    }
}
