//! A server that is killed after any change that a deployment makes, with the change made and the news of it lost.
//!
//! Every change of every lifecycle event has its turn; after the next start the deployment goes on to the same end, and what it has done
//! is there once.

use super::agent::{Agent, Command};
use super::house::{House, config};
use super::instances::{self, SEVEN, instance};
use super::restart::{again_after, folder};
use crate::codedeploy::{deploying, deploying_ecs};
use crate::support::caller::{CODEDEPLOY, Caller};
use crate::support::waiting::wait_for;
use codedeploy_api::input::PutLifecycleEventHookExecutionStatusInput;
use codedeploy_api::model::LifecycleEventStatus;
use serde_json::{Value, json};
use slipway::codedeploy::operations;
use slipway::server::Call;

/// What is deployed, and the functions of its hooks in their order.
struct Story {
    request: Value,
    hooks: &'static [&'static str],
    /// Members of its group.
    group: Value,
}

impl Story {
    async fn house(&self, folder: &camino::Utf8Path) -> House {
        let house = House::with(config(Some(folder))).await;
        match self.request["applicationName"] == "e" {
            true => deploying_ecs::group(&house.caller, self.group.clone()).await,
            false => deploying::group(&house.caller, self.group.clone()).await,
        }
        house
    }

    /// Hooks are answered, until the deployment is over; `None`: the world fell silent before.
    async fn goes_on(&self, house: &House, id: &str) -> Option<Value> {
        let to_the_end = async {
            for hook in self.hooks {
                let payload = house.functions.invoked(hook, 1).await;
                let text = |name: &str| payload[name].as_str().map(str::to_owned);
                let input = PutLifecycleEventHookExecutionStatusInput {
                    deployment_id: text("DeploymentId"),
                    lifecycle_event_hook_execution_id: text("LifecycleEventHookExecutionId"),
                    status: Some(LifecycleEventStatus::Succeeded),
                };
                // It may have been answered before the server was killed.
                let call = Call::new(&house.caller.server.app);
                let _ = operations::put_lifecycle_event_hook_execution_status(input, call).await;
            }
            house.end(id).await
        };
        tokio::select! {
            biased;
            () = house.functions.services.silence.fell() => None,
            info = to_the_end => Some(info),
        }
    }

