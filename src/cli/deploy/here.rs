//! This host as the target of `slipway deploy`: an on-premises instance with an agent for as long as the deployment takes.
//!
//! Invariant: what an earlier deployment of the application has installed here is known to the next one, although the server that
//! deployed it may be gone.

use super::{Deploy, Names};
use crate::agent::bundle::Sources;
use crate::agent::place::Host;
use crate::agent::register;
use crate::agent::root::{Root, create};
use crate::agent::work::{self, News};
use crate::cli::agent as agent_command;
use crate::cli::remote::caller::Remote;
use crate::cli::throwaway::Throwaway;
use anyhow::Context;
use camino::Utf8PathBuf;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use std::fs;
use std::sync::Arc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The tag by which groups that are made here find this host.
const TAG: &str = "slipway:host";

/// The agent at work.
pub struct Here {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Here {
    pub async fn start(
        deploy: &Deploy,
        remote: &Remote,
        names: &Names,
        group: &str,
    ) -> anyhow::Result<Self> {
        let host = hostname();
        let tag = (TAG.to_owned(), host.clone());
        let arn = register::register(remote, &format!("slipway-{host}"), &[tag]).await?;
        let root = Root::new(match &deploy.root {
            Some(folder) => camino::absolute_utf8(folder).context("--root")?,
            None => folder()?,
        });
        adopt(&root, names, group)?;
        let tools = agent_command::tools(remote, root, Sources::GITHUB, Arc::new(Host))?;
        let agent = work::Agent::new(remote.clone(), arn, tools, |news| {
            if let News::Trouble(what) = news {
                eprintln!("slipway: {what}");
            }
        });
        agent.recover().await?;
        let stop = CancellationToken::new();
        let ended = stop.clone();
        let task = tokio::spawn(async move { agent.run(&ended).await });
        Ok(Self { stop, task })
    }

    /// Ends when what the agent does now is done.
    pub async fn stop(self) {
        self.stop.cancel();
        let _ = self.task.await;
    }
}

/// The server that was started for this, in its own account and region.
pub fn remote(server: &Throwaway) -> anyhow::Result<Remote> {
    let address = server
        .app
        .world
        .address()
        .context("the server listens nowhere")?;
    let config = &server.app.config;
    let (account, region) = (config.account.to_string(), config.region.to_string());
    Ok(Remote::new(format!("http://{address}"), account, region))
}

/// The instances of a group that is made here.
pub fn filters() -> Value {
    json!([{"Key": TAG, "Value": hostname(), "Type": "KEY_AND_VALUE"}])
}

/// A user's own, so that deployments by hand and an agent do not share a folder.
fn folder() -> anyhow::Result<Utf8PathBuf> {
    let folder = crate::config::platform_folder();
    let folder =
        folder.context("no folder for data is known on this machine; name one with --root")?;
    Ok(folder.join("deploy").join("deployment-root"))
}

/// Remembers the group's id, and hands on to it what the application's last group has installed.
fn adopt(root: &Root, names: &Names, group: &str) -> anyhow::Result<()> {
    let encoded = |name: &str| utf8_percent_encode(name, NON_ALPHANUMERIC).to_string();
    let folder = root.path().join("groups").join(encoded(&names.application));
    let file = folder.join(encoded(&names.group));
    if let Ok(old) = fs::read_to_string(&file) {
        root.hand_on(&old, group)?;
    }
    create(&folder)?;
    fs::write(&file, group).with_context(|| format!("cannot write {file}"))
}

/// As far as it can be an instance's name.
fn hostname() -> String {
    let name = rustix::system::uname();
    let name = name.nodename().to_string_lossy();
    let plain = |c: &char| c.is_ascii_alphanumeric() || "._-".contains(*c);
    let name: String = name.chars().filter(plain).take(80).collect();
    match name.is_empty() {
        true => "here".to_owned(),
        false => name,
    }
}
