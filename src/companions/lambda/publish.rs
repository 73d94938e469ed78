//! Versions: what `$LATEST` is now, under a number of its own.
//!
//! Invariant: a version is only made when something has changed since the last one.

use super::companion::{new_revision, version_key};
use super::store::{Function, FunctionKey, Tables, Version};
use super::view;
use crate::aws::Time;
use crate::store::Txn;
use lambda_api::model::FunctionConfiguration;
use std::sync::Arc;

impl Function {
    /// Publishes and shows the version; `self` is to be put back after it. Without a time, the version is as old as `$LATEST`.
    pub fn publish(
        &mut self,
        tables: &Tables,
        tx: &mut Txn,
        key: &FunctionKey,
        description: Option<String>,
        now: Option<Time>,
    ) -> FunctionConfiguration {
        if let Some(last) = self.unchanged(tables, tx, key) {
            return shown(key, self.published, &last);
        }
        let mut version = self.latest.clone();
        if let Some(description) = description {
            version.settings.description = description;
        }
        version.modified = now.unwrap_or(version.modified);
        version.revision = new_revision();
        self.published += 1;
        let shown = shown(key, self.published, &version);
        tx.put(&tables.versions, version_key(key, self.published), version);
        shown
    }

    /// The last version, if it still is what `$LATEST` is.
    fn unchanged(&self, tables: &Tables, tx: &Txn, key: &FunctionKey) -> Option<Arc<Version>> {
        let last = tx.get(&tables.versions, &version_key(key, self.published))?;
        let mut settings = last.settings.clone();
        settings.description = self.latest.settings.description.clone();
        let same_code = last.code.sha256 == self.latest.code.sha256;
        (same_code && settings == self.latest.settings).then_some(last)
    }
}

fn shown(key: &FunctionKey, number: u64, version: &Version) -> FunctionConfiguration {
    let number = number.to_string();
    view::configuration(key, Some(&number), &number, version)
}
