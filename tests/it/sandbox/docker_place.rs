//! A Docker engine for tests, or the reason why there is none.

use super::run::Place;
use slipway::sandbox::docker::{DockerOptions, DockerSandboxes};
use slipway::sandbox::{Sandboxes, docker};
use std::sync::{Arc, Mutex, OnceLock, Weak};

/// An image with nothing but a shell and small tools.
pub fn image() -> String {
    std::env::var("SLIPWAY_TEST_IMAGE").unwrap_or("slipway-test/busybox:latest".into())
}

fn is_required() -> bool {
    std::env::var("SLIPWAY_REQUIRE_DOCKER").is_ok_and(|value| value == "1")
}

/// Whether Docker answers; when not, says so, or fails where Docker is required.
pub async fn is_there() -> bool {
    match docker::available().await {
        Ok(_) => true,
        Err(why) if is_required() => panic!("SLIPWAY_REQUIRE_DOCKER=1, but {why}"),
        Err(why) => {
            eprintln!("skipped: {why}");
            false
        }
    }
}

/// Sandboxes of an instance of their own, swept when dropped.
pub struct Instance {
    pub sandboxes: Arc<DockerSandboxes>,
    pub id: String,
}

impl Instance {
    pub async fn new() -> Option<Instance> {
        if !is_there().await {
            return None;
        }
        let id = format!("test-{}", uuid::Uuid::new_v4().simple());
        Some(Instance {
            sandboxes: Arc::new(connect(&id).await),
            id,
        })
    }
}

pub async fn connect(instance: &str) -> DockerSandboxes {
    let options = DockerOptions {
        instance: instance.to_owned(),
        ..Default::default()
    };
    DockerSandboxes::connect(options).await.unwrap()
}

impl Drop for Instance {
    /// On a thread of its own: the test's runtime may be ending.
    fn drop(&mut self) {
        let sandboxes = self.sandboxes.clone();
        let sweeping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(sandboxes.sweep())
        });
        let swept = sweeping.join();
        remove_volumes(&self.id);
        if !std::thread::panicking() {
            swept.unwrap().unwrap();
        }
    }
}

/// Volumes of file systems outlive what sweeps.
fn remove_volumes(instance: &str) {
    let docker = |words: &[&str]| {
        let done = std::process::Command::new("docker").args(words).output();
        String::from_utf8(done.unwrap().stdout).unwrap()
    };
    let label = format!("label=slipway.instance={instance}");
    for name in docker(&["volume", "ls", "-q", "--filter", &label]).lines() {
        docker(&["volume", "rm", name]);
    }
}

/// One instance for the tests that run at the same time: an engine has few networks to give.
pub async fn place() -> Option<Place> {
    static SHARED: OnceLock<Mutex<Weak<Instance>>> = OnceLock::new();
    static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _one = ONE_AT_A_TIME.lock().await;
    let shared = SHARED.get_or_init(Mutex::default);
    let running = shared.lock().unwrap().upgrade();
    let instance = match running {
        Some(instance) => instance,
        None => Arc::new(Instance::new().await?),
    };
    *shared.lock().unwrap() = Arc::downgrade(&instance);
    Some(Place {
        sandboxes: instance.sandboxes.clone(),
        image: image(),
        _keep: Box::new(Kept(instance)),
    })
}

/// Keeps the instance until the test's own sandboxes are gone.
struct Kept(#[allow(dead_code, reason = "held, not read")] Arc<Instance>);
