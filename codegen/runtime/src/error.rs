//! Modelled errors.
//!
//! Invariant: every error has a `message`, sent in lower case, because AWS sends one even where the model has none;
//! and every error's schema carries `smithy.api#error`, without which rpcv2Cbor bodies lose their `__type`.

use std::sync::{Arc, LazyLock};

use aws_smithy_http_server::schema::HttpModeledError;
use aws_smithy_schema::serde::SerdeError;
use aws_smithy_schema::{Schema, StringTrait, TraitMap, shape_id};

use crate::value::Structure;

/// A generated error structure.
pub trait ModeledError: Structure + std::error::Error {
    /// What clients see as the error's code: the shape's name, for query services the code the model gives.
    const CODE: &'static str;
    /// The HTTP status it is answered with.
    const STATUS: u16;
    /// The model calls it the server's fault.
    const FAULT: bool;

    fn message(&self) -> &str;
}

/// An error that no model lists because any operation may answer it: access denied, a full disk.
#[derive(Clone)]
pub struct CommonError(Arc<dyn HttpModeledError>);

impl CommonError {
    pub fn new(error: impl HttpModeledError) -> Self {
        Self(Arc::new(error))
    }

    pub fn inner(&self) -> &dyn HttpModeledError {
        &*self.0
    }
}

impl PartialEq for CommonError {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl std::fmt::Debug for CommonError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl std::fmt::Display for CommonError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for CommonError {}

/// Traits of an error that is the client's fault.
pub static CLIENT_ERROR: LazyLock<TraitMap> = LazyLock::new(|| traits("client"));

/// Traits of an error that is the server's fault.
pub static SERVER_ERROR: LazyLock<TraitMap> = LazyLock::new(|| traits("server"));

pub(crate) fn traits(fault: &str) -> TraitMap {
    let mut traits = TraitMap::new();
    traits.insert(Box::new(StringTrait::new(
        shape_id!("smithy.api", "error"),
        fault,
    )));
    traits
}

/// The code of an error by its schema: the query code if the model gives one, else the shape's name.
pub fn error_code<'s>(schema: &'s Schema<'_>) -> &'s str {
    crate::query::string_trait(schema.traits(), crate::query::QUERY_ERROR)
        .unwrap_or_else(|| schema.shape_id().shape_name())
}

/// The sentence of a failed read, without the kind in front that `Display` of the error has.
pub fn serialization_message(error: &SerdeError) -> String {
    match error {
        SerdeError::TypeMismatch { message, .. } | SerdeError::InvalidInput { message, .. } => {
            message.clone()
        }
        other => other.to_string(),
    }
}
