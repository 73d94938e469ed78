//! ECS deployments of a server whose engines stand still: the test says what the world answers.

use super::deploying::{merged, tell};
use crate::support::caller::{Caller, ECS, ROLE};
use serde_json::{Value, json};
use slipway::aws::{Account, Region, Scope};
use slipway::companions::balancing::TargetGroupInfo;
use slipway::companions::containers::TaskSetInfo;
use slipway::engine::deployment::appspec::ecs;
use slipway::engine::deployment::ecs::event::Event;
use slipway::engine::deployment::ecs::target::Setting;
use slipway::engine::deployment::state::Doing;
use slipway::engine::deployment::{self, fault::Fault};

/// The application `e` of the platform ECS with the group `g`; `members` are the group's.
pub async fn group(caller: &Caller, members: Value) {
    super::sample::app(caller, "e", "ECS").await;
    serve(&caller.to(ECS), "web", "CODE_DEPLOY").await;
    target_groups(caller).await;
    caller
        .ok("CreateDeploymentGroup", merged(body(), members))
        .await;
}

/// The target groups `blue` and `green`.
pub async fn target_groups(caller: &Caller) {
    for name in ["blue", "green"] {
        let form = format!(
            "Action=CreateTargetGroup&Version=2015-12-01&Name={name}&Protocol=HTTP&Port=80&VpcId=vpc-1&TargetType=ip"
        );
        let made = caller.server.query("elasticloadbalancing", &form).await;
        assert_eq!(made.status, http::StatusCode::OK, "{}", made.text());
    }
}

/// A service of the cluster `c` whose deployments this controller makes; it has no tasks.
pub async fn serve(ecs: &Caller, name: &str, controller: &str) {
    let ecs = ecs.in_json();
    ecs.ok("CreateCluster", json!({"clusterName": "c"})).await;
    let containers = json!([{"name": "web", "image": "web", "memory": 64}]);
    let definition = json!({"family": "web", "containerDefinitions": containers});
    ecs.ok("RegisterTaskDefinition", definition).await;
    let service = json!({"cluster": "c", "serviceName": name, "taskDefinition": "web", "desiredCount": 0,
        "deploymentController": {"type": controller}});
    ecs.ok("CreateService", service).await;
}

/// The request for the group.
pub fn body() -> Value {
    json!({"applicationName": "e", "deploymentGroupName": "g", "serviceRoleArn": ROLE,
        "deploymentStyle": {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
        "ecsServices": [{"serviceName": "web", "clusterName": "c"}],
        "loadBalancerInfo": {"targetGroupPairInfoList": [pair()]},
        "blueGreenDeploymentConfiguration": waits(None, 0)})
}

fn pair() -> Value {
    json!({"targetGroups": [{"name": "blue"}, {"name": "green"}], "prodTrafficRoute": {"listenerArns": ["production"]},
        "testTrafficRoute": {"listenerArns": ["test"]}})
}

/// Minutes until somebody has to continue, and until the original task set goes.
pub fn waits(ready: Option<u32>, termination: u32) -> Value {
    let ready = match ready {
        Some(minutes) => {
            json!({"actionOnTimeout": "STOP_DEPLOYMENT", "waitTimeInMinutes": minutes})
        }
        None => json!({"actionOnTimeout": "CONTINUE_DEPLOYMENT"}),
    };
    json!({"terminateBlueInstancesOnDeploymentSuccess":
        {"action": "TERMINATE", "terminationWaitTimeInMinutes": termination}, "deploymentReadyOption": ready})
}

pub fn app_spec(revision: u32, hooks: &[(&str, &str)]) -> String {
    let hooks = hooks
        .iter()
        .map(|(event, function)| json!({*event: function}));
    let hooks: Vec<Value> = hooks.collect();
    json!({"version": 0.0, "Resources": [{"TargetService": {"Type": "AWS::ECS::Service", "Properties": {
        "TaskDefinition": format!("arn:aws:ecs:us-east-1:000000000000:task-definition/web:{revision}"),
        "LoadBalancerInfo": {"ContainerName": "web", "ContainerPort": 80}}}}], "Hooks": hooks})
    .to_string()
}

/// The request that deploys a revision of the task definition.
pub fn request(revision: u32, hooks: &[(&str, &str)]) -> Value {
    let content = app_spec(revision, hooks);
    json!({"applicationName": "e", "deploymentGroupName": "g",
        "revision": super::deploying::revision(&content)})
}

fn doing(caller: &Caller, id: &str) -> Option<Doing> {
    let scope = Scope::new(
        Account::parse("000000000000").unwrap(),
        Region::parse("us-east-1").unwrap(),
    );
    let state = caller
        .server
        .app
        .codedeploy
        .engine
        .state(&(scope, id.to_owned()));
    state.unwrap().doing().cloned()
}

fn setting() -> Setting {
    let group = |name: &str| TargetGroupInfo {
        arn: format!("arn-{name}"),
        name: name.to_owned(),
        target_type: "ip".to_owned(),
    };
    Setting {
        service_arn: "arn:aws:ecs:us-east-1:000000000000:service/c/web".to_owned(),
        blue: "ecs-svc/1".to_owned(),
        blue_group: group("blue"),
        green_group: group("green"),
        production: "production".to_owned(),
        test: Some("test".to_owned()),
    }
}

fn set(number: u32, of: &str, status: &str) -> TaskSetInfo {
    TaskSetInfo {
        id: format!("ecs-svc/{number}"),
        external_id: Some(of.to_owned()),
        status: status.to_owned(),
        desired: 1,
        running: 1,
        steady: true,
        ..TaskSetInfo::default()
    }
}

/// The world answers what is waited for.
pub async fn answer(caller: &Caller, id: &str, well: bool) {
    let result = || match well {
        true => Ok(()),
        false => Err(Fault::service_update("it was not so")),
    };
    let blue = || set(1, "", "PRIMARY");
    let event = match doing(caller, id) {
        None => {
            let spec = ecs(app_spec(2, &[]).as_bytes()).unwrap();
            Event::SpecRead(Box::new(result().map(|()| spec)))
        }
        Some(Doing::CheckingService) => {
            Event::Inspected(Box::new(result().map(|()| (setting(), blue()))))
        }
        Some(Doing::CreatingTasks) => Event::Created(result()),
        Some(Doing::Installing { .. } | Doing::Settling { .. }) => {
            Event::Seen(Some(vec![blue(), set(2, id, "ACTIVE")]))
        }
        Some(Doing::ShiftingTest { to }) => Event::Tested {
            to,
            result: result(),
        },
        Some(Doing::Shifting { to }) => Event::Shifted {
            to,
            result: result(),
        },
        Some(Doing::Promoting) => Event::Promoted(result()),
        Some(Doing::Removing) => Event::Removed(result()),
        Some(Doing::Draining { .. }) => Event::Seen(Some(vec![set(2, id, "PRIMARY")])),
        other => panic!("{other:?}"),
    };
    tell(caller, id, deployment::Event::Ecs(event)).await;
}

/// The world answers well, so often.
pub async fn go(caller: &Caller, id: &str, answers: usize) {
    for _ in 0..answers {
        answer(caller, id, true).await;
    }
}

/// Answers until the traffic could move: spec, look, task set, its tasks, the test listener.
pub const TO_TRAFFIC: usize = 5;

/// Answers of a deployment that succeeds, all at once and without waits.
pub const TO_THE_END: usize = 10;
