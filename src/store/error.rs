//! What can go wrong with the store, in words a person can act on.

use camino::Utf8PathBuf;

/// A failure of the store itself. Nothing of the write that met it was kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    #[error("the data folder {folder} cannot be used: {cause}")]
    Folder { folder: Utf8PathBuf, cause: String },
    #[error(
        "the data folder {folder} is in use by another slipway{owner}; stop that one or choose another folder with --data-dir"
    )]
    Locked {
        folder: Utf8PathBuf,
        /// Such as ` (process 4711)`; empty when unknown.
        owner: String,
    },
    #[error(
        "{file} was written by a newer slipway: its format is {found}, this one knows formats up to {known}; use the newer slipway or another --data-dir"
    )]
    Newer {
        file: Utf8PathBuf,
        found: u64,
        known: u64,
    },
    #[error("{file} cannot be {action}: {cause}")]
    Disk {
        file: Utf8PathBuf,
        /// Such as `opened` or `written`.
        action: &'static str,
        cause: String,
    },
    #[error("table {table}: the row with key {key} cannot be read: {cause}")]
    Undecodable {
        table: String,
        key: String,
        cause: String,
    },
    #[error("table {table}: the row with key {key} cannot be stored: {cause}")]
    Unencodable {
        table: String,
        key: String,
        cause: String,
    },
    #[error("table {0} is declared twice, or its name is reserved")]
    Declaration(String),
    #[error("a write panicked and was dropped: {0}")]
    Panicked(String),
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// For code that has no error of its own for a failing store: unwinds to the edge, which answers with the text. Nothing is
    /// printed on the way, since nothing is wrong with the program.
    pub fn raise(self) -> ! {
        std::panic::resume_unwind(Box::new(self))
    }
}

/// Why a write changed nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError<E> {
    /// The write's own function said no.
    #[error("{0}")]
    Refused(E),
    #[error(transparent)]
    Storage(#[from] StoreError),
}

impl<E> WriteError<E> {
    /// The refusal; a failing store is raised to the edge.
    pub fn refused(self) -> E {
        match self {
            Self::Refused(refusal) => refusal,
            Self::Storage(error) => error.raise(),
        }
    }

    /// Turns both cases into one error of the caller.
    pub fn fold<T>(self, refused: impl FnOnce(E) -> T, storage: impl FnOnce(StoreError) -> T) -> T {
        match self {
            Self::Refused(refusal) => refused(refusal),
            Self::Storage(error) => storage(error),
        }
    }
}
