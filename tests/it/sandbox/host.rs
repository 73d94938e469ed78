//! What only sandboxes on the host do: they watch over processes of this machine.

use super::run::{Place, Running, argv, died, exec, nowhere, output, run, sh, wait_for};
use camino::Utf8PathBuf;
use slipway::sandbox::process::{HostOptions, HostSandboxes};
use slipway::sandbox::{Kind, SandboxError, Sandboxes};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

super::suite::suite!(place);

pub async fn place() -> Option<Place> {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::try_from(folder.path().join("boxes")).unwrap();
    Some(Place {
        sandboxes: Arc::new(HostSandboxes::new(options(root))),
        image: "not/used:here".to_owned(),
        _keep: Box::new(folder),
    })
}

pub fn options(root: Utf8PathBuf) -> HostOptions {
    HostOptions {
        supervisor: env!("CARGO_BIN_EXE_slipway").into(),
        ..HostOptions::new(root)
    }
}

fn is_alive(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')')
        .is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

pub async fn are_dead(pids: &[&str]) {
    wait_for("all processes are dead", async || {
        !pids.iter().any(|pid| is_alive(pid))
    })
    .await;
}

/// A command that runs, one in its background, one that left its session, and one whose parent is gone.
const FAMILY: &str = "sleep 1000 & echo $!
setsid sh -c 'echo $$; exec sleep 1000' &
(sh -c 'echo $$; exec sleep 1000' & )
trap '' TERM
echo $$; while :; do sleep 1000; done";

pub fn pids(text: &str) -> Vec<&str> {
    text.lines()
        .filter(|line| line.parse::<u32>().is_ok())
        .collect()
}

async fn family(command: &mut Running) -> String {
    let mut all = String::new();
    while pids(&all).len() < 4 {
        all.push_str(&command.until("\n").await);
    }
    assert!(pids(&all).iter().all(|pid| is_alive(pid)));
    all
}

// Witness: issue, "no orphan left".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_leaves_no_process_however_detached() {
    let place = place().await.unwrap();
    let sandbox = place.prepare("family").await;
    let mut command = Running::start(&sandbox, sh(FAMILY));
    let all = family(&mut command).await;
    sandbox.stop(Duration::ZERO).await;
    assert!(!pids(&all).iter().any(|pid| is_alive(pid)));
}

// Witness: issue, "no orphan left"; the command itself has long ended.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn removing_ends_what_earlier_commands_left_behind() {
    let place = place().await.unwrap();
    let sandbox = place.prepare("left").await;
    let script = "sleep 1000 & echo $!; setsid sleep 1000 >/dev/null & echo $!";
    let all = output(&sandbox, script).await;
    assert!(pids(&all).iter().all(|pid| is_alive(pid)));
    let folder = sandbox.path("/".into());
    sandbox.remove().await;
    assert!(!pids(&all).iter().any(|pid| is_alive(pid)));
    assert!(!folder.exists());
}

// Witness: our reading; nobody may forget a sandbox and leave its processes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropping_a_sandbox_ends_its_processes() {
    let place = place().await.unwrap();
    let sandbox = place.prepare("dropped").await;
    let all = output(&sandbox, "sleep 1000 & echo $!").await;
    drop(sandbox);
    are_dead(&pids(&all)).await;
}

// Witness: issue, "under a supervisor that dies with the server". The server is this test program, started again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killing_the_server_ends_all_processes() {
    let mut server = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "sandbox::host::a_server_to_be_killed",
            "--ignored",
            "--nocapture",
        ])
        .env("SLIPWAY_TEST_ROOT", tempfile::tempdir().unwrap().path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let mut all = String::new();
    while pids(&all).len() < 4 {
        all.push_str(&lines.next().expect("the server ended").unwrap());
        all.push('\n');
    }
    assert!(pids(&all).iter().all(|pid| is_alive(pid)));
    server.kill().unwrap();
    server.wait().unwrap();
    are_dead(&pids(&all)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "not a test: the server that another test kills"]
async fn a_server_to_be_killed() {
    let Ok(root) = std::env::var("SLIPWAY_TEST_ROOT") else {
        return;
    };
    let boxes = HostSandboxes::new(options(Utf8PathBuf::from(root)));
    let spec = slipway::sandbox::SandboxSpec::default();
    let sandbox = boxes.prepare(&spec, nowhere()).await.unwrap();
    let mut command = Running::start(&sandbox, sh(FAMILY));
    while let Some(chunk) = command.output.recv().await {
        println!("{}", String::from_utf8_lossy(&chunk));
    }
}

// Witness: our reading; a build that kills everything of its user kills its supervisor too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killing_the_supervisor_is_the_death_of_the_sandbox_s_processes() {
    let place = place().await.unwrap();
    let sandbox = place.prepare("parricide").await;
    let script = "(sleep 1000 & echo $!); echo $$; kill -9 $PPID; sleep 1000";
    let (end, all) = exec(&sandbox, sh(script)).await;
    assert!(died(end).contains("was killed"));
    assert_eq!(pids(&all).len(), 2, "{all:?}");
    are_dead(&pids(&all)).await;
}

// Witness: issue, "clean environment".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_environment_is_what_was_given_and_a_path() {
    let place = place().await.unwrap();
    assert_eq!(place.sandboxes.kind(), Kind::Host);
    let sandbox = place.prepare("clean").await;
    let mut command = argv(&["env"]);
    command.env = vec![("ONE".into(), "1".into())];
    let (_, output) = exec(&sandbox, command.clone()).await;
    let mut lines: Vec<_> = output.lines().collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "ONE=1",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        ]
    );
    command.env.push(("PATH".into(), "/nowhere".into()));
    assert_eq!(exec(&sandbox, command).await.0.unwrap().code(), 127);
}

// Witness: contract §5.4, "run-as that cannot be honoured".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_user_is_refused() {
    let place = place().await.unwrap();
    let sandbox = place.prepare("user").await;
    let mut command = sh("true");
    command.user = Some("slipway-no-such-user".into());
    match exec(&sandbox, command).await.0 {
        Err(SandboxError::Failed(text)) => assert!(text.contains("cannot be honoured"), "{text}"),
        other => panic!("{other:?}"),
    }
}

// Witness: our reading; the kernel's bound on arguments.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_is_too_long_says_so() {
    let place = place().await.unwrap();
    let sandbox = place.prepare("long").await;
    let (end, output) = exec(&sandbox, argv(&["echo", &"x".repeat(4 << 20)])).await;
    assert_eq!(end.unwrap().code(), 126);
    assert!(output.contains("Argument list too long"), "{output:?}");
}

// Witness: sandbox/mod.rs, `Sandboxes::sweep`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sweeping_removes_the_folders_of_an_earlier_server() {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::try_from(folder.path().join("boxes")).unwrap();
    let boxes = HostSandboxes::new(options(root.clone()));
    boxes.sweep().await.unwrap();
    std::fs::create_dir_all(root.join("left/deep")).unwrap();
    boxes.sweep().await.unwrap();
    assert_eq!(root.read_dir().unwrap().count(), 0);
}

// Witness: sandbox/mod.rs, "Where `path` is for commands inside".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_finds_its_directory_under_the_mapped_path() {
    let place = place().await.unwrap();
    let sandbox = place.prepare("mapped").await;
    let here = sandbox.path("/codebuild/readonly/../output/tmp".into());
    assert_eq!(
        run(&sandbox, "pwd -P").await.1.trim(),
        here.canonicalize_utf8().unwrap()
    );
}
