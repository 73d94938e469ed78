//! What only sandboxes in containers do.

use super::archive::{file, raw_entry, streamed, tar};
use super::docker_place::{Instance, connect, image, place};
use super::run::{Running, argv, exec, nowhere, output, sh};
use bollard::Docker;
use bollard::models::{ContainerConfig, ContainerSummary, NetworkCreateRequest};
use bollard::query_parameters::{
    CommitContainerOptionsBuilder, ListContainersOptionsBuilder, ListVolumesOptionsBuilder,
    RemoveImageOptionsBuilder,
};
use slipway::sandbox::docker::{DockerOptions, DockerSandboxes};
use slipway::sandbox::limits::Limits;
use slipway::sandbox::{FileSystem, Kind, Layers, SandboxSpec, Sandboxes};
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;
use tar::EntryType;

super::suite::suite!(place);

pub async fn engine() -> Docker {
    Docker::connect_with_defaults()
        .unwrap()
        .negotiate_version()
        .await
        .unwrap()
}

pub fn spec(id: &str) -> SandboxSpec {
    SandboxSpec {
        id: id.to_owned(),
        image: image(),
        ..Default::default()
    }
}

pub async fn containers_of(instance: &str) -> Vec<ContainerSummary> {
    let label = HashMap::from([("label", vec![format!("slipway.instance={instance}")])]);
    let options = ListContainersOptionsBuilder::default()
        .all(true)
        .filters(&label)
        .build();
    engine().await.list_containers(Some(options)).await.unwrap()
}

// Witness: architecture.md, Identities: leftovers are found by label and removed; those of another data folder stay.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sweeping_removes_what_this_instance_left_and_nothing_else() {
    let Some(ours) = Instance::new().await else {
        return;
    };
    let Some(other) = Instance::new().await else {
        return;
    };
    let left = ours
        .sandboxes
        .prepare(&spec("left"), nowhere())
        .await
        .unwrap();
    let stays = other
        .sandboxes
        .prepare(&spec("stays"), nowhere())
        .await
        .unwrap();
    output(&left, "sleep 1000 >/dev/null 2>&1 &").await;

    let next_server = connect(&ours.id).await;
    next_server.sweep().await.unwrap();
    assert_eq!(containers_of(&ours.id).await, []);
    assert!(
        engine()
            .await
            .inspect_network(&format!("slipway-{}", ours.id), None)
            .await
            .is_err()
    );
    output(&stays, "true").await;
    assert_eq!(containers_of(&other.id).await.len(), 1);
}

// A data folder that is never opened again must not keep its network for ever: an engine has addresses for some thirty.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sweeping_removes_what_a_dead_process_left() {
    let Some(ours) = Instance::new().await else {
        return;
    };
    let living = Instance::new().await.unwrap();
    let stays = living.sandboxes.network().await.unwrap().name;
    let engine = engine().await;
    let labels = engine.inspect_network(&stays, None).await.unwrap().labels;
    let (place, _start) = labels.unwrap()["slipway.owner"]
        .rsplit_once('/')
        .map(|(p, s)| (p.to_owned(), s.to_owned()))
        .unwrap();
    let name = format!("slipway-{}-dead", ours.id);
    let dead = [
        ("slipway.instance", "another".to_owned()),
        ("slipway.owner", format!("{place}/0")),
    ];
    let request = NetworkCreateRequest {
        name: name.clone(),
        labels: Some(dead.map(|(k, v)| (k.to_owned(), v)).into()),
        ..Default::default()
    };
    engine.create_network(request).await.unwrap();
    ours.sandboxes.sweep().await.unwrap();
    assert!(engine.inspect_network(&name, None).await.is_err());
    assert!(engine.inspect_network(&stays, None).await.is_ok());
}

// Witness: product.md §3, builds' network.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_reaches_a_server_that_listens_at_the_gateway() {
    let Some(instance) = Instance::new().await else {
        return;
    };
    let network = instance.sandboxes.network().await.unwrap();
    assert_eq!(network.name, format!("slipway-{}", instance.id));
    let listener = tokio::net::TcpListener::bind((network.gateway, 0))
        .await
        .unwrap();
    let address = listener.local_addr().unwrap();

    let sandbox = instance
        .sandboxes
        .prepare(&spec("net"), nowhere())
        .await
        .unwrap();
    let script = format!("echo hello | nc {} {}", address.ip(), address.port());
    let mut command = Running::start(&sandbox, sh(&script));
    let (mut caller, _) = listener.accept().await.unwrap();
    let mut heard = [0; 5];
    tokio::io::AsyncReadExt::read_exact(&mut caller, &mut heard)
        .await
        .unwrap();
    assert_eq!(&heard, b"hello");
    drop(caller);
    command.output.close();
}

