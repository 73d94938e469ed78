//! Containers and engines that fail.

use super::docker::{changed, containers_of, engine, remove_image, spec};
use super::docker_place::{Instance, image, is_there};
use super::run::{Running, died, exec, nowhere, run, sh};
use bollard::query_parameters::{CreateImageOptionsBuilder, KillContainerOptions};
use bollard::{body_full, errors::Error};
use futures::TryStreamExt;
use slipway::sandbox::{RegistryLogin, SandboxError, SandboxSpec, Sandboxes};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// Contract §4.4.
const FOUND_DEAD: &str = "Build container found dead before completing the build. build container died because it was out of memory, \
    or the Docker image is not supported. ErrorCode: 500";

// Witness: product.md §2, "fails PROVISIONING with the engine's own message".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_image_that_cannot_be_pulled_is_told_in_the_engine_s_words() {
    let Some(instance) = Instance::new().await else {
        return;
    };
    let image = "localhost:1/slipway-test/absent:1";
    let spec = SandboxSpec {
        image: image.into(),
        ..spec("absent")
    };
    let (progress, _lines) = mpsc::channel(100);
    let error = instance
        .sandboxes
        .prepare(&spec, progress)
        .await
        .map(|_| ())
        .unwrap_err();

    let options = CreateImageOptionsBuilder::default()
        .from_image(image)
        .build();
    let docker = engine().await;
    let asked = docker
        .create_image(Some(options), None, None)
        .try_collect::<Vec<_>>()
        .await;
    let words = match asked.unwrap_err() {
        Error::DockerResponseServerError { message, .. } => message,
        Error::DockerStreamError { error } => error,
        other => panic!("{other}"),
    };
    // Ports of the caller differ from one attempt to the next.
    let begin = &words[..words.len().min(30)];
    match error {
        SandboxError::CannotPull(text) => assert!(text.starts_with(begin), "{text} / {words}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(containers_of(&instance.id).await, []);
}

// Witness: contract §9.3, registryCredential.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registry_is_asked_with_the_login_of_the_image() {
    let Some(instance) = Instance::new().await else {
        return;
    };
    let registry = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let image = format!("{}/private/app:1", registry.local_addr().unwrap());
    let spec = SandboxSpec {
        image,
        registry: Some(RegistryLogin {
            username: "somebody".to_owned(),
            password: "hush hush".to_owned(),
        }),
        ..spec("private")
    };
    let preparing = instance.sandboxes.prepare(&spec, nowhere());
    let (prepared, ()) = tokio::join!(preparing, asked_with_a_login(registry));
    assert!(matches!(prepared, Err(SandboxError::CannotPull(_))));
}

/// Wants a login of whoever asks, until one comes; then it has no image.
async fn asked_with_a_login(registry: TcpListener) {
    const LOGIN: &str = "authorization: basic c29tzwjvzhk6ahvzacbodxno";
    const WHO: &str = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"test\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    const NONE: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    loop {
        let (mut caller, _) = registry.accept().await.unwrap();
        let mut heard = Vec::new();
        while !heard.windows(4).any(|end| end == b"\r\n\r\n") {
            if caller.read_buf(&mut heard).await.unwrap() == 0 {
                break;
            }
        }
        let heard = String::from_utf8_lossy(&heard).to_ascii_lowercase();
        let known = heard.contains(LOGIN);
        // Engines try TLS first: whoever hears anything else than HTTP goes away.
        let _ = caller
            .write_all(if known { NONE } else { WHO }.as_bytes())
            .await;
        if known {
            return;
        }
    }
}

// Witness: contract §4.4, "image without `sh`".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_image_without_a_shell_is_not_supported() {
    let Some(instance) = Instance::new().await else {
        return;
    };
    let name = format!("slipway-test/{}", instance.id);
    let docker = engine().await;
    let options = CreateImageOptionsBuilder::default()
        .from_src("-")
        .repo(&name)
        .tag("latest")
        .build();
    let empty = super::archive::tar(&[("readme", super::archive::file(0o644, "no shell"))]);
    let import = docker.create_image(Some(options), Some(body_full(empty.into())), None);
    import.try_collect::<Vec<_>>().await.unwrap();

    let spec = SandboxSpec {
        image: name.clone(),
        ..spec("empty")
    };
    let end = match instance.sandboxes.prepare(&spec, nowhere()).await {
        Ok(sandbox) => exec(&sandbox, sh("true")).await.0,
        Err(e) => Err(e),
    };
    assert_eq!(died(end), FOUND_DEAD);
    instance.sandboxes.sweep().await.unwrap();
    remove_image(&name).await;
}

