//! `slipway agent`: installs what CodeDeploy of a server deploys, on this host or in a container.
//!
//! Exit codes: 0 when it was told to end, or when there was nothing to do with `--once`; 2 when it could not begin.

use super::progress::{Form, Progress};
use super::remote::caller::Remote;
use super::remote::endpoint::Endpoint;
use crate::agent::bundle::Sources;
use crate::agent::command::Tools;
use crate::agent::place::{Host, InContainer, Place};
use crate::agent::register;
use crate::agent::root::{self, Root};
use crate::agent::work::{self, News};
use crate::git::Git;
use crate::sandbox::docker;
use anyhow::{Context, anyhow, bail};
use camino::Utf8PathBuf;
use serde_json::json;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use tokio_util::sync::CancellationToken;

#[derive(Debug, clap::Args)]
pub struct Agent {
    /// ARN under which the server knows this host: an EC2 instance's, or an on-premises instance's user or session
    #[arg(
        long,
        value_name = "ARN",
        conflicts_with = "instance_name",
        required_unless_present_any = ["instance_name", "container"]
    )]
    host_identifier: Option<String>,
    /// Name of the on-premises instance that this host is
    #[arg(long, value_name = "NAME")]
    instance_name: Option<String>,
    /// Register the on-premises instance first, unless it is already
    #[arg(long, requires = "instance_name")]
    register: bool,
    /// Tag for the instance, by which deployment groups find it; may be repeated
    #[arg(long = "tag", value_name = "KEY=VALUE", requires = "register", value_parser = super::build::variable)]
    tags: Vec<(String, String)>,
    /// Folder for revisions and records [default: /opt/codedeploy-agent/deployment-root for root, else in your data folder]
    #[arg(long, env = "SLIPWAY_AGENT_ROOT", value_name = "DIR")]
    root: Option<Utf8PathBuf>,
    /// Install in this running Docker container instead of on the host; labelled `slipway.ec2=true`, it is an instance of EC2
    #[arg(long, value_name = "NAME")]
    container: Option<String>,
    /// Ask once, do what there is, and end
    #[arg(long)]
    once: bool,
    /// Where GitHub's API is; by https its repositories are fetched with git, as SLIPWAY_GIT_REWRITE leads it
    #[arg(long, env = "SLIPWAY_GITHUB_API", default_value = Sources::GITHUB, value_name = "URL")]
    github: String,
    #[command(flatten)]
    endpoint: Endpoint,
    /// JSON lines for tools
    #[arg(long)]
    json: bool,
    /// Only say what went wrong
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
}

pub async fn run(agent: Agent) -> anyhow::Result<ExitCode> {
    let remote = agent.endpoint.remote()?;
    let host = identify(&agent, &remote).await?;
    let root = match agent.root {
        Some(folder) => camino::absolute_utf8(folder).context("--root")?,
        None => default_root()?,
    };
    let progress = Progress::new(Form::choose(agent.json, agent.quiet));
    progress.data(&json!({"host": host, "root": root}));
    if !agent.json {
        let at = remote.url();
        progress.note(&format!("{host} asks {at}; deployments are kept in {root}"));
    }
    let place = place(agent.container.as_deref()).await?;
    let tools = tools(&remote, Root::new(root), &agent.github, place)?;
    let progress = Mutex::new(progress);
    let worker = work::Agent::new(remote, host, tools, move |news| {
        let progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
        show(&progress, news);
    });
    worker.recover().await?;
    if agent.once {
        worker.once().await?;
        return Ok(ExitCode::SUCCESS);
    }
    let stop = CancellationToken::new();
    tokio::spawn(super::serve::cancel_on_signal(stop.clone()));
    worker.run(&stop).await;
    Ok(ExitCode::SUCCESS)
}

async fn identify(agent: &Agent, remote: &Remote) -> anyhow::Result<String> {
    if let Some(host) = &agent.host_identifier {
        return Ok(host.clone());
    }
    let Some(name) = &agent.instance_name else {
        let container = agent.container.as_deref().context("no host is named")?;
        return of_ec2(remote, container).await;
    };
    if agent.register {
        return Ok(register::register(remote, name, &agent.tags).await?);
    }
    match register::identity(remote, name).await? {
        Some(arn) => Ok(arn),
        None => bail!("{name} is not registered as an on-premises instance; --register does it"),
    }
}

/// A container that says by itself which instance it is.
async fn of_ec2(remote: &Remote, container: &str) -> anyhow::Result<String> {
    match docker::instance_of(container).await {
        Ok(Some(id)) => Ok(register::of_ec2(remote, &id)),
        Ok(None) => bail!(
            "the container {container} is not labelled to be an instance of EC2 (slipway.ec2=true); --instance-name or \
             --host-identifier says which instance it is"
        ),
        Err(why) => bail!("cannot look at the container {container}: {why}"),
    }
}

async fn place(container: Option<&str>) -> anyhow::Result<Arc<dyn Place>> {
    let Some(name) = container else {
        return Ok(Arc::new(Host));
    };
    let attached = InContainer::attach(name).await;
    Ok(Arc::new(attached.map_err(|why| {
        anyhow!("cannot install in the container {name}: {why}")
    })?))
}

/// What every agent on this host works with.
pub fn tools(
    remote: &Remote,
    root: Root,
    github: &str,
    place: Arc<dyn Place>,
) -> anyhow::Result<Tools> {
    let git = Git {
        rewrites: super::remote::endpoint::settings()?.git_rewrites,
        ..Git::default()
    };
    Ok(Tools {
        root,
        sources: Sources {
            s3: remote.url().to_owned(),
            authorization: remote.authorization("s3"),
            github: github.trim_end_matches('/').to_owned(),
            again: Sources::pauses(),
            git,
        },
        place,
    })
}

/// AWS's own place for root, who can write there; a user's data folder for everybody else.
pub fn default_root() -> anyhow::Result<Utf8PathBuf> {
    if rustix::process::getuid().is_root() {
        return Ok(root::DEFAULT.into());
    }
    let folder = crate::config::platform_folder();
    let folder =
        folder.context("no folder for data is known on this machine; name one with --root")?;
    Ok(folder.join("agent").join("deployment-root"))
}

fn show(progress: &Progress, news: &News) {
    match news {
        News::Begun {
            deployment,
            command,
        } => {
            progress
                .data(&json!({"deployment": deployment, "command": command, "status": "running"}));
        }
        News::Ended {
            deployment,
            command,
            fault,
        } => {
            let why = fault.as_ref().map(|fault| fault.message.as_str());
            let status = if why.is_some() { "failed" } else { "succeeded" };
            match why {
                Some(why) => eprintln!("{deployment} {command}: failed - {why}"),
                None => progress.log(&format!("{deployment} {command}: succeeded")),
            }
            progress.data(&json!({"deployment": deployment, "command": command, "status": status, "detail": why}));
        }
        News::Trouble(what) => eprintln!("slipway: {what}"),
    }
}
