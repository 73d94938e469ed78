//! Where the buildspec comes from: inline, an object in S3, or a file of a source.

use super::parse::is_mapping;
use crate::aws::arn::Arn;
use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

/// The file that is read when nothing else is said; no other spelling.
pub const DEFAULT_FILE: &str = "buildspec.yml";

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    Inline(String),
    Object {
        bucket: String,
        key: String,
    },
    /// Relative to the primary source, absolute, or beginning with `$CODEBUILD_SRC_DIR…`.
    File(String),
}

/// Reads what the project or an override says about the buildspec.
pub fn locate(buildspec: Option<&str>) -> Location {
    let given = buildspec.unwrap_or_default();
    let line = given.trim();
    match s3_object(line) {
        _ if line.is_empty() => Location::File(DEFAULT_FILE.to_owned()),
        Some((bucket, key)) => Location::Object { bucket, key },
        None if line.contains('\n') || is_mapping(given) => Location::Inline(given.to_owned()),
        None => Location::File(line.to_owned()),
    }
}

fn s3_object(line: &str) -> Option<(String, String)> {
    let arn = Arn::parse(line).filter(|arn| arn.service == "s3")?;
    let (bucket, key) = arn.resource.split_once('/')?;
    let named = !bucket.is_empty() && !key.is_empty();
    named.then(|| (bucket.to_owned(), key.to_owned()))
}

/// The absolute path of a file of a source; `secondary` are the identifiers of other sources and their directories.
pub fn absolute(
    path: &str,
    primary: &Utf8Path,
    secondary: &[(String, Utf8PathBuf)],
) -> Utf8PathBuf {
    let path = path.strip_prefix("$CODEBUILD_SRC_DIR").map_or_else(
        || primary.join(path),
        |rest| in_source(rest, primary, secondary),
    );
    normal(&path)
}

/// `rest` follows `$CODEBUILD_SRC_DIR`: `/file`, or `_<identifier>/file`.
fn in_source(rest: &str, primary: &Utf8Path, secondary: &[(String, Utf8PathBuf)]) -> Utf8PathBuf {
    let (id, file) = rest.split_once('/').unwrap_or((rest, ""));
    let id = id.trim_start_matches('_');
    let named = secondary.iter().find(|(name, _)| name == id);
    let dir = named.map_or(primary, |(_, dir)| dir.as_path());
    dir.join(file)
}

/// Without `.` and `..`, which the sandbox's own links could not change: sources are fresh.
pub fn normal(path: &Utf8Path) -> Utf8PathBuf {
    let mut out = Utf8PathBuf::new();
    for part in path.components() {
        match part {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}
