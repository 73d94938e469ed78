//! Scripts that really run. Witness: contract codedeploy §8.6 and §8.7 unless said otherwise.

use super::*;
use crate::agent::errors::Code;
use camino::Utf8PathBuf;
use serde_json::{Value, json};

struct House(tempfile::TempDir);

impl House {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> Utf8PathBuf {
        Utf8Path::from_path(self.0.path()).unwrap().join(name)
    }

    fn root(&self) -> Root {
        Root::new(self.path("root"))
    }

    fn spec(&self, deployment: &str, change: impl FnOnce(&mut Value)) -> Specification {
        let mut value = json!({"DeploymentId": deployment, "DeploymentGroupId": "g-id", "DeploymentGroupName": "group",
            "ApplicationName": "app", "Revision": {"RevisionType": "S3", "S3Revision":
                {"Bucket": "bucket", "Key": "key.zip", "BundleType": "zip", "ETag": "etag"}}});
        change(&mut value);
        Specification::parse(value.to_string().as_bytes()).unwrap()
    }

    /// A revision that is unpacked already.
    fn revision(
        &self,
        deployment: &str,
        hooks: &str,
        scripts: &[(&str, &str)],
    ) -> DeploymentFolder {
        let folder = self.root().deployment("g-id", deployment);
        fs::create_dir_all(folder.archive()).unwrap();
        let text = format!("version: 0.0\nos: linux\nhooks: {{{hooks}}}\n");
        fs::write(folder.archive().join("appspec.yml"), text).unwrap();
        for (name, text) in scripts {
            fs::write(folder.archive().join(name), text).unwrap();
        }
        folder
    }

    async fn run(&self, deployment: &str, event: &str) -> Done<()> {
        let spec = self.spec(deployment, |_| {});
        match Hook::find(&self.root(), &spec, event)? {
            Some(hook) => hook.run(&crate::agent::place::Host).await,
            None => Ok(()),
        }
    }

    fn log(&self, deployment: &str) -> Vec<String> {
        let path = self.root().deployment("g-id", deployment).script_log();
        let text = fs::read_to_string(path).unwrap();
        // Without the time.
        text.lines().map(|line| line[20..].to_owned()).collect()
    }
}

/// The environment, the log's lines, the script's directory and its standard input.
#[tokio::test]
async fn scripts_run_in_order_with_what_they_have_to_know() {
    let house = House::new();
    let script =
        "#!/bin/sh\nenv | grep -E '^(LIFECYCLE|DEPLOYMENT|APPLICATION|BUNDLE)' | sort\npwd\ncat\n";
    let hooks = "ApplicationStart: [{location: one.sh}, {location: two.sh}]";
    house.revision(
        "d-1",
        hooks,
        &[
            ("one.sh", script),
            ("two.sh", "#!/bin/sh\necho problem >&2\nprintf end"),
        ],
    );
    house.run("d-1", "ApplicationStart").await.unwrap();
    let here = std::env::current_dir().unwrap();
    let expected = [
        "LifecycleEvent - ApplicationStart",
        "Script - one.sh",
        "[stdout]APPLICATION_NAME=app",
        "[stdout]BUNDLE_BUCKET=bucket",
        "[stdout]BUNDLE_ETAG=etag",
        "[stdout]BUNDLE_KEY=key.zip",
        "[stdout]DEPLOYMENT_GROUP_ID=g-id",
        "[stdout]DEPLOYMENT_GROUP_NAME=group",
        "[stdout]DEPLOYMENT_ID=d-1",
        "[stdout]LIFECYCLE_EVENT=ApplicationStart",
        &format!("[stdout]{}", here.display()),
        "Script - two.sh",
    ];
    let mut log = house.log("d-1");
    // The two streams of the last script are heard in any order.
    let mut last = log.split_off(expected.len());
    last.sort();
    assert_eq!(
        (log, last),
        (
            expected.map(str::to_owned).to_vec(),
            vec!["[stderr]problem".to_owned(), "[stdout]end".to_owned()]
        )
    );
}

/// §8.7, codes 1 and 4.
#[tokio::test]
async fn a_failing_script_ends_the_event_with_its_log() {
    let house = House::new();
    let hooks = "AfterInstall: [{location: bad.sh}, {location: never.sh}]";
    let folder = house.revision("d-1", hooks, &[("bad.sh", "#!/bin/sh\necho why\nexit 3\n")]);
    let fault = house.run("d-1", "AfterInstall").await.unwrap_err();
    assert_eq!(
        fault,
        Fault {
            code: Code::ScriptFailed,
            script: "bad.sh".into(),
            message: "Script at specified location: bad.sh failed with exit code 3".into(),
            log: "LifecycleEvent - AfterInstall\nScript - bad.sh\n[stdout]why\n".into(),
        }
    );
    fs::write(folder.archive().join("bad.sh"), "#!/bin/sh\n").unwrap();
    let fault = house.run("d-1", "AfterInstall").await.unwrap_err();
    let path = folder.archive().join("never.sh");
    assert_eq!(
        (fault.code, fault.script.as_str()),
        (Code::ScriptMissing, "never.sh")
    );
    assert_eq!(
        fault.message,
        format!("Script does not exist at specified location: {path}")
    );
}

