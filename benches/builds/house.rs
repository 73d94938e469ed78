//! A server with its store on disk, a role, buckets, and projects that run an inline buildspec.

use codebuild_api::input::{CreateProjectInput, StartBuildInput};
use iam_api::input::CreateRoleInput;
use serde_json::{Value, json};
use slipway::app::App;
use slipway::aws::Scope;
use slipway::companions::s3;
use slipway::config::{Builds, Config, Data};
use slipway::engine::build::state::{BuildState, BuildStatus};
use slipway::server::Call;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
    "Principal":{"Service":"codebuild.amazonaws.com"}}]}"#;

pub struct House {
    pub app: Arc<App>,
    stop: CancellationToken,
    serving: JoinHandle<()>,
    _folder: TempDir,
}

impl House {
    pub async fn new(builds: Builds) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = camino::Utf8PathBuf::try_from(folder.path().to_owned()).expect("a UTF-8 path");
        let config = Config {
            data: Data::Folder(path),
            builds,
            ..Config::in_memory()
        };
        let stop = CancellationToken::new();
        let server = slipway::cli::serve::start(config, stop.clone()).await;
        let (app, serving) = server.expect("a server");
        let house = Self {
            app,
            stop,
            serving,
            _folder: folder,
        };
        let role = CreateRoleInput::new("builder", TRUST);
        let created =
            slipway::companions::iam::operations::create_role::create_role(role, house.call());
        created.await.expect("a role");
        house.bucket("out").await;
        house
    }

    pub fn call(&self) -> Call {
        Call::new(&self.app)
    }

    pub fn scope(&self) -> Scope {
        self.call().scope
    }

    async fn bucket(&self, name: &str) {
        let call = self.call();
        let caller = s3::Caller {
            account: call.scope.account,
            region: call.scope.region,
            principal: call.principal.arn().to_owned(),
            request_id: call.request_id,
            now: call.now,
            limits: None,
        };
        let made = self
            .app
            .s3
            .create_bucket(&caller, name, s3::NewBucket::default());
        made.await.expect("a bucket");
    }

    /// `artifacts` of its own, else none.
    pub async fn project(&self, name: &str, buildspec: &str, artifacts: Option<Value>) {
        let project: CreateProjectInput = serde_json::from_value(json!({
            "name": name, "serviceRole": "arn:aws:iam::000000000000:role/builder",
            "source": {"type": "NO_SOURCE", "buildspec": buildspec},
            "artifacts": artifacts.unwrap_or_else(|| json!({"type": "NO_ARTIFACTS"})),
            "environment": {"type": "LINUX_CONTAINER", "computeType": "BUILD_GENERAL1_SMALL", "image": super::image()},
        }))
        .expect("a project");
        let created = slipway::codebuild::operations::create_project(project, self.call()).await;
        created.expect("created");
    }

    pub async fn start(&self, project: &str) -> String {
        let input = StartBuildInput::new(project);
        let started = slipway::codebuild::operations::start_build(input, self.call()).await;
        let id = started.expect("a build").build.and_then(|build| build.id);
        id.expect("an id")
    }

    /// Waits for the end, which must be a good one.
    pub async fn end(&self, id: &str) -> BuildState {
        let mut changes = self
            .app
            .codebuild
            .engine
            .watch((self.scope(), id.to_owned()));
        loop {
            let state = self
                .app
                .codebuild
                .state(&self.scope(), id)
                .expect("the build");
            if state.is_complete() {
                assert_eq!(
                    state.status,
                    BuildStatus::Succeeded,
                    "{:?}",
                    state.failure()
                );
                return state;
            }
            changes.changed().await;
        }
    }

    pub async fn close(self) {
        self.stop.cancel();
        self.serving.await.expect("an orderly end");
    }
}
