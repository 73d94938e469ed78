//! A folder as a revision: which platform it is for, and where the server finds it.

use crate::cli::archive;
use crate::cli::remote::caller::Remote;
use crate::engine::build::buildspec::yaml;
use anyhow::{Context, bail};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};
use std::fs;
use std::io::Read;

/// The platform of an AppSpec.
pub enum Kind {
    Server,
    /// With the AppSpec's text.
    Lambda(String),
}

/// Bytes of a revision that is uploaded.
const MOST_BYTES: u64 = 1 << 30;

/// Looks at the folder's AppSpec, as far as it takes to know what it is for.
pub fn kind(dir: &Utf8Path) -> anyhow::Result<Kind> {
    let path = find(dir)?;
    let bytes = fs::read(&path).with_context(|| format!("cannot read {path}"))?;
    let root = yaml::parse(&bytes).with_context(|| format!("cannot read {path}"))?;
    let resources = ["Resources", "resources"];
    match resources.iter().find_map(|key| root.get(key)) {
        None if path.extension() == Some("json") => {
            bail!("{path}: AppSpecs in JSON are for functions, and this one has no Resources")
        }
        None => Ok(Kind::Server),
        Some(_) => {
            let text = String::from_utf8(bytes).with_context(|| format!("cannot read {path}"))?;
            match text.contains("AWS::Lambda::Function") {
                true => Ok(Kind::Lambda(text)),
                false => bail!(
                    "{path}: only resources of the type AWS::Lambda::Function are deployed from a folder"
                ),
            }
        }
    }
}

fn find(dir: &Utf8Path) -> anyhow::Result<Utf8PathBuf> {
    if !dir.is_dir() {
        bail!("{dir} is not a folder");
    }
    let names = ["appspec.yml", "appspec.yaml", "appspec.json"];
    let mut paths = names.map(|name| dir.join(name)).into_iter();
    let found = paths.find(|path| path.is_file());
    found.with_context(|| format!("{dir} has no appspec.yml, appspec.yaml or appspec.json"))
}

/// The revision as CreateDeployment takes it; a folder's is uploaded first.
pub async fn location(
    remote: &Remote,
    dir: &Utf8Path,
    kind: Kind,
    application: &str,
) -> anyhow::Result<Value> {
    match kind {
        Kind::Lambda(content) => {
            Ok(json!({"revisionType": "AppSpecContent", "appSpecContent": {"content": content}}))
        }
        Kind::Server => upload(remote, dir, application).await,
    }
}

async fn upload(remote: &Remote, dir: &Utf8Path, application: &str) -> anyhow::Result<Value> {
    let folder = dir.to_owned();
    let packed = tokio::task::spawn_blocking(move || pack(&folder)).await??;
    let bucket = format!(
        "slipway-deploy-{}-{}",
        remote.account().unwrap_or("revisions"),
        remote.region()
    );
    let key = format!("{application}/{}.zip", uuid::Uuid::new_v4());
    remote.create_bucket(&bucket).await?;
    let etag = remote.put_object(&bucket, &key, packed).await?;
    Ok(json!({"revisionType": "S3",
        "s3Location": {"bucket": bucket, "key": key, "bundleType": "zip", "eTag": etag}}))
}

fn pack(folder: &Utf8Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = archive::of_folder(folder, &[])?;
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        bail!("{folder} is larger than {MOST_BYTES} bytes when packed");
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(name: &str, text: &str) -> Result<&'static str, String> {
        let folder = tempfile::tempdir().unwrap();
        let dir = Utf8Path::from_path(folder.path()).unwrap();
        fs::write(dir.join(name), text).unwrap();
        match kind(dir) {
            Ok(Kind::Server) => Ok("server"),
            Ok(Kind::Lambda(_)) => Ok("lambda"),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn the_appspec_says_what_a_folder_is_for() {
        let lambda = r#"{"version": 0.0, "Resources": [{"f": {"Type": "AWS::Lambda::Function"}}]}"#;
        assert_eq!(
            kind_of("appspec.yml", "version: 0.0\nos: linux").as_deref(),
            Ok("server")
        );
        assert_eq!(kind_of("appspec.json", lambda).as_deref(), Ok("lambda"));
        assert_eq!(kind_of("appspec.yaml", lambda).as_deref(), Ok("lambda"));
        assert!(
            kind_of("appspec.yaml", "Resources: []")
                .unwrap_err()
                .contains("AWS::Lambda::Function")
        );
        assert!(
            kind_of("other", "")
                .unwrap_err()
                .contains("has no appspec.yml")
        );
    }
}
