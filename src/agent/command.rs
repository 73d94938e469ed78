//! One command of the server, carried out.
//!
//! Source: contract, codedeploy section 8.6, the table of commands.

use super::bundle::{self, Sources};
use super::errors::{self, Done, Fault};
use super::hooks::{self, Hook};
use super::install;
use super::place::Place;
use super::root::{Root, create};
use super::specification::Specification;
use std::fs;
use std::sync::Arc;

/// What commands need beside their specification.
#[derive(Clone)]
pub struct Tools {
    pub root: Root,
    pub sources: Sources,
    pub place: Arc<dyn Place>,
}

/// What the server asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    DownloadBundle,
    Install,
    /// One of [`hooks::EVENTS`].
    Hook(String),
}

impl Command {
    pub fn parse(name: &str) -> Done<Self> {
        match name {
            "DownloadBundle" => Ok(Self::DownloadBundle),
            "Install" => Ok(Self::Install),
            name if hooks::EVENTS.contains(&name) => Ok(Self::Hook(name.to_owned())),
            other => Err(errors::unsupported_command(other)),
        }
    }

    /// Whether there is nothing to do; faults of the AppSpec are found here, before anything is done.
    pub fn is_noop(&self, tools: &Tools, spec: &Specification) -> Done<bool> {
        match self {
            Self::DownloadBundle | Self::Install => Ok(false),
            Self::Hook(event) => {
                let hook = Hook::find(&tools.root, spec, event)?;
                Ok(!hook.is_some_and(|hook| hook.has_scripts()))
            }
        }
    }

    pub async fn run(&self, tools: &Tools, spec: &Specification) -> Done<()> {
        let folder = tools.root.deployment(&spec.group_id, &spec.deployment_id);
        create(folder.path())?;
        match self {
            Self::DownloadBundle => download(tools, spec).await,
            Self::Install => install(tools, spec).await,
            Self::Hook(event) => match Hook::find(&tools.root, spec, event)? {
                Some(hook) => hook.run(&*tools.place).await,
                None => Ok(()),
            },
        }
    }
}

async fn download(tools: &Tools, spec: &Specification) -> Done<()> {
    let folder = tools.root.deployment(&spec.group_id, &spec.deployment_id);
    tools.root.prune(&spec.group_id, &folder)?;
    let bundle = folder.bundle();
    let kind = bundle::fetch(&tools.sources, &spec.revision, &bundle).await?;
    bundle::unpack(&bundle, kind, &folder.archive()).await?;
    tools.root.record_most_recent(&spec.group_id, &folder)
}

async fn install(tools: &Tools, spec: &Specification) -> Done<()> {
    let (tools, spec) = (tools.clone(), spec.clone());
    let work = move || install_now(&tools, &spec);
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Fault::unknown)?
}

fn install_now(tools: &Tools, spec: &Specification) -> Done<()> {
    let folder = tools.root.deployment(&spec.group_id, &spec.deployment_id);
    let archive = folder.archive();
    let name = appspec_name(&archive, &spec.appspec_name);
    let appspec = hooks::read_appspec(&archive, name)?;
    let (root, place) = (&tools.root, &*tools.place);
    let asked = spec.file_exists_behavior;
    install::install(root, &spec.group_id, &archive, &appspec, asked, place)?;
    root.record_last_successful(&spec.group_id, &folder)
}

/// Installing takes an AppSpec by its other usual name, too.
fn appspec_name<'a>(archive: &camino::Utf8Path, asked: &'a str) -> &'a str {
    let is_there = |name: &&str| fs::metadata(archive.join(name)).is_ok();
    let names = [asked, "appspec.yaml", "appspec.yml"];
    names.into_iter().find(is_there).unwrap_or(asked)
}

#[cfg(test)]
mod tests;