// Witness: our reading; `docker network prune` removes what no container uses.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_was_pruned_comes_back_with_the_same_gateway() {
    let Some(instance) = Instance::new().await else {
        return;
    };
    let before = instance.sandboxes.network().await.unwrap();
    engine().await.remove_network(&before.name).await.unwrap();
    let sandbox = instance
        .sandboxes
        .prepare(&spec("pruned"), nowhere())
        .await
        .unwrap();
    output(&sandbox, "true").await;
    let again = connect(&instance.id).await.network().await.unwrap();
    assert_eq!(again, before);
}

// Witness: contract §9.3, "its ENTRYPOINT is kept, CMD replaced, USER ignored (root)".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_image_keeps_its_entrypoint_and_environment_but_not_its_user() {
    let Some(instance) = Instance::new().await else {
        return;
    };
    let image = changed(
        &instance,
        "ENTRYPOINT [\"/bin/sh\", \"-c\", \"echo x > /entered; exec \\\"$@\\\"\", \"entry\"]\n\
         CMD [\"false\"]\nUSER 1234\nENV FROM_IMAGE=yes\nWORKDIR /bin",
    )
    .await;
    let spec = SandboxSpec {
        image: image.clone(),
        ..spec("entry")
    };
    let sandbox = instance.sandboxes.prepare(&spec, nowhere()).await.unwrap();
    let mut command = sh("id -u; echo $FROM_IMAGE $MINE; pwd; cat /entered");
    command.env = vec![("MINE".into(), "too".into())];
    let (end, output) = exec(&sandbox, command).await;
    assert_eq!(end.unwrap().code(), 0);
    assert_eq!(output, "0\nyes too\n/codebuild/output/tmp\nx\n");
    sandbox.remove().await;
    remove_image(&image).await;
}

/// The test image with other settings.
pub async fn changed(instance: &Instance, changes: &str) -> String {
    let docker = engine().await;
    let sandbox = instance
        .sandboxes
        .prepare(&spec("base"), nowhere())
        .await
        .unwrap();
    let base = containers_of(&instance.id).await.remove(0).id.unwrap();
    let name = format!("slipway-test/{}", instance.id);
    let options = CommitContainerOptionsBuilder::default()
        .container(&base)
        .repo(&name)
        .changes(changes)
        .build();
    docker
        .commit_container(options, ContainerConfig::default())
        .await
        .unwrap();
    sandbox.remove().await;
    name
}

pub async fn remove_image(name: &str) {
    let options = RemoveImageOptionsBuilder::default().force(true).build();
    engine()
        .await
        .remove_image(name, Some(options), None)
        .await
        .unwrap();
}

// Witness: contract §9.1, LOCAL_DOCKER_LAYER_CACHE, "best effort"; that one build has them at a time is our reading. A privileged
// container cannot be started everywhere, so no Docker engine runs inside: what it keeps is a file here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn layers_of_an_engine_inside_are_kept_until_their_generation_ends() {
    let Some(instance) = Instance::new().await else {
        return;
    };
    let with = async |name: &str, generation: &str| {
        let layers = Layers {
            owner: "project".to_owned(),
            generation: generation.to_owned(),
        };
        let spec = SandboxSpec {
            layers: Some(layers),
            ..spec(name)
        };
        instance.sandboxes.prepare(&spec, nowhere()).await.unwrap()
    };
    let seen = "cat /var/lib/docker/layer 2>/dev/null || echo none";
    let first = with("first", "1").await;
    output(&first, "echo kept > /var/lib/docker/layer").await;
    let beside = with("beside", "1").await;
    assert_eq!(output(&beside, seen).await, "none\n");
    first.remove().await;
    beside.remove().await;
    let second = with("second", "1").await;
    assert_eq!(output(&second, seen).await, "kept\n");
    second.remove().await;
    // A server of the same data folder finds them again.
    connect(&instance.id).await.sweep().await.unwrap();
    let third = with("third", "1").await;
    assert_eq!(output(&third, seen).await, "kept\n");
    third.remove().await;
    let invalidated = with("invalidated", "2").await;
    assert_eq!(output(&invalidated, seen).await, "none\n");
    invalidated.remove().await;
    let again = with("again", "1").await;
    assert_eq!(output(&again, seen).await, "none\n");
}