/// §8.7, code 3, and §8.6: SIGTERM to the script's group.
#[tokio::test]
async fn a_script_that_takes_too_long_is_ended_with_its_children() {
    let house = House::new();
    let marker = house.path("ended");
    let child = format!(
        "#!/bin/sh\n(trap 'echo > {marker}; exit' TERM; while :; do sleep 0.05; done) &\nwait\n"
    );
    house.revision(
        "d-1",
        "AfterInstall: [{location: slow.sh, timeout: 1}]",
        &[("slow.sh", &child)],
    );
    let fault = house.run("d-1", "AfterInstall").await.unwrap_err();
    assert_eq!(fault.code, Code::ScriptTimedOut);
    assert_eq!(
        fault.message,
        "Script at specified location: slow.sh failed to complete in 1 seconds"
    );
    let ended = async {
        while !marker.exists() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), ended)
        .await
        .unwrap();
}

/// §8.7, code 6: a background child that keeps the streams open.
#[tokio::test]
async fn output_that_is_left_open_fails_the_event() {
    let house = House::new();
    let script = "#!/bin/sh\nsleep 4 &\nexit 0\n";
    house.revision(
        "d-1",
        "AfterInstall: [{location: bg.sh, timeout: 1}]",
        &[("bg.sh", script)],
    );
    let fault = house.run("d-1", "AfterInstall").await.unwrap_err();
    assert_eq!(fault.code, Code::OutputsLeftOpen);
    assert_eq!(
        fault.message,
        "Script at specified location: bg.sh failed to close STDOUT"
    );
    let script = "#!/bin/sh\nsleep 4 >/dev/null 2>&1 &\nexit 0\n";
    house.revision(
        "d-2",
        "AfterInstall: [{location: bg.sh, timeout: 2}]",
        &[("bg.sh", script)],
    );
    house.run("d-2", "AfterInstall").await.unwrap();
}

/// Scripts are made executable; one that does not say what reads it is the shell's.
#[tokio::test]
async fn scripts_need_no_mode_and_no_first_line() {
    let house = House::new();
    house.revision(
        "d-1",
        "AfterInstall: [{location: /plain.sh}]",
        &[("plain.sh", "echo plain $0\n")],
    );
    house.run("d-1", "AfterInstall").await.unwrap();
    assert!(house.log("d-1")[2].starts_with("[stdout]plain /"));
}

/// §8.7, code 2: what the kernel lets nobody change the mode of, not even root.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_script_that_cannot_be_made_executable_fails_the_event() {
    let house = House::new();
    let hooks = "AfterInstall: [{location: fixed.sh}, {location: never.sh}]";
    let folder = house.revision("d-1", hooks, &[("never.sh", "#!/bin/sh\n")]);
    let fixed = folder.archive().join("fixed.sh");
    std::os::unix::fs::symlink("/proc/self/status", fixed).unwrap();
    let fault = house.run("d-1", "AfterInstall").await.unwrap_err();
    assert_eq!(
        (fault.code, fault.code.number()),
        (Code::ScriptNotExecutable, 2)
    );
    assert_eq!(fault.script, "fixed.sh");
    assert_eq!(
        fault.message,
        "Unable to set script at specified location: fixed.sh as executable"
    );
    assert_eq!(house.log("d-1"), ["LifecycleEvent - AfterInstall"]);
}

/// §8.7, the text of a script that runs as another user; `su` asks nothing of root.
#[tokio::test]
async fn another_user_is_named_when_a_script_fails() {
    if !rustix::process::getuid().is_root() {
        return;
    }
    let house = House::new();
    let hooks = "AfterInstall: [{location: who.sh, runas: root}]";
    house.revision("d-1", hooks, &[("who.sh", "#!/bin/sh\nid -un\nexit 2\n")]);
    let fault = house.run("d-1", "AfterInstall").await.unwrap_err();
    assert_eq!(
        fault.message,
        "Script at specified location: who.sh run as user root failed with exit code 2"
    );
    assert!(fault.log.ends_with("[stdout]root\n"));
}

/// §8.8, "Which revision a hook uses".
#[tokio::test]
async fn stopping_is_the_old_revisions_business() {
    let house = House::new();
    let stop = "ApplicationStop: [{location: stop.sh}]";
    // Nothing was ever installed.
    house.run("d-1", "ApplicationStop").await.unwrap();
    let old = house.revision("d-1", stop, &[("stop.sh", "#!/bin/sh\necho old\n")]);
    house.root().record_last_successful("g-id", &old).unwrap();
    house.run("d-2", "ApplicationStop").await.unwrap();
    assert_eq!(house.log("d-1").last().unwrap(), "[stdout]old");
    // The new one is here already, as when a deployment is taken up again.
    house.revision("d-2", stop, &[("stop.sh", "#!/bin/sh\necho new\n")]);
    house.run("d-2", "ApplicationStop").await.unwrap();
    assert_eq!(house.log("d-2").last().unwrap(), "[stdout]new");
    // What follows needs the new one.
    let fault = house.run("d-3", "BeforeInstall").await.unwrap_err();
    assert!(
        fault
            .message
            .starts_with("The CodeDeploy agent did not find an AppSpec file"),
        "{fault}"
    );
    assert_eq!(fault.code, Code::Unknown);
}

