//! A server with a cluster `c`, and what is asked of it again and again.

use crate::support::caller::{Caller, ECS};
use crate::support::{Server, wait_for};
use serde_json::{Value, json};
use slipway::app::App;
use slipway::config::Config;
use slipway::sandbox::Sandboxes;
use slipway::sandbox::choose::Chosen;
use slipway::sandbox::scripted_pods::ScriptedPods;
use std::sync::Arc;

pub const ARN: &str = "arn:aws:ecs:us-east-1:000000000000";
/// Shown seconds in a real one.
const SCALE: f64 = 60.0;

/// Nothing runs: tasks stay as they are made.
pub async fn quiet() -> Caller {
    let caller = Caller::new(ECS).await;
    caller
        .ok("CreateCluster", json!({"clusterName": "c"}))
        .await;
    caller
}

/// Tasks run in scripted pods.
pub async fn house() -> (Caller, ScriptedPods) {
    let pods = ScriptedPods::default();
    (running(Arc::new(pods.clone())).await, pods)
}

/// Tasks run where these sandboxes say.
pub async fn running(sandboxes: Arc<dyn Sandboxes>) -> Caller {
    let config = Config {
        time_scale: SCALE,
        ..Config::in_memory()
    };
    let app = App::open_in(config, |_| Chosen {
        sandboxes,
        docker: None,
        warning: None,
    });
    let app = app.await.unwrap();
    app.resume().await;
    let caller = Caller::of(Server::of(app).await, ECS).await;
    caller
        .ok("CreateCluster", json!({"clusterName": "c"}))
        .await;
    caller
}

/// A definition with one container `web` of this image that answers at 80.
pub fn definition(family: &str, image: &str) -> Value {
    json!({
        "family": family,
        "containerDefinitions": [{
            "name": "web",
            "image": image,
            "memory": 64,
            "portMappings": [{"containerPort": 80}],
        }],
    })
}

/// Registers it; its ARN.
pub async fn define(caller: &Caller, body: Value) -> String {
    let made = caller.ok("RegisterTaskDefinition", body).await;
    made["taskDefinition"]["taskDefinitionArn"]
        .as_str()
        .unwrap()
        .to_owned()
}

pub async fn service(caller: &Caller, name: &str) -> Value {
    let body = json!({"cluster": "c", "services": [name]});
    let mut shown = caller.ok("DescribeServices", body).await;
    shown["services"][0].take()
}

/// Waits until the service is as wanted.
pub async fn until(caller: &Caller, name: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    wait_for(&format!("service {name}"), async || {
        Some(service(caller, name).await).filter(&wanted)
    })
    .await
}

/// As the aws CLI's `wait services-stable` sees it.
pub fn stable(service: &Value) -> bool {
    let one = service["deployments"]
        .as_array()
        .is_some_and(|all| all.len() == 1);
    one && service["runningCount"] == service["desiredCount"] && service["pendingCount"] == 0
}

/// ARNs of the tasks in this desired status.
pub async fn tasks(caller: &Caller, desired: &str) -> Vec<String> {
    let body = json!({"cluster": "c", "desiredStatus": desired});
    let listed = caller.ok("ListTasks", body).await;
    let arns = listed["taskArns"].as_array().unwrap().iter();
    arns.map(|arn| arn.as_str().unwrap().to_owned()).collect()
}

pub async fn task(caller: &Caller, arn: &str) -> Value {
    let body = json!({"cluster": "c", "tasks": [arn]});
    let mut shown = caller.ok("DescribeTasks", body).await;
    shown["tasks"][0].take()
}

/// Waits until the task has this status.
pub async fn task_is(caller: &Caller, arn: &str, status: &str) -> Value {
    wait_for(&format!("{arn} {status}"), async || {
        Some(task(caller, arn).await).filter(|task| task["lastStatus"] == status)
    })
    .await
}
