//! In a container; skipped, and said so, where there is no Docker. Witness: contract codedeploy §8.6, and our own.

use super::house::{House, appspec};
use crate::sandbox::docker::{containers_of, spec};
use crate::sandbox::docker_place::Instance;
use crate::sandbox::run::{nowhere, run};
use slipway::agent::place::InContainer;
use slipway::sandbox::{Sandbox, Sandboxes};
use std::sync::Arc;

async fn says(inside: &Arc<dyn Sandbox>, script: &str) -> String {
    run(inside, script).await.1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revision_is_installed_inside_and_its_scripts_run_there() {
    let Some(instance) = Instance::new().await else {
        return;
    };
    let inside = instance
        .sandboxes
        .prepare(&spec("agent"), nowhere())
        .await
        .unwrap();
    let container = containers_of(&instance.id).await.remove(0).id.unwrap();
    let house = House::new(Arc::new(InContainer::attach(&container).await.unwrap())).await;
    let hooks =
        "AfterInstall: [{location: say.sh}], ApplicationStart: [{location: slow.sh, timeout: 1}]";
    let spec = appspec("/srv/app".into(), hooks)
        + "permissions: [{object: /srv/app, mode: 700, owner: root, type: [file]}]\n";
    let say = "#!/bin/sh\necho $DEPLOYMENT_GROUP_NAME > /said\n";
    let files = [
        ("appspec.yml", spec.as_str()),
        ("web/sub/a", "1"),
        ("say.sh", say),
        ("slow.sh", "#!/bin/sh\necho on\necho why >&2\nsleep 30\n"),
    ];
    let id = house.deploy(&files).await;
    assert_eq!(house.ends(&id).await["status"], "Failed");
    let (events, diagnostics) = house.events(&id).await;
    assert_eq!(
        events[4..6],
        ["AfterInstall: Succeeded", "ApplicationStart: Failed"]
    );
    let diagnostics = diagnostics.unwrap();
    assert_eq!(diagnostics["errorCode"], "ScriptTimedOut");
    assert!(
        diagnostics["logTail"]
            .as_str()
            .unwrap()
            .ends_with("[stdout]on\n[stderr]why\n"),
        "{diagnostics}"
    );
    let text = says(
        &inside,
        "cat /srv/app/sub/a /said; stat -c ' %a' /srv/app/sub/a; ps | grep -c '[s]leep 30'",
    )
    .await;
    assert_eq!(text, "1group\n 700\n0\n");
    // Nothing of a script stays.
    assert_eq!(
        says(&inside, "ls /tmp | grep -c slipway-script").await,
        "0\n"
    );

    let first = id;
    let spec = appspec("/srv/app".into(), "");
    let id = house
        .deploy(&[("appspec.yml", spec.as_str()), ("web/b", "2")])
        .await;
    assert_eq!(house.ends(&id).await["status"], "Succeeded");
    assert_eq!(
        says(&inside, "cd /srv/app && find . -type f").await,
        "./b\n"
    );

    // §8.6: what is pruned here is pruned inside, when a revision goes there.
    let groups = std::fs::read_dir(house.path("root")).unwrap();
    let group = groups.map(|entry| entry.unwrap().path());
    let mut group = group.filter(|path| path.join(&first).exists());
    std::fs::remove_dir_all(group.next().unwrap().join(&first)).unwrap();
    let spec = appspec("/srv/app".into(), "AfterInstall: [{location: true.sh}]");
    let id = house
        .deploy(&[
            ("appspec.yml", spec.as_str()),
            ("web/b", "3"),
            ("true.sh", "#!/bin/sh\n"),
        ])
        .await;
    assert_eq!(house.ends(&id).await["status"], "Succeeded");
    let revisions = "cd /opt/codedeploy-agent/deployment-root && ls -d */*";
    let left = says(&inside, revisions).await;
    assert!(left.contains(&id) && !left.contains(&first), "{left}");
}

#[tokio::test]
async fn a_container_that_is_not_there_is_said() {
    if !crate::sandbox::docker_place::is_there().await {
        return;
    }
    let refused = InContainer::attach("no-such-container-here")
        .await
        .err()
        .unwrap();
    assert!(refused.contains("no-such-container-here"), "{refused}");
}
