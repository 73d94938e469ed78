//! Names of archive entries as paths that stay where they belong.

use camino::Utf8PathBuf;

/// Longest path that file systems take.
const MAX_NAME: usize = 4096;

/// The relative path an entry's name means, without `.` and doubled slashes; empty for the root itself. `None`: the name is
/// absolute, climbs with `..`, or no file system could hold it.
pub fn relative(name: &str) -> Option<Utf8PathBuf> {
    if name.len() > MAX_NAME || name.contains('\0') || name.starts_with('/') {
        return None;
    }
    let mut path = Utf8PathBuf::new();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => return None,
            part => path.push(part),
        }
    }
    Some(path)
}
