//! A server whose deployments go to scripted functions; one shown minute takes a fifth of a second.

use super::functions::{Functions, With};
use crate::codedeploy::deploying;
use crate::sandbox::host;
use crate::support::Server;
use crate::support::caller::{CODEDEPLOY, Caller};
use crate::support::waiting::wait_for;
use camino::Utf8Path;
use serde_json::{Value, json};
use slipway::app::App;
use slipway::aws::Time;
use slipway::config::{Config, Data};
use slipway::sandbox::choose::Chosen;
use slipway::sandbox::process::HostSandboxes;
use std::sync::{Arc, OnceLock, Weak};

pub struct House {
    pub caller: Caller,
    pub functions: Arc<Functions>,
}

/// Shown seconds in a real one.
const SCALE: f64 = 300.0;

pub fn config(folder: Option<&Utf8Path>) -> Config {
    let data = folder.map_or(Data::Memory, |folder| Data::Folder(folder.to_owned()));
    Config {
        time_scale: SCALE,
        data,
        ..Config::in_memory()
    }
}

/// A server with these functions; nothing runs yet.
pub async fn open(config: Config, functions: &Arc<Functions>) -> Arc<App> {
    let clock: Arc<OnceLock<Weak<App>>> = Arc::default();
    let (functions, read) = (functions.clone(), clock.clone());
    let now = move || {
        let app = read.get().and_then(Weak::upgrade);
        app.map_or(Time::from_millis(0), |app| app.now())
    };
    let sandboxes = |store: &slipway::store::Store| Chosen {
        sandboxes: Arc::new(HostSandboxes::new(host::options(
            store.folder().join("builds"),
        ))),
        docker: None,
        warning: None,
    };
    let app = App::open_among(config, sandboxes, |rest| {
        Arc::new(With {
            functions,
            rest,
            now: Box::new(now),
        })
    });
    let app = app.await.unwrap();
    clock.set(Arc::downgrade(&app)).unwrap();
    app
}

impl House {
    /// With the application `a` and its group `g`; `members` are the group's.
    pub async fn new(members: Value) -> Self {
        let house = Self::with(config(None)).await;
        deploying::group(&house.caller, members).await;
        house
    }

    /// Without anything but a role.
    pub async fn with(config: Config) -> Self {
        let functions = Functions::at("1");
        let app = open(config, &functions).await;
        app.resume().await;
        let caller = Caller::of(Server::of(app).await, CODEDEPLOY).await;
        Self { caller, functions }
    }

    pub async fn create(&self, body: Value) -> String {
        deploying::create(&self.caller, body).await
    }

    /// What GetDeployment says.
    pub async fn shown(&self, id: &str) -> Value {
        deploying::shown(&self.caller, id).await
    }

    /// Waits for the end of a deployment.
    pub async fn end(&self, id: &str) -> Value {
        wait_for(&format!("the end of {id}"), async || {
            let info = self.shown(id).await;
            ["Succeeded", "Failed", "Stopped"]
                .contains(&info["status"].as_str().unwrap())
                .then_some(info)
        })
        .await
    }

    /// The names and statuses of a target's events.
    pub async fn events(&self, id: &str) -> Vec<String> {
        let body = json!({"deploymentId": id, "targetId": "f:live"});
        let target = self.caller.ok("GetDeploymentTarget", body).await;
        let events = &target["deploymentTarget"]["lambdaTarget"]["lifecycleEvents"];
        let events = events.as_array().unwrap().iter();
        events
            .map(|event| event["status"].as_str().unwrap().to_owned())
            .collect()
    }

    /// A hook's function calls back.
    pub async fn call_back(&self, payload: &Value, status: &str) {
        let body = json!({"deploymentId": payload["DeploymentId"], "status": status,
            "lifecycleEventHookExecutionId": payload["LifecycleEventHookExecutionId"]});
        self.caller
            .ok("PutLifecycleEventHookExecutionStatus", body)
            .await;
    }
}
