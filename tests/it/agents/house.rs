//! A server with an application, a group for instances with the tag `env=test`, and an agent with a folder of its own.

use crate::support::caller::{CODEDEPLOY, Caller, ROLE};
use crate::support::waiting::wait_for;
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};
use slipway::agent::bundle::Sources;
use slipway::agent::command::Tools;
use slipway::agent::place::Place;
use slipway::agent::register;
use slipway::agent::root::Root;
use slipway::agent::work::Agent;
use slipway::cli::remote::caller::Remote;
use std::io::{Cursor, Write};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use zip::write::SimpleFileOptions;

pub struct House {
    pub caller: Caller,
    pub agent: Agent,
    pub remote: Remote,
    folder: tempfile::TempDir,
    stop: CancellationToken,
}

impl House {
    /// The agent is registered and at work.
    pub async fn new(place: Arc<dyn Place>) -> Self {
        let house = Self::idle(place).await;
        let (agent, stop) = (house.agent.clone(), house.stop.clone());
        tokio::spawn(async move { agent.run(&stop).await });
        house
    }

    /// The agent is registered and does nothing.
    pub async fn idle(place: Arc<dyn Place>) -> Self {
        let caller = Caller::running(CODEDEPLOY).await;
        let address = caller.server.address;
        let remote = Remote::new(
            format!("http://{address}"),
            "000000000000".into(),
            "us-east-1".into(),
        );
        let tag = ("env".to_owned(), "test".to_owned());
        let host = register::register(&remote, "web-1", &[tag]).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let tools = Tools {
            root: Root::new(path(&folder, "root")),
            sources: Sources {
                s3: remote.url().to_owned(),
                authorization: remote.authorization("s3"),
                github: remote.url().to_owned(),
                again: Vec::new(),
                git: slipway::git::Git::default(),
            },
            place,
        };
        let agent = Agent::new(remote.clone(), host, tools, |_| {});
        caller.s3("PUT", "/revisions", "").await;
        caller
            .ok(
                "CreateApplication",
                json!({"applicationName": "app", "computePlatform": "Server"}),
            )
            .await;
        let filters = json!([{"Key": "env", "Value": "test", "Type": "KEY_AND_VALUE"}]);
        let group = json!({"applicationName": "app", "deploymentGroupName": "group", "serviceRoleArn": ROLE,
            "deploymentConfigName": "CodeDeployDefault.AllAtOnce", "onPremisesInstanceTagFilters": filters});
        caller.ok("CreateDeploymentGroup", group).await;
        Self {
            caller,
            agent,
            remote,
            folder,
            stop: CancellationToken::new(),
        }
    }

    pub fn path(&self, name: &str) -> Utf8PathBuf {
        path(&self.folder, name)
    }

    /// Uploads these files as a revision and deploys it; the deployment's id.
    pub async fn deploy(&self, files: &[(&str, &str)]) -> String {
        let key = format!("{}.zip", uuid::Uuid::new_v4());
        let stored = self
            .remote
            .put_object("revisions", &key, bundle(files))
            .await;
        let location = json!({"bucket": "revisions", "key": key, "bundleType": "zip", "eTag": stored.unwrap()});
        let input = json!({"applicationName": "app", "deploymentGroupName": "group",
            "revision": {"revisionType": "S3", "s3Location": location}});
        let made = self.caller.ok("CreateDeployment", input).await;
        made["deploymentId"].as_str().unwrap().to_owned()
    }

    /// The deployment once it is over.
    pub async fn ends(&self, id: &str) -> Value {
        wait_for("the end of the deployment", || async {
            let got = self
                .caller
                .ok("GetDeployment", json!({ "deploymentId": id }))
                .await;
            let info = got["deploymentInfo"].clone();
            info.get("completeTime").is_some().then_some(info)
        })
        .await
    }

    /// `Event: Status` of the only target, and what is said about what failed.
    pub async fn events(&self, id: &str) -> (Vec<String>, Option<Value>) {
        let listed = self
            .caller
            .ok("ListDeploymentTargets", json!({ "deploymentId": id }))
            .await;
        let target = &listed["targetIds"][0];
        let input = json!({"deploymentId": id, "targetId": target});
        let got = self.caller.ok("GetDeploymentTarget", input).await;
        let events = got["deploymentTarget"]["instanceTarget"]["lifecycleEvents"]
            .as_array()
            .unwrap()
            .clone();
        let text =
            |event: &Value, member: &str| event[member].as_str().unwrap_or_default().to_owned();
        let line = |event: &Value| {
            format!(
                "{}: {}",
                text(event, "lifecycleEventName"),
                text(event, "status")
            )
        };
        let failed = events.iter().find(|event| event["status"] == "Failed");
        (
            events.iter().map(line).collect(),
            failed.map(|event| event["diagnostics"].clone()),
        )
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn path(folder: &tempfile::TempDir, name: &str) -> Utf8PathBuf {
    Utf8Path::from_path(folder.path()).unwrap().join(name)
}

fn bundle(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An AppSpec that installs the folder `web` and has these hooks.
pub fn appspec(to: &Utf8Path, hooks: &str) -> String {
    format!(
        "version: 0.0\nos: linux\nfiles: [{{source: web, destination: {to}}}]\nhooks: {{{hooks}}}\n"
    )
}
