//! The project that a folder becomes on a throw-away server: sources, secrets, caches.
//!
//! Invariant: what is built is what the folder holds, or what its repository holds at the version that was asked for.

use super::Build;
use super::inputs::{Given, is_name};
use crate::aws::Time;
use crate::cli::archive;
use crate::cli::throwaway::Throwaway;
use anyhow::{Context, anyhow, bail};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const SOURCES: &str = "slipway-sources";
pub const ARTIFACTS: &str = "slipway-artifacts";

/// The longest time a build may take: who sits at a shell is not to be hurried.
const MINUTES: u32 = 36 * 60;

/// Characters that a parameter may have; a longer secret is one of Secrets Manager only.
const LONGEST_PARAMETER: usize = 4096;

/// Makes the project and everything that its builds look for; the project's name.
pub async fn create(
    build: &Build,
    dir: &Utf8Path,
    given: Given,
    server: &Throwaway,
) -> anyhow::Result<String> {
    server.create_bucket(SOURCES, false).await?;
    server.create_bucket(ARTIFACTS, false).await?;
    for (name, value) in &given.secrets {
        keep_secret(server, name, value).await?;
    }
    let mut source = match &build.source_version {
        Some(_) => repository(dir)?,
        None => packed(build, dir, server).await?,
    };
    if let Some(buildspec) = &build.buildspec {
        source["buildspec"] = json!(buildspec);
    }
    let name = project_name(dir);
    let mut project = json!({
        "name": name, "serviceRole": server.role_arn(), "source": source,
        "artifacts": {"type": "S3", "location": ARTIFACTS, "name": "/", "packaging": "NONE"},
        "environment": {"type": "LINUX_CONTAINER", "computeType": "BUILD_GENERAL1_SMALL", "image": build.image,
                        "privilegedMode": build.privileged, "environmentVariables": variables(&given)},
        "timeoutInMinutes": MINUTES,
        "buildBatchConfig": {"serviceRole": server.role_arn()},
    });
    if let Some(version) = &build.source_version {
        project["sourceVersion"] = json!(version);
    }
    if build.cache.is_some() {
        project["cache"] = json!({"type": "LOCAL", "modes": ["LOCAL_CUSTOM_CACHE"]});
    }
    let mut call = server.call();
    // A project sees the caches of a project that is as old, so those of the last run are found.
    call.now = Time::from_millis(0);
    let project = serde_json::from_value(project)?;
    let created = crate::codebuild::operations::create_project(project, call).await;
    created.map_err(|error| anyhow!("{error}"))?;
    Ok(name)
}

/// The files as they are, but for what the build itself is to write.
async fn packed(build: &Build, dir: &Utf8Path, server: &Throwaway) -> anyhow::Result<Value> {
    let folder = dir.to_owned();
    let apart = [&build.out, &build.cache].into_iter().flatten();
    let without: Vec<Utf8PathBuf> = apart
        .filter_map(|path| path.canonicalize_utf8().ok())
        .collect();
    let packed = tokio::task::spawn_blocking(move || archive::of_folder(&folder, &without));
    server
        .upload(SOURCES, "sources.zip", packed.await??)
        .await?;
    Ok(json!({"type": "S3", "location": format!("{SOURCES}/sources.zip")}))
}

fn repository(dir: &Utf8Path) -> anyhow::Result<Value> {
    if !dir.join(".git").exists() {
        bail!("--source-version needs the top folder of a Git repository, and {dir} has no .git");
    }
    Ok(json!({"type": "GITHUB", "location": dir}))
}

fn variables(given: &Given) -> Vec<Value> {
    let plain = given.variables.iter();
    let plain = plain.map(|(name, value)| json!({"name": name, "value": value}));
    let secret = given.secrets.keys().filter(|name| is_name(name));
    let secret = secret.map(|name| json!({"name": name, "value": name, "type": "SECRETS_MANAGER"}));
    plain.chain(secret).collect()
}

/// As a secret and, where it can be one, as a parameter.
async fn keep_secret(server: &Throwaway, name: &str, value: &str) -> anyhow::Result<()> {
    let refused =
        |error: &dyn std::fmt::Display| anyhow!("the secret {name} cannot be kept: {error}");
    let secret = serde_json::from_value(json!({"Name": name, "SecretString": value}))?;
    let operations =
        crate::companions::secretsmanager::operations::create_secret(secret, server.call());
    operations.await.map_err(|error| refused(&error))?;
    if value.chars().count() <= LONGEST_PARAMETER {
        let parameter = json!({"Name": name, "Value": value, "Type": "SecureString"});
        let parameter = serde_json::from_value(parameter)?;
        let put = crate::companions::ssm::operations::put_parameter(parameter, server.call());
        // Some names are names of secrets only.
        let _ = put.await;
    }
    Ok(())
}

/// A project's name has letters, digits, `-` and `_` only.
fn project_name(dir: &Utf8Path) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let name: String = dir
        .file_name()
        .unwrap_or_default()
        .chars()
        .filter(|c| allowed(*c))
        .collect();
    let name = name.trim_start_matches(['-', '_']);
    match name.len() {
        2..=150 => name.to_owned(),
        _ => "build".to_owned(),
    }
}

/// The caches of this folder's builds: others do not see them.
pub fn caches(all: &Utf8Path, dir: &Utf8Path) -> anyhow::Result<Utf8PathBuf> {
    std::fs::create_dir_all(all).with_context(|| format!("cannot make the folder {all}"))?;
    let name = hex::encode(&Sha256::digest(dir.as_str())[..8]);
    Ok(all.canonicalize_utf8()?.join(name))
}
