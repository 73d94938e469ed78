//! The `import` command: a wheel in, the files of `model/` out.
//!
//! Invariant: files are written only after every service was translated.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::service::{self, Model};
use super::skipped::SKIPPED;
use super::source::Source;
use super::trim::trim;
use super::wheel::Wheel;

/// Arguments of `import`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// botocore's wheel, as a file
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "download",
        required_unless_present = "download"
    )]
    wheel: Option<PathBuf>,
    /// Let pip download the wheel
    #[arg(long)]
    download: bool,
    /// Folder of the models, which also holds source.toml
    #[arg(long, value_name = "FOLDER", default_value = "model")]
    model: PathBuf,
}

/// Imports every service that `source.toml` names.
pub fn run(args: Args) -> Result<()> {
    let source = Source::read(&args.model.join("source.toml"))?;
    let bytes = match &args.wheel {
        Some(file) => source.checked(file)?,
        None => source.download()?,
    };
    let mut wheel = Wheel::open(bytes)?;
    let mut models = Vec::new();
    for (folder, version) in &source.services {
        let mut description = wheel.description(folder, version)?;
        if let Some(kept) = source.operations.get(folder) {
            trim(&mut description, kept)?;
        }
        models.push((
            folder,
            service::translate(description).with_context(|| format!("service {folder}"))?,
        ));
    }
    for (folder, model) in models {
        let file = args.model.join(format!("{folder}.json"));
        std::fs::write(&file, model.ast.print())
            .with_context(|| format!("cannot write {}", file.display()))?;
        report(folder, &model);
    }
    for skipped in SKIPPED {
        println!(
            "left out: {} of {} ({})",
            skipped.key,
            skipped.places.join(", "),
            skipped.reason
        );
    }
    Ok(())
}

fn report(folder: &str, model: &Model) {
    println!("{folder}: {}", model.counts);
    for (old, new) in &model.renamed {
        println!("{folder}: shape {old} is called {new}");
    }
}