// Witness: ours: what a build asks of its container beside its commands costs no command.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_shell_that_keeps_a_container_answers_too() {
    let Some(instance) = Instance::new().await else {
        return;
    };
    let wanted = spec("kept");
    let sandbox = instance.sandboxes.prepare(&wanted, nowhere()).await;
    let sandbox = sandbox.unwrap();
    let asked = async |script: &str| {
        let answer = sandbox.ask(script).await;
        answer.map(|answer| String::from_utf8(answer).unwrap())
    };
    for (script, answer) in [
        ("id -u; cat; echo unheard >&2; exit 3", "0\n"),
        ("cd /codebuild && printf 'a\\0b'; no-such-command", "a\0b"),
        ("kill -TERM $$; echo alive", "alive\n"),
    ] {
        assert_eq!(asked(script).await.as_deref(), Some(answer), "{script}");
    }
    assert_eq!(output(&sandbox, "echo on").await, "on\n");
    sandbox.stop(Duration::ZERO).await;
    assert_eq!(asked("echo on").await, None);
    sandbox.remove().await;

    // Nobody waits for an entrypoint that does something else.
    let image = changed(
        &instance,
        "ENTRYPOINT [\"/bin/sh\", \"-c\", \"sleep 1000\"]",
    )
    .await;
    let spec = SandboxSpec {
        image: image.clone(),
        ..spec("busy")
    };
    let sandbox = instance.sandboxes.prepare(&spec, nowhere()).await.unwrap();
    assert_eq!(sandbox.ask("echo on").await, None);
    sandbox.remove().await;
    remove_image(&image).await;
}

async fn volumes_of(instance: &str) -> Vec<String> {
    let label = HashMap::from([("label", vec![format!("slipway.instance={instance}")])]);
    let options = ListVolumesOptionsBuilder::default().filters(&label).build();
    let listed = engine().await.list_volumes(Some(options)).await.unwrap();
    let volumes = listed.volumes.unwrap_or_default();
    volumes.into_iter().map(|volume| volume.name).collect()
}

// Witness: contract §9.2, "a named volume per file-system id"; product.md, `--memory` (keep nothing), reset empties everything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn file_systems_stay_until_they_are_emptied_or_their_server_keeps_nothing() {
    let Some(instance) = Instance::new().await else {
        return;
    };
    let fleeting = DockerOptions {
        instance: instance.id.clone(),
        fleeting: true,
        ..Default::default()
    };
    let fleeting = DockerSandboxes::connect(fleeting).await.unwrap();
    let with = SandboxSpec {
        file_systems: vec![FileSystem {
            id: "fs-1".to_owned(),
            dir: "/".into(),
            at: "/mnt/x".into(),
        }],
        ..spec("fs")
    };
    let used = async |sandboxes: &DockerSandboxes| {
        let sandbox = sandboxes.prepare(&with, nowhere()).await.unwrap();
        sandbox.remove().await;
        volumes_of(&instance.id).await.len()
    };
    assert_eq!(used(&instance.sandboxes).await, 1);
    instance.sandboxes.sweep().await.unwrap();
    assert_eq!(volumes_of(&instance.id).await.len(), 1);
    instance.sandboxes.empty().await.unwrap();
    assert!(volumes_of(&instance.id).await.is_empty());
    assert_eq!(used(&fleeting).await, 1);
    fleeting.sweep().await.unwrap();
    assert!(volumes_of(&instance.id).await.is_empty());
}

// Witness: contract §5.4, `run-as`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_runs_as_the_user_asked_for() {
    let Some(place) = place().await else { return };
    assert_eq!(place.sandboxes.kind(), Kind::Docker);
    let sandbox = place.prepare("user").await;
    let mut command = sh("id -u");
    command.user = Some("1234".into());
    assert_eq!(exec(&sandbox, command.clone()).await.1, "1234\n");
    assert_eq!(output(&sandbox, "id -u").await, "0\n");

    command.user = Some("no-such-user".into());
    let refused = exec(&sandbox, command).await.0.unwrap_err().to_string();
    assert!(refused.contains("no-such-user"), "{refused}");
}

