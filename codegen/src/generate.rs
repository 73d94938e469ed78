//! `generate` and `check`.

#[cfg(test)]
mod tests;

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::ast::Model;
use crate::config::{self, Overrides, Services};
use crate::output::Files;
use crate::service::Service;
use crate::{digest, emit};

/// Generated text is formatted by the generator, the same with every version of rustfmt.
const RUSTFMT: &str = "disable_all_formatting = true\n";

/// Writes `generated/` below the root.
pub fn generate(root: &Path) -> Result<()> {
    files(root)?.write(&root.join("generated"))
}

/// Fails with the list of differing files if `generated/` is not what `generate` would write.
pub fn check(root: &Path) -> Result<()> {
    let differing = files(root)?.differences(&root.join("generated"))?;
    if differing.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = differing
        .iter()
        .map(|path| format!("  generated/{}", path.display()))
        .collect();
    bail!(
        "generated/ is not what the models give; run `make codegen`:\n{}",
        list.join("\n")
    )
}

fn files(root: &Path) -> Result<Files> {
    let services: Services = config::load(&root.join("codegen/services.toml"))?;
    let overrides: Overrides = config::load(&root.join("codegen/overrides.toml"))?;
    let mut files = Files::default();
    for (key, entry) in &services.services {
        let mut model = Model::load(&root.join("model").join(format!("{key}.json")))?;
        overrides.add_members(key, &mut model)?;
        let service = Service::resolve(key, entry, &model, overrides.of(key)?)
            .with_context(|| key.clone())?;
        emit::service(&service, &mut files).with_context(|| key.clone())?;
    }
    files.text("rustfmt.toml", RUSTFMT.to_owned());
    let recorded = digest::RECORDED.trim_start_matches("generated/");
    files.text(recorded, digest::digest(root)? + "\n");
    Ok(files)
}
