//! Parameters and secrets as engines see them.
//!
//! Invariant: a value is never shown by accident.

/// Why a value of a parameter or a secret could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    #[error("{0} does not exist")]
    NotFound(String),
    #[error("{0}")]
    Failed(String),
}

/// A value that must not be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretValue(pub String);

impl std::fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretValue(…)")
    }
}
