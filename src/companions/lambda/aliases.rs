//! What an alias may point to, and which version one call goes to.
//!
//! Invariant: an alias points to versions that are there, at most two, and to `$LATEST` only alone.

use super::companion::version_key;
use super::errors;
use super::names::{self, LATEST};
use super::store::{Alias, FunctionKey, Tables};
use crate::store::Txn;
use lambda_api::error::{InvalidParameterValueException, ResourceNotFoundException};
use lambda_api::model::AliasRoutingConfiguration;
use std::collections::BTreeMap;

/// The weights that a request asks for.
pub fn weights(routing: Option<AliasRoutingConfiguration>) -> BTreeMap<String, f64> {
    routing
        .and_then(|routing| routing.additional_version_weights)
        .unwrap_or_default()
}

/// Checks the alias against the versions as a write sees them.
pub fn check<E>(tables: &Tables, tx: &Txn, function: &FunctionKey, alias: &Alias) -> Result<(), E>
where
    E: From<ResourceNotFoundException> + From<InvalidParameterValueException>,
{
    for version in std::iter::once(&alias.version).chain(alias.weights.keys()) {
        exists(tables, tx, function, version)?;
    }
    if alias.weights.len() > 1 {
        return Err(errors::too_many_weights().into());
    }
    let Some((other, weight)) = alias.weights.iter().next() else {
        return Ok(());
    };
    if alias.version == LATEST || other == LATEST {
        return Err(errors::latest_is_not_shared().into());
    }
    if *other == alias.version {
        return Err(errors::version_twice(other).into());
    }
    match (0.0..=1.0).contains(weight) {
        true => Ok(()),
        false => Err(errors::invalid("A weight is a share from 0 to 1.").into()),
    }
}

fn exists(
    tables: &Tables,
    tx: &Txn,
    function: &FunctionKey,
    version: &str,
) -> Result<(), ResourceNotFoundException> {
    let number = names::number(version);
    let is_there = version == LATEST
        || number
            .is_some_and(|number| tx.contains(&tables.versions, &version_key(function, number)));
    match is_there {
        true => Ok(()),
        false => Err(errors::no_function(&names::arn(function, Some(version)))),
    }
}

/// The version that one call goes to; `roll` is a random number from 0 to 1.
pub fn pick(alias: &Alias, roll: f64) -> &str {
    let mut left = roll;
    for (version, weight) in &alias.weights {
        if left < *weight {
            return version;
        }
        left -= weight;
    }
    &alias.version
}

#[cfg(test)]
mod tests {
    use super::*;

    // Witness: developer guide, "Configure weighted alias": the rest of the calls goes to the alias's own version.
    #[test]
    fn calls_are_shared_by_weight() {
        let alias = |weight: f64| Alias {
            version: "1".to_owned(),
            description: String::new(),
            weights: BTreeMap::from([("2".to_owned(), weight)]),
            revision: String::new(),
        };
        let share = |weight: f64| {
            let rolls = (0..1000).map(|roll| f64::from(roll) / 1000.0);
            let alias = alias(weight);
            rolls.filter(|roll| pick(&alias, *roll) == "2").count()
        };
        assert_eq!(share(0.0), 0);
        assert_eq!(share(0.1), 100);
        assert_eq!(share(1.0), 1000);
    }
}