    /// Plays it with the server killed after each change; gives how many changes there were.
    async fn play(&self, check: impl AsyncFn(&House, &str)) -> usize {
        for change in 1.. {
            let temporary = tempfile::tempdir().unwrap();
            let folder = folder(&temporary);
            let house = self.house(&folder).await;
            house.functions.services.silence.after(change);
            let id = house.create(self.request.clone()).await;
            let whole = self.goes_on(&house, &id).await;
            if let Some(info) = whole {
                assert_eq!(info["status"], "Succeeded", "{info}");
                return change - 1;
            }
            let house = again_after(house, &folder, |functions| {
                functions.services.silence.end();
            });
            let house = house.await;
            let info = self.goes_on(&house, &id).await.unwrap();
            assert_eq!(info["status"], "Succeeded", "killed after {change}: {info}");
            check(&house, &id).await;
        }
        unreachable!()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_is_deployed_though_the_server_is_killed_at_any_event() {
    // contract codedeploy §6.3, §6.4, §10.1 F31; ours: nothing acknowledged is lost
    let content = deploying::app_spec(1, 2, true);
    let story = Story {
        request: deploying::merged(
            deploying::request(1, 2),
            json!({"revision": deploying::revision(&content)}),
        ),
        hooks: &["before", "after"],
        group: json!({"deploymentConfigName": "CodeDeployDefault.LambdaCanary10Percent5Minutes"}),
    };
    let changes = story.play(async |house, id| {
        assert_eq!(house.functions.alias(), "2");
        let shifts = house.functions.shifts();
        let shifts: Vec<_> = shifts.iter().map(|(_, to)| to.as_str()).collect();
        assert_eq!(shifts, ["1+2:0.1", "2"]);
        assert_eq!(house.events(id).await, ["Succeeded"; 3]);
    });
    // Two hooks and two shifts.
    assert_eq!(changes.await, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_set_is_deployed_though_the_server_is_killed_at_any_event() {
    // contract codedeploy §7.4, §7.5, §10.1 F31; ours: nothing acknowledged is lost
    let hooks = [
        ("BeforeInstall", "one"),
        ("AfterInstall", "two"),
        ("AfterAllowTestTraffic", "three"),
        ("BeforeAllowTraffic", "four"),
        ("AfterAllowTraffic", "five"),
    ];
    let story = Story {
        request: deploying_ecs::request(2, &hooks),
        hooks: &["one", "two", "three", "four", "five"],
        group: json!({"deploymentConfigName": "CodeDeployDefault.ECSCanary10Percent5Minutes",
            "blueGreenDeploymentConfiguration": deploying_ecs::waits(None, 1)}),
    };
    let changes = story.play(async |house, id| {
        let services = &house.functions.services;
        assert_eq!(services.sets(), ["ecs-svc/2 PRIMARY"]);
        for listener in ["production", "rule"] {
            assert_eq!(services.leads(listener), "blue:0 green:100");
        }
        assert_eq!(services.leads("other"), "other:1");
        let log = services.log();
        for once in ["create", "primary", "delete"] {
            let times = log.iter().filter(|entry| entry.starts_with(once));
            assert_eq!(times.count(), 1, "{once}: {log:?}");
        }
        let body = json!({"deploymentId": id, "targetId": "c:web"});
        let target = house.caller.ok("GetDeploymentTarget", body).await;
        let events = &target["deploymentTarget"]["ecsTarget"]["lifecycleEvents"];
        let events = events.as_array().unwrap().iter();
        assert!(events.clone().all(|event| event["status"] == "Succeeded"));
        assert_eq!(events.count(), 8);
    });
    // Five hooks; listener and rule weighed at Install, at 10 and at 100 percent; the test listener; created, made primary, deleted.
    assert_eq!(changes.await, 15);
}

/// What an agent has done of a command when the server ends.
#[derive(Clone, Copy, Debug)]
enum Done {
    Fetched,
    Confirmed,
    Told,
}

impl Done {
    async fn with(self, agent: &Agent) -> Command {
        let command = agent.fetch().await;
        match self {
            Self::Fetched => {}
            Self::Confirmed => assert_eq!(agent.confirm(&command.id).await, "InProgress"),
            Self::Told => {
                agent.confirm(&command.id).await;
                agent.succeeds(&command.id).await;
            }
        }
        command
    }

    /// The agent goes on with it, by what it knows itself.
    async fn goes_on(self, agent: &Agent, command: &Command) {
        match self {
            Self::Fetched => {
                assert_eq!(agent.confirm(&command.id).await, "InProgress");
                agent.succeeds(&command.id).await;
            }
            Self::Confirmed => agent.succeeds(&command.id).await,
            Self::Told => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_is_deployed_to_though_the_server_ends_at_any_event() {
    // contract codedeploy §8.2, §8.8, §10.1 F31; ours: nothing acknowledged is lost
    for done in [Done::Fetched, Done::Confirmed, Done::Told] {
        let temporary = tempfile::tempdir().unwrap();
        let folder = folder(&temporary);
        let mut caller = Caller::keeping(&folder, CODEDEPLOY).await;
        instances::group(&caller, json!({})).await;
        let mut agent = instance(&caller, "one").await;
        let id = deploying::create(&caller, instances::request("v1.zip")).await;
        for event in SEVEN {
            let command = done.with(&agent).await;
            assert_eq!(command.name, event, "{done:?}");
            drop(agent);
            caller = instances::again(caller, &folder).await;
            agent = Agent::of(&caller, "one");
            done.goes_on(&agent, &command).await;
        }
        let info = wait_for("the end", async || {
            let info = deploying::shown(&caller, &id).await;
            (info["status"] != "InProgress").then_some(info)
        })
        .await;
        assert_eq!(info["status"], "Succeeded", "{done:?}: {info}");
        let target = instances::target(&caller, &id, "one").await;
        let events = target["lifecycleEvents"].as_array().unwrap().iter();
        let events: Vec<_> = events.map(|event| event["status"].as_str()).collect();
        assert_eq!(events, [Some("Succeeded"); 7], "{done:?}");
    }
}
