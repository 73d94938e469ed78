//! What is said of a file that fails.

use crate::store::StoreError;
use camino::Utf8Path;

pub(super) fn is_disk_failure(error: &redb::Error) -> bool {
    matches!(error, redb::Error::Io(_) | redb::Error::PreviousIo)
}

pub(super) fn failed(file: &Utf8Path, action: &'static str, error: redb::Error) -> StoreError {
    let cause = match error {
        redb::Error::Io(error) => error.to_string(),
        redb::Error::PreviousIo => "the disk has failed before".to_owned(),
        redb::Error::DatabaseAlreadyOpen => "another process has it open".to_owned(),
        error => error.to_string(),
    };
    StoreError::Disk {
        file: file.to_owned(),
        action,
        cause,
    }
}