// Witness: issue, "files of a build belong to root"; contract §5.4, "owner root".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn directories_made_on_the_way_are_root_s_and_open() {
    let Some(place) = place().await else { return };
    let sandbox = place.prepare("owner").await;
    let stream = streamed(tar(&[("f", file(0o644, ""))]));
    sandbox
        .copy_in("/codebuild/output/src9/deep/src".into(), stream)
        .await
        .unwrap();
    let script =
        "cd /codebuild/output; ls -ldn . /tmp src9 src9/deep src9/deep/src src9/deep/src/f";
    let listing = output(&sandbox, script).await;
    let owned: Vec<_> = listing
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .map(|f| (f[0], f[2], f[3], *f.last().unwrap()))
        .collect();
    let directory = |name| ("drwxr-xr-x", "0", "0", name);
    assert_eq!(
        owned,
        [
            directory("."),
            ("drwxrwxrwt", "0", "0", "/tmp"),
            directory("src9"),
            directory("src9/deep"),
            directory("src9/deep/src"),
            ("-rw-r--r--", "0", "0", "src9/deep/src/f"),
        ]
    );
}

// Witness: contract §5.4, "owner root"; what leads outside the source is inside the container all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entries_of_others_become_root_s_and_absolute_links_are_kept() {
    let Some(place) = place().await else { return };
    let sandbox = place.prepare("absolute").await;
    let mut header = tar::Header::new_gnu();
    header.set_path("theirs").unwrap();
    header.set_uid(1234);
    header.set_gid(1234);
    header.set_mode(0o644);
    header.set_size(0);
    header.set_cksum();
    let mut tar = header.as_bytes().to_vec();
    tar.extend(raw_entry(EntryType::Link, "hard", "theirs", b""));
    tar.extend(raw_entry(EntryType::Symlink, "link", "/bin/busybox", b""));
    tar.extend([0; 1024]);
    sandbox
        .copy_in("/codebuild/output/src1".into(), streamed(tar))
        .await
        .unwrap();
    let script = "cd ../src1; stat -c '%a %u %g %h' theirs hard; readlink link";
    assert_eq!(
        output(&sandbox, script).await,
        "644 0 0 2\n644 0 0 2\n/bin/busybox\n"
    );
}

// Witness: issue, "limits".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn archives_beyond_the_limits_are_refused() {
    let Some(instance) = Instance::new().await else {
        return;
    };
    let options = DockerOptions {
        instance: instance.id.clone(),
        limits: Limits {
            entries: 2,
            bytes: 100_000,
        },
        ..Default::default()
    };
    let boxes = DockerSandboxes::connect(options).await.unwrap();
    let sandbox = boxes.prepare(&spec("limits"), nowhere()).await.unwrap();
    let three = ["a", "b", "c"].map(|name| (name, file(0o644, "")));
    let big = [("big", file(0o644, &"x".repeat(100_000)))];
    for (nodes, why) in [
        (&three[..], "more than 2 entries"),
        (&big[..], "larger than 100000"),
    ] {
        let refused = sandbox
            .copy_in("/x".into(), streamed(tar(nodes)))
            .await
            .unwrap_err();
        assert!(refused.to_string().contains(why), "{refused}");
    }
}

// Witness: issue, "PID 1 must reap and die quickly on stop". Ten seconds is what an engine waits for a first process that ignores TERM.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orphans_are_reaped_and_stopping_an_idle_container_is_quick() {
    let Some(place) = place().await else { return };
    let sandbox = place.prepare("reap").await;
    output(&sandbox, "(true & true &) ; true").await;
    super::run::until(&sandbox, "! grep -q 'State:.*Z' /proc/[0-9]*/status").await;
    let begin = std::time::Instant::now();
    sandbox.stop(Duration::from_secs(30)).await;
    assert!(
        begin.elapsed() < Duration::from_secs(8),
        "{:?}",
        begin.elapsed()
    );
}

// Witness: our reading; what the wrapper needs is nobody's business.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_the_wrapper_is_left_after_a_command() {
    let Some(place) = place().await else { return };
    let sandbox = place.prepare("wrapper").await;
    for _ in 0..3 {
        output(&sandbox, "true").await;
    }
    let (_, processes) = exec(&sandbox, argv(&["ps"])).await;
    // Those that run `ps` have one mark.
    let marks = processes.split_whitespace();
    let marks: BTreeSet<&str> = marks.filter(|word| word.contains("slipway-")).collect();
    assert_eq!(marks.len(), 1, "{processes}");
}
