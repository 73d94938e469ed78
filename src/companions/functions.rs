//! Functions and their aliases as engines see them.

use std::collections::BTreeMap;

/// An alias of a function as engines see it.
#[derive(Clone, Debug, PartialEq)]
pub struct AliasInfo {
    /// The alias's ARN.
    pub arn: String,
    /// `FunctionVersion`.
    pub version: String,
    /// `RoutingConfig.AdditionalVersionWeights`: a share of the calls from 0 to 1 by version.
    pub weights: BTreeMap<String, f64>,
    /// `RevisionId`: a new one with each change.
    pub revision: String,
}

/// Where an alias is to point from now on.
#[derive(Clone, Debug, PartialEq)]
pub struct AliasShift {
    pub version: String,
    /// Empty: all calls go to `version`.
    pub weights: BTreeMap<String, f64>,
    /// Refused when the alias has another revision by now.
    pub revision: Option<String>,
}

/// Why an alias could not be read or changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AliasError {
    #[error("the function does not exist")]
    NoSuchFunction,
    #[error("the alias does not exist")]
    NoSuchAlias,
    #[error("the version does not exist")]
    NoSuchVersion,
    /// Somebody else changed the alias in between.
    #[error("the alias was changed in between")]
    Changed,
    #[error("{0}")]
    Failed(String),
}

/// Why a function was not invoked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FunctionError {
    #[error("the function does not exist")]
    NoSuchFunction,
    #[error("{0}")]
    AccessDenied(String),
    #[error("{0}")]
    Failed(String),
}
