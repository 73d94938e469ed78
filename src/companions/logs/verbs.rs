//! What engines ask of logs, in process.

use super::append::append;
use super::companion::Logs;
use super::store::{Group, Tables};
use crate::aws::{Scope, Time};
use crate::companions::{LogLine, ObjectError};
use crate::store::{Txn, WriteError};
use std::collections::BTreeMap;

impl Logs {
    pub fn has_group(&self, scope: &Scope, group: &str) -> bool {
        let key = (scope.clone(), group.to_owned());
        self.tables.groups.contains(&key)
    }

    /// Creates group and stream where they are absent.
    pub async fn open_stream(
        &self,
        scope: &Scope,
        group: &str,
        stream: &str,
        now: Time,
    ) -> Result<(), ObjectError> {
        let key = (scope.clone(), group.to_owned(), stream.to_owned());
        if self.tables.streams.contains(&key) {
            return Ok(());
        }
        let opened = key.clone();
        let written = self.try_write::<(), ()>(move |tables, tx| {
            ensure_group(tables, tx, (opened.0.clone(), opened.1.clone()), now);
            if !tx.contains(&tables.streams, &opened) {
                tables.add_stream(tx, opened, now);
            }
            Ok(())
        });
        written
            .await
            .map_err(|error| failed(error.fold(|()| String::new(), |e| e.to_string())))?;
        self.changed(&key);
        Ok(())
    }

    /// Appends in order; durable and visible to readers and followers when it returns.
    pub async fn append(
        &self,
        scope: &Scope,
        group: &str,
        stream: &str,
        lines: Vec<LogLine>,
        now: Time,
    ) -> Result<(), ObjectError> {
        let key = (scope.clone(), group.to_owned(), stream.to_owned());
        let at = key.clone();
        let written = self.try_write(move |tables, tx| append(tables, tx, at, lines, now));
        let written: Result<_, WriteError<_>> = written.await;
        written.map_err(|error| failed(error.fold(|e| e.to_string(), |e| e.to_string())))?;
        self.changed(&key);
        Ok(())
    }
}

fn ensure_group(tables: &Tables, tx: &mut Txn, key: (Scope, String), now: Time) {
    if tx.contains(&tables.groups, &key) {
        return;
    }
    let group = Group {
        created: now,
        retention_days: None,
        class: "STANDARD".to_owned(),
        kms_key: None,
        tags: BTreeMap::new(),
        protected: false,
    };
    tx.put(&tables.groups, key, group);
}

fn failed(cause: String) -> ObjectError {
    ObjectError::Failed(format!("the log cannot be written: {cause}"))
}