/// §8.2, §8.8: the three events of the previous revision, and no others.
#[tokio::test]
async fn three_events_are_the_old_revisions() {
    let house = House::new();
    let spec = house.spec("d-2", |_| {});
    let old = ["ApplicationStop", "BeforeBlockTraffic", "AfterBlockTraffic"];
    let chosen = |event| folder(&house.root(), &spec, event);
    for event in old {
        assert_eq!(chosen(event), None, "nothing is installed");
        house.run("d-2", event).await.unwrap();
    }
    let last = house.revision("d-1", "", &[]);
    house.root().record_last_successful("g-id", &last).unwrap();
    for event in EVENTS {
        let expected = match old.contains(&event) {
            true => last.clone(),
            false => house.root().deployment("g-id", "d-2"),
        };
        assert_eq!(chosen(event), Some(expected), "{event}");
    }
}

/// §8.6, "Environment": the version with a version, the eTag with an eTag, the commit of GitHub; on top of the agent's own.
#[tokio::test]
async fn scripts_know_where_their_revision_is_from() {
    let house = House::new();
    let bundle = |change: fn(&mut Value)| {
        let spec = house.spec("d-1", change);
        let all = environment(&spec, "AfterInstall").into_iter();
        let bundle = all.filter(|(name, _)| name.starts_with("BUNDLE"));
        let bundle = bundle.map(|(name, value)| format!("{name}={value}"));
        bundle.collect::<Vec<_>>().join(" ")
    };
    let given = bundle(|spec| {
        spec["Revision"]["S3Revision"]["ETag"] = Value::Null;
        spec["Revision"]["S3Revision"]["Version"] = json!("v-1");
    });
    assert_eq!(
        given,
        "BUNDLE_BUCKET=bucket BUNDLE_KEY=key.zip BUNDLE_VERSION=v-1"
    );
    let given = bundle(|spec| {
        spec["Revision"] = json!({"RevisionType": "GitHub",
            "GitHubRevision": {"Account": "o", "Repository": "r", "CommitId": "c0ffee"}});
    });
    assert_eq!(given, "BUNDLE_COMMIT=c0ffee");
    let script = "#!/bin/sh\necho $PATH\n";
    let hooks = "AfterInstall: [{location: path.sh}]";
    house.revision("d-1", hooks, &[("path.sh", script)]);
    house.run("d-1", "AfterInstall").await.unwrap();
    let path = std::env::var("PATH").unwrap();
    assert_eq!(house.log("d-1")[2], format!("[stdout]{path}"));
}

/// §8.6, "Hook execution": a process group of its own.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn scripts_lead_a_group_of_their_own() {
    let house = House::new();
    let script = "#!/bin/sh\necho $$ $(cut -d ' ' -f 5 /proc/$$/stat)\n";
    let hooks = "AfterInstall: [{location: group.sh}]";
    house.revision("d-1", hooks, &[("group.sh", script)]);
    house.run("d-1", "AfterInstall").await.unwrap();
    let log = house.log("d-1");
    let said = log[2].strip_prefix("[stdout]").unwrap();
    let (process, group) = said.split_once(' ').unwrap();
    assert_eq!(process, group);
}

/// §8.8: blue/green rollbacks.
#[test]
fn rollbacks_of_blue_green_look_elsewhere() {
    let house = House::new();
    let (last, recent) = (
        house.revision("d-1", "", &[]),
        house.revision("d-2", "", &[]),
    );
    house.root().record_last_successful("g-id", &last).unwrap();
    house.root().record_most_recent("g-id", &recent).unwrap();
    let spec = house.spec("d-3", |spec| {
        spec["DeploymentType"] = json!("BLUE_GREEN");
        spec["DeploymentCreator"] = json!("codeDeployRollback");
    });
    let chosen = |event| folder(&house.root(), &spec, event).unwrap();
    assert_eq!(
        (chosen("BeforeBlockTraffic"), chosen("AfterBlockTraffic")),
        (recent.clone(), recent)
    );
    assert_eq!(
        (chosen("BeforeAllowTraffic"), chosen("AfterAllowTraffic")),
        (last.clone(), last)
    );
}

/// §8.5: unknown events against the specification's list.
#[test]
fn events_are_checked_against_the_servers_list() {
    let house = House::new();
    house.revision("d-1", "Nonsense: [{location: a}]", &[]);
    let find = |spec: &Specification| Hook::find(&house.root(), spec, "AfterInstall");
    assert!(find(&house.spec("d-1", |_| {})).is_ok());
    let listed = house.spec("d-1", |spec| {
        spec["AllPossibleLifecycleEvents"] = json!(["AfterInstall"])
    });
    assert!(
        find(&listed)
            .unwrap_err()
            .message
            .contains("unknown lifecycle events")
    );
}
