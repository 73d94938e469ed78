//! `Lambda`: the store, its tables, the code, and what runs. A cheap clone.
//!
//! Invariant: a change sees the row as it is when it is written, and either all of it happens or nothing.

use super::code::Codes;
use super::errors;
use super::names::{self, LATEST, Named};
use super::outside::Outside;
use super::run::Runner;
use super::store::{Alias, AliasKey, Function, FunctionKey, Tables, Version, VersionKey};
use crate::aws::ids;
use crate::store::{Store, Txn, WriteError};
use lambda_api::error::{PreconditionFailedException, ResourceNotFoundException};
use std::io;
use std::sync::Arc;

#[derive(Clone)]
pub struct Lambda {
    pub(super) store: Store,
    pub(super) tables: Tables,
    pub(super) codes: Codes,
    pub(super) outside: Outside,
    pub(super) runner: Runner,
}

/// One version of a function, as a name and a qualifier lead to it.
pub(super) struct Found {
    pub function: Arc<Function>,
    /// `$LATEST` or a number.
    pub number: String,
    pub version: Version,
    pub alias: Option<Arc<Alias>>,
}

impl Lambda {
    pub fn open(store: Store, tables: Tables, outside: Outside) -> io::Result<Self> {
        let codes = Codes::open(&store.folder().join("functions"))?;
        codes.sweep(&tables.files())?;
        Ok(Self {
            store,
            tables,
            codes,
            outside,
            runner: Runner::default(),
        })
    }

    pub(super) async fn write<T, E>(
        &self,
        function: impl FnOnce(&Tables, &mut Txn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        self.try_write(function).await.map_err(WriteError::refused)
    }

    /// The same for callers that can say that the store failed.
    pub(super) async fn try_write<T, E>(
        &self,
        function: impl FnOnce(&Tables, &mut Txn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, WriteError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let tables = self.tables.clone();
        self.store.write(move |tx| function(&tables, tx)).await
    }

    pub(super) fn function(
        &self,
        key: &FunctionKey,
    ) -> Result<Arc<Function>, ResourceNotFoundException> {
        let found = self.tables.functions.get(key);
        found.ok_or_else(|| errors::no_function(&names::arn(key, None)))
    }

    /// The version that a qualifier leads to; an alias leads to its first one.
    pub(super) fn find(&self, named: &Named) -> Result<Found, ResourceNotFoundException> {
        let function = self.function(&named.key)?;
        let qualifier = named.qualifier.as_deref().unwrap_or(LATEST);
        let absent = || errors::no_function(&names::arn(&named.key, Some(qualifier)));
        if qualifier == LATEST {
            let version = function.latest.clone();
            return Ok(Found {
                function,
                number: LATEST.to_owned(),
                version,
                alias: None,
            });
        }
        let alias = match names::number(qualifier) {
            Some(_) => None,
            None => {
                let key = alias_key(&named.key, qualifier);
                Some(self.tables.aliases.get(&key).ok_or_else(absent)?)
            }
        };
        let number = alias.as_ref().map_or(qualifier, |alias| &alias.version);
        let version = self.version(&named.key, &function, number);
        Ok(Found {
            version: version.ok_or_else(absent)?,
            number: number.to_owned(),
            function,
            alias,
        })
    }

    /// The version of this number, `$LATEST` included.
    pub(super) fn version(
        &self,
        key: &FunctionKey,
        function: &Function,
        number: &str,
    ) -> Option<Version> {
        if number == LATEST {
            return Some(function.latest.clone());
        }
        let key = version_key(key, names::number(number)?);
        self.tables
            .versions
            .get(&key)
            .map(|version| Version::clone(&version))
    }

    /// Changes a function's row; gives what it is then.
    pub(super) async fn change<T, E>(
        &self,
        key: FunctionKey,
        change: impl FnOnce(&mut Function) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<ResourceNotFoundException> + Send + 'static,
    {
        let write = self.write(move |tables, tx| {
            let mut function = function_in(tables, tx, &key)?;
            let given = change(&mut function)?;
            tx.put(&tables.functions, key, function);
            Ok(given)
        });
        write.await
    }

    /// Removes what is kept ready of a function that is gone or has changed.
    pub(super) fn retire(&self, function: &FunctionKey) {
        self.runner.retire(function);
    }

    /// Removes archives that no row names any more.
    pub fn sweep(&self) -> io::Result<()> {
        self.codes.sweep(&self.tables.files())
    }
}

/// The function as a write sees it, to be changed and put back.
pub(super) fn function_in(
    tables: &Tables,
    tx: &Txn,
    key: &FunctionKey,
) -> Result<Function, ResourceNotFoundException> {
    let found = tx.get(&tables.functions, key);
    let found = found.ok_or_else(|| errors::no_function(&names::arn(key, None)))?;
    Ok(Function::clone(&found))
}

pub(super) fn alias_key(function: &FunctionKey, name: &str) -> AliasKey {
    (function.0.clone(), function.1.clone(), name.to_owned())
}

pub(super) fn version_key(function: &FunctionKey, number: u64) -> VersionKey {
    (function.0.clone(), function.1.clone(), number)
}

/// A change may say which revision it is a change of.
pub(super) fn check_revision(
    wanted: Option<&str>,
    found: &str,
) -> Result<(), PreconditionFailedException> {
    match wanted {
        Some(wanted) if wanted != found => Err(errors::other_revision()),
        _ => Ok(()),
    }
}

pub(super) fn new_revision() -> String {
    ids::uuid()
}
