//! On this host. Witness: contract codedeploy §8.6 to §8.8 unless said otherwise.

use super::house::{House, appspec};
use serde_json::json;
use slipway::agent::ongoing::Ongoing;
use slipway::agent::place::Host;
use slipway::agent::root::Root;
use std::fs;
use std::sync::Arc;

const SUCCEEDED: [&str; 7] = [
    "ApplicationStop: Succeeded",
    "DownloadBundle: Succeeded",
    "BeforeInstall: Succeeded",
    "Install: Succeeded",
    "AfterInstall: Succeeded",
    "ApplicationStart: Succeeded",
    "ValidateService: Succeeded",
];

#[tokio::test]
async fn a_revision_is_installed_and_the_next_one_takes_its_place() {
    let house = House::new(Arc::new(Host)).await;
    let (to, said) = (house.path("to"), house.path("said"));
    let spec = appspec(
        &to,
        "ApplicationStart: [{location: say.sh}], ApplicationStop: [{location: say.sh}]",
    );
    let say = format!("#!/bin/sh\necho $LIFECYCLE_EVENT >> {said}\n");
    let first = house
        .deploy(&[
            ("appspec.yml", &spec),
            ("web/a", "1"),
            ("web/b", "1"),
            ("say.sh", &say),
        ])
        .await;
    assert_eq!(house.ends(&first).await["status"], "Succeeded");
    assert_eq!(
        house.events(&first).await,
        (SUCCEEDED.map(str::to_owned).to_vec(), None)
    );
    let second = house
        .deploy(&[("appspec.yml", &appspec(&to, "")), ("web/a", "2")])
        .await;
    assert_eq!(house.ends(&second).await["status"], "Succeeded");
    assert_eq!(fs::read_to_string(to.join("a")).unwrap(), "2");
    assert!(!to.join("b").exists());
    // The first one's script has stopped it.
    assert_eq!(
        fs::read_to_string(said).unwrap(),
        "ApplicationStart\nApplicationStop\n"
    );
}

#[tokio::test]
async fn what_fails_is_told_in_the_agents_words() {
    let house = House::new(Arc::new(Host)).await;
    let to = house.path("to");
    let spec = appspec(&to, "AfterInstall: [{location: bad.sh}]");
    let id = house
        .deploy(&[
            ("appspec.yml", &spec),
            ("web/a", "1"),
            ("bad.sh", "#!/bin/sh\necho why\nexit 9\n"),
        ])
        .await;
    assert_eq!(
        house.ends(&id).await["errorInformation"]["code"],
        "HEALTH_CONSTRAINTS"
    );
    let (events, diagnostics) = house.events(&id).await;
    assert_eq!(
        events[4..],
        [
            "AfterInstall: Failed",
            "ApplicationStart: Skipped",
            "ValidateService: Skipped"
        ]
    );
    let expected = json!({"errorCode": "ScriptFailed", "scriptName": "bad.sh",
        "message": "Script at specified location: bad.sh failed with exit code 9",
        "logTail": "LifecycleEvent - AfterInstall\nScript - bad.sh\n[stdout]why\n"});
    assert_eq!(diagnostics, Some(expected));

    // §8.8: faults of the AppSpec are found before the work.
    let id = house
        .deploy(&[("appspec.yml", "version: 1.0\nos: linux\n")])
        .await;
    assert_eq!(house.ends(&id).await["status"], "Failed");
    let (events, diagnostics) = house.events(&id).await;
    assert_eq!(events[2], "BeforeInstall: Failed");
    let diagnostics = diagnostics.unwrap();
    assert_eq!(diagnostics["errorCode"], "UnknownError");
    let message = diagnostics["message"].as_str().unwrap();
    assert!(
        message.starts_with("The deployment failed because an invalid version value (1.0)"),
        "{message}"
    );
}

/// §8.8, "Crash recovery".
#[tokio::test]
async fn a_command_that_was_left_behind_fails() {
    let house = House::idle(Arc::new(Host)).await;
    let id = house
        .deploy(&[
            ("appspec.yml", &appspec(&house.path("to"), "")),
            ("web/a", "1"),
        ])
        .await;
    // Somebody asks for the command, begins, and is gone.
    let poll = json!({"HostIdentifier": "arn:aws:iam::000000000000:user/web-1"});
    let answer = house
        .caller
        .server
        .json("CodeDeployCommandService_v20141006.PollHostCommand", &poll)
        .await;
    let command = answer.json()["HostCommand"]["HostCommandIdentifier"]
        .as_str()
        .unwrap()
        .to_owned();
    let acknowledged = json!({"HostCommandIdentifier": command, "Diagnostics": {"Format": "JSON", "Payload": "{\"IsCommandNoop\":true}"}});
    house
        .caller
        .server
        .json(
            "CodeDeployCommandService_v20141006.PutHostCommandAcknowledgement",
            &acknowledged,
        )
        .await;
    drop(Ongoing::mark(&Root::new(house.path("root")), &id, &command).unwrap());
    house.agent.recover().await.unwrap();
    house.agent.recover().await.unwrap();
    assert_eq!(house.ends(&id).await["status"], "Failed");
    let (_, diagnostics) = house.events(&id).await;
    let text = "Failed: Failing in-progress lifecycle event after an agent restart.";
    assert_eq!(diagnostics.unwrap()["message"], text);
}

/// Our own: `--once` does one command at a time.
#[tokio::test]
async fn an_agent_that_asks_once_does_one_command() {
    let house = House::idle(Arc::new(Host)).await;
    let id = house
        .deploy(&[
            ("appspec.yml", &appspec(&house.path("to"), "")),
            ("web/a", "1"),
        ])
        .await;
    for _ in SUCCEEDED {
        assert!(house.agent.once().await.unwrap());
    }
    assert_eq!(house.ends(&id).await["status"], "Succeeded");
    assert_eq!(fs::read_to_string(house.path("to/a")).unwrap(), "1");
}
