//! `slipway deploy [DIR]`: runs a deployment from a folder with an AppSpec, and shows its targets until it is over.
//!
//! Without a server that is named, one that is thrown away afterwards deploys to this host; what is installed stays. Exit codes: 0 when
//! the deployment succeeded, 1 when it ended in any other way, 2 when it could not be run.

mod here;
mod revision;
mod watch;

use super::progress::{Form, Progress};
use super::remote::caller::{Api, CallError, Remote};
use super::remote::endpoint::Endpoint;
use super::throwaway::Throwaway;
use crate::config::Builds;
use anyhow::{Context, bail};
use camino::{Utf8Path, Utf8PathBuf};
use codedeploy_api::output::CreateDeploymentOutput;
use revision::Kind;
use serde_json::{Value, json};
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub struct Deploy {
    /// Folder with an appspec.yml and everything that it installs
    #[arg(default_value = ".")]
    dir: Utf8PathBuf,
    /// Application [default: the folder's name]
    #[arg(long, value_name = "NAME")]
    application: Option<String>,
    /// Deployment group; one that is there is deployed to as it is, a new one is this host [default: slipway]
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    /// Deployment configuration [default: the group's]
    #[arg(long, value_name = "NAME")]
    config: Option<String>,
    /// What happens to files of this host that are in the way
    #[arg(long, value_name = "BEHAVIOR", value_parser = ["DISALLOW", "OVERWRITE", "RETAIN"])]
    file_exists_behavior: Option<String>,
    /// Folder for revisions and records of deployments to this host [default: in your data folder]
    #[arg(long, env = "SLIPWAY_AGENT_ROOT", value_name = "DIR")]
    root: Option<Utf8PathBuf>,
    /// Do not wait for the end; only say which deployment has begun
    #[arg(long)]
    no_wait: bool,
    #[command(flatten)]
    endpoint: Endpoint,
    /// JSON lines for tools
    #[arg(long)]
    json: bool,
    /// Only say what went wrong
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
}

/// The role that deployments run as.
const ROLE: &str = "slipway-deploy";
/// The group of those who name none.
const GROUP: &str = "slipway";

pub async fn run(deploy: Deploy) -> anyhow::Result<ExitCode> {
    let dir = deploy.dir.canonicalize_utf8();
    let dir = dir.with_context(|| format!("cannot read the folder {}", deploy.dir))?;
    let kind = revision::kind(&dir)?;
    let mut progress = Progress::new(Form::choose(deploy.json, deploy.quiet));
    if deploy.endpoint.is_given() {
        let remote = deploy.endpoint.remote()?;
        return make(&deploy, &dir, kind, &remote, &mut progress).await;
    }
    if let Kind::Lambda(_) = kind {
        bail!("a function is deployed where it is: name the server that has it with --endpoint");
    }
    if deploy.no_wait {
        bail!("a server that is thrown away cannot go on by itself: --no-wait needs --endpoint");
    }
    let server = Throwaway::start(Builds::Host).await?;
    let outcome = match here::remote(&server) {
        Ok(remote) => make(&deploy, &dir, kind, &remote, &mut progress).await,
        Err(error) => Err(error),
    };
    server.close().await;
    outcome
}

async fn make(
    deploy: &Deploy,
    dir: &Utf8Path,
    kind: Kind,
    remote: &Remote,
    progress: &mut Progress,
) -> anyhow::Result<ExitCode> {
    let names = Names::of(deploy, dir);
    let group = match find_group(remote, &names).await? {
        Some(group) => group,
        None => create(remote, &names, &kind).await?,
    };
    // Other groups' instances have agents of their own.
    let agent = match (&kind, group.is_here) {
        (Kind::Server, true) if deploy.no_wait => {
            bail!(
                "this host is deployed to by this very command: --no-wait is for groups of instances with agents of their own"
            )
        }
        (Kind::Server, true) => Some(here::Here::start(deploy, remote, &names, &group.id).await?),
        _ => None,
    };
    let outcome = begin(deploy, dir, kind, remote, &names, progress).await;
    let outcome = match outcome {
        Ok(id) if deploy.no_wait => Ok((id, None)),
        Ok(id) => watch::watch(remote, &id, progress)
            .await
            .map(|end| (id, Some(end))),
        Err(error) => Err(error),
    };
    if let Some(agent) = agent {
        agent.stop().await;
    }
    match outcome? {
        (_, None) => Ok(ExitCode::SUCCESS),
        (id, Some(end)) => {
            progress.finish(end.succeeded, &end.summary(&names.application, &id));
            Ok(ExitCode::from(u8::from(!end.succeeded)))
        }
    }
}

