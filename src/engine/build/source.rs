//! Where sources go inside the sandbox, and AWS's words when they cannot be had.

use super::event::Failure;
use super::git;
use super::plan::{BuildPlan, GitHow, Source};
use crate::companions::{ObjectError, ObjectRef};
use camino::Utf8PathBuf;

/// Paths as a container shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directories {
    /// `/codebuild/output/src<digits>`.
    pub root: Utf8PathBuf,
    /// `CODEBUILD_SRC_DIR`.
    pub primary: Utf8PathBuf,
    /// Identifier and directory, in the order of the plan.
    pub secondary: Vec<(String, Utf8PathBuf)>,
}

/// The layout of a build. A single source has `src` for itself, or the place of its repository below it; several lie side by
/// side, so that none contains another.
pub fn directories(plan: &BuildPlan) -> Directories {
    let digits = digits(&plan.uuid);
    let root = |number: usize| {
        let digits = u64::from(digits) + number as u64;
        Utf8PathBuf::from(format!("/codebuild/output/src{digits}"))
    };
    let src = root(0).join("src");
    let numbered = |number: usize| src.join("s3").join(format!("{number:02}"));
    let place = |number: usize, source: &Source| match source {
        Source::Git { location, .. } => root(number).join("src").join(git::directory(location)),
        _ => numbered(number),
    };
    let primary = match (&plan.source, plan.secondary_sources.is_empty()) {
        (Source::Git { .. }, _) | (_, false) => place(0, &plan.source),
        (_, true) => src.clone(),
    };
    let secondary = plan.secondary_sources.iter().enumerate();
    Directories {
        primary,
        secondary: secondary
            .map(|(at, source)| (source.identifier.clone(), place(at + 1, &source.source)))
            .collect(),
        root: root(0),
    }
}

/// The digits AWS draws for each build come from its UUID here.
fn digits(uuid: &str) -> u32 {
    let head = uuid.get(..8).unwrap_or_default();
    u32::from_str_radix(head, 16).unwrap_or_default() % 1_000_000_000
}

/// Which source of a build is spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which<'a> {
    Primary,
    Secondary(&'a str),
}

impl Which<'_> {
    pub fn words(self) -> String {
        match self {
            Which::Primary => "primary source".to_owned(),
            Which::Secondary(id) => format!("secondary source {id}"),
        }
    }
}

/// A source as something that can be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetch {
    Nothing,
    /// A zip to unpack.
    Zip(ObjectRef),
    /// All objects below a prefix that ends with a slash, or a whole bucket.
    Tree {
        bucket: String,
        prefix: String,
    },
    /// A version of a repository.
    Git(GitFetch),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitFetch {
    pub provider: String,
    pub location: String,
    pub version: Option<String>,
    pub how: GitHow,
}

/// What to fetch for a source of this version, or why that cannot be.
pub fn fetch(source: &Source, version: Option<&str>) -> Result<Fetch, Failure> {
    match source {
        Source::Nothing => Ok(Fetch::Nothing),
        Source::Pipeline(input) => Ok(Fetch::Zip(input.at.clone())),
        Source::S3 { location } => from_s3(location, version),
        Source::Git {
            provider,
            location,
            how,
        } => Ok(Fetch::Git(GitFetch {
            provider: provider.clone(),
            location: location.clone(),
            version: version
                .filter(|version| !version.is_empty())
                .map(str::to_owned),
            how: how.clone(),
        })),
    }
}

fn from_s3(location: &str, version: Option<&str>) -> Result<Fetch, Failure> {
    let place = location.rsplit(":::").next().unwrap_or_default();
    let (bucket, key) = place.split_once('/').unwrap_or((place, ""));
    let folder = key.is_empty() || key.ends_with('/');
    if folder && version.is_some() {
        let refused = "Source version should be empty for S3 folder source location";
        return Err(Failure::client(refused));
    }
    Ok(match folder {
        true => Fetch::Tree {
            bucket: bucket.to_owned(),
            prefix: key.to_owned(),
        },
        false => Fetch::Zip(ObjectRef {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            version: version.map(str::to_owned),
        }),
    })
}

/// `<what> for primary source and source version arn:aws:s3:::bucket/key`.
pub fn refused(plan: &BuildPlan, which: Which, fetch: &Fetch, what: &str) -> Failure {
    let source = which.words();
    Failure::client(match fetch {
        Fetch::Zip(at) => {
            let version = shown_version(plan, at);
            format!("{what} for {source} and source version {version}")
        }
        Fetch::Git(GitFetch {
            version: Some(version),
            ..
        }) => format!("{what} for {source} and source version {version}"),
        Fetch::Nothing | Fetch::Tree { .. } | Fetch::Git(_) => format!("{what} for {source}"),
    })
}

/// The version asked for, else the object's ARN.
pub fn shown_version(plan: &BuildPlan, at: &ObjectRef) -> String {
    let arn = || plan.s3_arn(&format!("{}/{}", at.bucket, at.key));
    at.version.clone().unwrap_or_else(arn)
}

/// What S3 says, as its SDK prints it. `id` stands for the request in both identifiers.
pub fn s3_words(error: &ObjectError, id: &str) -> String {
    let (text, status) = match error {
        ObjectError::NoSuchBucket(_) => ("NoSuchBucket: The specified bucket does not exist", 404),
        ObjectError::NoSuchKey(_) => ("NoSuchKey: The specified key does not exist.", 404),
        ObjectError::AccessDenied(_) => ("AccessDenied: Access Denied", 403),
        ObjectError::Failed(text) => return text.clone(),
    };
    format!("{text}\n\tstatus code: {status}, request id: {id}, host id: {id}")
}

/// The short name of what S3 says.
pub fn s3_name(error: &ObjectError) -> String {
    match error {
        ObjectError::NoSuchBucket(_) => "NoSuchBucket".to_owned(),
        ObjectError::NoSuchKey(_) => "NoSuchKey".to_owned(),
        ObjectError::AccessDenied(_) => "AccessDenied".to_owned(),
        ObjectError::Failed(text) => text.clone(),
    }
}

/// A bucket that lives elsewhere.
pub const OTHER_REGION: &str = "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.";

/// An S3 folder without objects.
pub const EMPTY_FOLDER: &str = "no objects found under S3 prefix";
