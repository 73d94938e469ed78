//! Lambda deployments of a server whose engines stand still: the test says what the world answers.

use crate::support::caller::{Caller, ROLE};
use serde_json::{Value, json};
use slipway::aws::{Account, Region, Scope};
use slipway::engine::deployment::Event;
use slipway::engine::deployment::appspec::LambdaSpec;
use slipway::engine::deployment::event::{AlarmSeen, Owner};
use slipway::engine::deployment::fault::Fault;
use slipway::engine::deployment::state::Doing;

/// The application `a` of the platform Lambda with the group `g`; `members` are the group's.
pub async fn group(caller: &Caller, members: Value) {
    super::sample::app(caller, "a", "Lambda").await;
    more(caller, "g", members).await;
}

/// Another group of the application.
pub async fn more(caller: &Caller, name: &str, members: Value) {
    let body = json!({"applicationName": "a", "deploymentGroupName": name, "serviceRoleArn": ROLE,
        "deploymentStyle": {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"}});
    caller
        .ok("CreateDeploymentGroup", merged(body, members))
        .await;
}

pub fn merged(mut body: Value, members: Value) -> Value {
    let more = members.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    body
}

/// Rolls back on everything.
pub fn rolls_back() -> Value {
    json!({"enabled": true, "events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"]})
}

pub fn app_spec(current: u32, target: u32, hooks: bool) -> String {
    let hooks = match hooks {
        true => json!([{"BeforeAllowTraffic": "before"}, {"AfterAllowTraffic": "after"}]),
        false => json!([]),
    };
    json!({"version": 0.0, "Resources": [{"f": {"Type": "AWS::Lambda::Function", "Properties":
        {"Name": "f", "Alias": "live", "CurrentVersion": current.to_string(), "TargetVersion": target.to_string()}}}], "Hooks": hooks})
    .to_string()
}

pub fn revision(content: &str) -> Value {
    json!({"revisionType": "AppSpecContent", "appSpecContent": {"content": content}})
}

/// The request that deploys from one version to another.
pub fn request(current: u32, target: u32) -> Value {
    json!({"applicationName": "a", "deploymentGroupName": "g", "revision": revision(&app_spec(current, target, false))})
}

/// Creates a deployment; its id.
pub async fn create(caller: &Caller, body: Value) -> String {
    let made = caller.ok("CreateDeployment", body).await;
    made["deploymentId"].as_str().unwrap().to_owned()
}

fn scope() -> Scope {
    Scope::new(
        Account::parse("000000000000").unwrap(),
        Region::parse("us-east-1").unwrap(),
    )
}

pub async fn tell(caller: &Caller, id: &str, event: Event) {
    let engine = &caller.server.app.codedeploy.engine;
    engine.event((scope(), id.to_owned()), event).await;
}

fn doing(caller: &Caller, id: &str) -> Option<Doing> {
    let key = (scope(), id.to_owned());
    let state = caller.server.app.codedeploy.engine.state(&key);
    state.unwrap().doing().cloned()
}

/// The id of the hook execution that is waited for.
pub fn hook(caller: &Caller, id: &str) -> String {
    match doing(caller, id) {
        Some(Doing::Hook { execution, .. }) => execution,
        other => panic!("{other:?}"),
    }
}

/// The world answers what is waited for.
pub async fn answer(caller: &Caller, id: &str, well: bool) {
    let result = || match well {
        true => Ok(()),
        false => Err(Fault::configuration("it was not so")),
    };
    let event = match doing(caller, id) {
        None => {
            let key = (scope(), id.to_owned());
            let state = caller.server.app.codedeploy.engine.state(&key).unwrap();
            Event::SpecRead(result().map(|()| given(&state.plan)))
        }
        Some(Doing::CheckingAlias) => Event::AliasChecked(result()),
        Some(Doing::Shifting { to }) => Event::Shifted {
            to,
            result: result(),
        },
        other => panic!("{other:?}"),
    };
    tell(caller, id, event).await;
}

fn given(plan: &slipway::engine::deployment::DeploymentPlan) -> LambdaSpec {
    use slipway::engine::deployment::plan::{LambdaSource, Work};
    let Work::Lambda(work) = &plan.work else {
        panic!("{plan:?}");
    };
    match &work.source {
        LambdaSource::Given(spec) | LambdaSource::Restore { spec, .. } => spec.clone(),
        LambdaSource::Object(_) => LambdaSpec {
            function: "f".to_owned(),
            alias: "live".to_owned(),
            current: "1".to_owned(),
            target: "2".to_owned(),
            before_allow_traffic: None,
            after_allow_traffic: None,
        },
    }
}

/// The alarm of this name rings.
pub async fn ring(caller: &Caller, id: &str, name: &str) {
    let seen = AlarmSeen {
        name: name.to_owned(),
        state: Some("ALARM".to_owned()),
    };
    tell(caller, id, Event::AlarmsSeen(vec![seen])).await;
}

pub async fn orphan(caller: &Caller, id: &str) {
    tell(caller, id, Event::Orphaned(Owner::Group)).await;
}

/// A deployment of one version after another that succeeds; its id.
pub async fn deployed(caller: &Caller, current: u32, target: u32) -> String {
    let id = create(caller, request(current, target)).await;
    for _ in 0..3 {
        answer(caller, &id, true).await;
    }
    id
}

/// A deployment whose alias is not where it should be; its id.
pub async fn failed(caller: &Caller, current: u32, target: u32) -> String {
    let id = create(caller, request(current, target)).await;
    answer(caller, &id, true).await;
    answer(caller, &id, false).await;
    id
}

/// What GetDeployment says.
pub async fn shown(caller: &Caller, id: &str) -> Value {
    let answer = caller
        .ok("GetDeployment", json!({"deploymentId": id}))
        .await;
    answer["deploymentInfo"].clone()
}

/// Three ids that each name a deployment wrongly: none, malformed, unknown.
pub const WRONG: [&str; 3] = ["", "d-1", "d-ZZZZZZZZZ"];

/// The codes that the three get.
pub const WRONGED: [&str; 3] = [
    "DeploymentIdRequiredException",
    "InvalidDeploymentIdException",
    "DeploymentDoesNotExistException",
];

/// Asserts that the three are refused by the operation, in the body beside these members.
pub async fn refuses_wrong_ids(caller: &Caller, operation: &str, members: Value) {
    for (id, code) in WRONG.iter().zip(WRONGED) {
        let body = merged(json!({"deploymentId": id}), members.clone());
        assert_eq!(caller.refused(operation, body).await.code, code, "{id}");
    }
}