/// What the deployment is called on the server.
struct Names {
    application: String,
    group: String,
}

impl Names {
    fn of(deploy: &Deploy, dir: &Utf8Path) -> Self {
        let own = dir.file_name().unwrap_or_default();
        let plain = |c: &char| c.is_ascii_alphanumeric() || "._+=,@-".contains(*c);
        let own: String = own.chars().filter(plain).take(100).collect();
        let own = if own.is_empty() {
            "application".to_owned()
        } else {
            own
        };
        Self {
            application: deploy.application.clone().unwrap_or(own),
            group: deploy.group.clone().unwrap_or_else(|| GROUP.to_owned()),
        }
    }
}

/// A deployment group, as far as it matters here.
struct Group {
    id: String,
    /// It was made by this command, for this host.
    is_here: bool,
}

/// `None`: the application or the group is not there.
async fn find_group(remote: &Remote, names: &Names) -> Result<Option<Group>, CallError> {
    let input = json!({"applicationName": names.application, "deploymentGroupName": names.group});
    let found: Result<Value, CallError> = remote
        .call(Api::CodeDeploy, "GetDeploymentGroup", &input)
        .await;
    let missing = [
        "ApplicationDoesNotExistException",
        "DeploymentGroupDoesNotExistException",
    ];
    match found {
        Ok(found) => {
            let info = &found["deploymentGroupInfo"];
            let id = info["deploymentGroupId"].as_str().unwrap_or_default();
            Ok(Some(Group {
                id: id.to_owned(),
                is_here: info["onPremisesInstanceTagFilters"] == here::filters(),
            }))
        }
        Err(error) if missing.iter().any(|name| error.is(name)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The application, unless it is there, and the group.
async fn create(remote: &Remote, names: &Names, kind: &Kind) -> Result<Group, CallError> {
    let platform = match kind {
        Kind::Server => "Server",
        Kind::Lambda(_) => "Lambda",
    };
    let input = json!({"applicationName": names.application, "computePlatform": platform});
    let created: Result<Value, CallError> = remote
        .call(Api::CodeDeploy, "CreateApplication", &input)
        .await;
    match created {
        Err(error) if !error.is("ApplicationAlreadyExistsException") => return Err(error),
        _ => {}
    }
    let role = remote.create_role(ROLE, "codedeploy.amazonaws.com").await?;
    let mut input = json!({"applicationName": names.application, "deploymentGroupName": names.group, "serviceRoleArn": role});
    match kind {
        Kind::Server => {
            input["deploymentConfigName"] = json!("CodeDeployDefault.AllAtOnce");
            input["onPremisesInstanceTagFilters"] = here::filters();
        }
        Kind::Lambda(_) => {
            input["deploymentConfigName"] = json!("CodeDeployDefault.LambdaAllAtOnce");
            input["deploymentStyle"] =
                json!({"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"});
        }
    }
    let made: Value = remote
        .call(Api::CodeDeploy, "CreateDeploymentGroup", &input)
        .await?;
    let id = made["deploymentGroupId"].as_str().unwrap_or_default();
    Ok(Group {
        id: id.to_owned(),
        is_here: matches!(kind, Kind::Server),
    })
}

/// Uploads the revision and creates the deployment; its id.
async fn begin(
    deploy: &Deploy,
    dir: &Utf8Path,
    kind: Kind,
    remote: &Remote,
    names: &Names,
    progress: &Progress,
) -> anyhow::Result<String> {
    let mut input = json!({
        "applicationName": names.application, "deploymentGroupName": names.group,
        "revision": revision::location(remote, dir, kind, &names.application).await?,
    });
    if let Some(config) = &deploy.config {
        input["deploymentConfigName"] = json!(config);
    }
    if let Some(behavior) = &deploy.file_exists_behavior {
        input["fileExistsBehavior"] = json!(behavior);
    }
    let output: CreateDeploymentOutput = remote
        .call(Api::CodeDeploy, "CreateDeployment", &input)
        .await?;
    let id = output.deployment_id.unwrap_or_default();
    let (application, group) = (&names.application, &names.group);
    progress.data(&json!({"application": application, "group": group, "deploymentId": id}));
    if !deploy.json {
        progress.note(&format!("{application} is deployed to {group} as {id}"));
    }
    Ok(id)
}