// Witness: contract §4.4; an entrypoint that does not run what it is given.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_image_whose_entrypoint_ends_is_not_supported() {
    let Some(instance) = Instance::new().await else {
        return;
    };
    let image = changed(&instance, "ENTRYPOINT [\"true\"]").await;
    let spec = SandboxSpec {
        image: image.clone(),
        ..spec("ends")
    };
    let sandbox = instance.sandboxes.prepare(&spec, nowhere()).await.unwrap();
    // Its death may come a moment after its start.
    let mut end = exec(&sandbox, sh("true")).await.0;
    while end.is_ok() {
        end = exec(&sandbox, sh("true")).await.0;
    }
    assert_eq!(died(end), FOUND_DEAD);
    sandbox.remove().await;
    remove_image(&image).await;
}

// Witness: contract §9.4, "OOM kill maps to the "found dead" message".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_runs_out_of_memory_is_found_dead() {
    let Some(instance) = Instance::new().await else {
        return;
    };
    let spec = SandboxSpec {
        memory_bytes: Some(24 << 20),
        ..spec("memory")
    };
    let sandbox = instance.sandboxes.prepare(&spec, nowhere()).await.unwrap();
    assert_eq!(run(&sandbox, "exit 137").await.0, 137);
    let hog = sh("x=$(cat /dev/zero | tr '\\000' x); echo $x | wc");
    assert_eq!(died(exec(&sandbox, hog).await.0), FOUND_DEAD);
}

// Witness: contract §4.4, "found dead".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_container_that_is_killed_from_outside_is_found_dead() {
    let Some(instance) = Instance::new().await else {
        return;
    };
    let sandbox = instance
        .sandboxes
        .prepare(&spec("victim"), nowhere())
        .await
        .unwrap();
    let mut command = Running::start(&sandbox, sh("echo ready; sleep 1000"));
    command.until("ready").await;
    let id = containers_of(&instance.id).await.remove(0).id.unwrap();
    let docker = engine().await;
    docker
        .kill_container(&id, None::<KillContainerOptions>)
        .await
        .unwrap();
    assert_eq!(died(command.finish().await.0), FOUND_DEAD);
    assert_eq!(died(exec(&sandbox, sh("true")).await.0), FOUND_DEAD);
    let copied = sandbox
        .copy_in("/x".into(), super::archive::streamed(vec![0; 1024]))
        .await;
    copied.unwrap();

    sandbox.remove().await;
    let gone = sandbox
        .copy_out("/codebuild".into())
        .await
        .map(|_| ())
        .unwrap_err();
    assert_eq!(gone, SandboxError::Died(FOUND_DEAD.into()));
}

// Witness: our reading; a build that is stopped while it is being provisioned.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preparation_that_is_given_up_leaves_no_container() {
    let Some(instance) = Instance::new().await else {
        return;
    };
    instance.sandboxes.network().await.unwrap();
    let sandboxes = instance.sandboxes.clone();
    let preparing =
        tokio::spawn(async move { sandboxes.prepare(&spec("given up"), nowhere()).await });
    super::run::wait_for("a container is made", async || {
        !containers_of(&instance.id).await.is_empty()
    })
    .await;
    preparing.abort();
    // A preparation that was finished a moment before gives a sandbox that somebody must remove.
    if let Ok(Ok(sandbox)) = preparing.await {
        sandbox.remove().await;
    }
    super::run::wait_for("the container is removed", async || {
        containers_of(&instance.id).await.is_empty()
    })
    .await;
}

// Witness: product.md §2; the reason names the socket.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_that_answers_is_described() {
    if !is_there().await {
        return;
    }
    let found = slipway::sandbox::docker::available().await.unwrap();
    assert!(!found.version.is_empty() && found.memory_bytes > 0 && found.cpus > 0);
    assert!(engine().await.inspect_image(&image()).await.is_ok());
}
