//! The build engine on the companions of an application in memory, with sandboxes of the test's choice.

use crate::support::Server;
use async_trait::async_trait;
use http::{Method, Request, StatusCode};
use serde_json::json;
use slipway::aws::{Account, Region, Scope};
use slipway::codebuild::{self, CodeBuild};
use slipway::companions::{ByteStream, Companions, ObjectMeta, ObjectRef};
use slipway::engine::build::commands::{start::start, stop::stop};
use slipway::engine::build::perform::{BuildOptions, BuildPerformer};
use slipway::engine::build::plan::*;
use slipway::engine::build::reports::{Group, GroupRefused, Report, Wanted};
use slipway::engine::build::{Build, BuildState, Record};
use slipway::engine::driver::{Driver, Keep};
use slipway::engine::pipeline;
use slipway::engine::world::{
    BuildRequest, CommandsRequest, DeploymentRefused, DeploymentRequest, LaunchRefused,
    LaunchedBuild, PipelineRefused, PipelineRequest, World,
};
use slipway::sandbox::{Kind, Sandboxes};
use slipway::store::{Builder, Location, Txn};
use std::any::Any;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A generous bound on anything that is waited for: a test that hangs must say where.
const PATIENCE: Duration = Duration::from_secs(120);

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"codebuild.amazonaws.com"}}]}"#;

/// Scope and build id.
type Key = (slipway::aws::Scope, String);
type Finished = Arc<Mutex<HashMap<Key, BuildState>>>;
type Reports = Arc<Mutex<Vec<Report>>>;

pub struct House {
    server: Server,
    driver: Driver<Build>,
    performer: BuildPerformer,
    finished: Finished,
    pub reports: Reports,
    image: String,
    _keep: Box<dyn Any + Send + Sync>,
}

impl House {
    /// With a role called `build` and buckets called `src` and `out`.
    pub async fn new(
        sandboxes: Arc<dyn Sandboxes>,
        image: &str,
        keep: Box<dyn Any + Send + Sync>,
    ) -> Self {
        let server = Server::start().await;
        let around = Around {
            codebuild: server.app.codebuild.clone(),
            companions: server.app.companions.clone(),
            sandboxes,
        };
        let (finished, reports) = (Finished::default(), Reports::default());
        let mut builder = Builder::new();
        let tables = Driver::declare(&mut builder);
        let store = builder.open(Location::Memory).unwrap();
        let clock = server.app.clock.clone();
        let options = BuildOptions::default();
        let performer = BuildPerformer::new(Arc::new(around), clock.clone(), options);
        let kept = Arc::new(Kept(finished.clone(), reports.clone()));
        let perform = Arc::new(performer.clone());
        let driver = Driver::new(tables, store, clock, kept, perform);
        driver.resume().await;
        let house = Self {
            server,
            driver,
            performer,
            finished,
            reports,
            image: image.to_owned(),
            _keep: keep,
        };
        house.furnish().await;
        house
    }

    async fn furnish(&self) {
        let mut form = form_urlencoded::Serializer::new(String::new());
        let fields = [
            ("Action", "CreateRole"),
            ("Version", "2010-05-08"),
            ("RoleName", "build"),
            ("AssumeRolePolicyDocument", TRUST),
        ];
        let form = form.extend_pairs(fields).finish();
        let role = self.server.query("iam", &form).await;
        assert_eq!(role.status, StatusCode::OK, "{}", role.text());
        for bucket in ["src", "out"] {
            let made = self.bucket(bucket).await;
            assert_eq!(made, StatusCode::OK, "{bucket}");
        }
    }

    /// Makes a bucket.
    pub async fn bucket(&self, name: &str) -> StatusCode {
        let request: Request<_> = self
            .server
            .request(Method::PUT, &format!("/{name}"))
            .header(
                "authorization",
                crate::support::server::signed("000000000000", "us-east-1", "s3"),
            )
            .body(Default::default())
            .unwrap();
        self.server.send(request).await.status
    }

    /// Removes an empty bucket.
    pub async fn drop_bucket(&self, name: &str) {
        self.s3(Method::DELETE, &format!("/{name}")).await;
    }

    pub async fn delete(&self, bucket: &str, key: &str) {
        self.s3(Method::DELETE, &format!("/{bucket}/{key}")).await;
    }

    async fn s3(&self, method: Method, path: &str) {
        let signed = crate::support::server::signed("000000000000", "us-east-1", "s3");
        let request: Request<_> = self
            .server
            .request(method, path)
            .header("authorization", signed)
            .body(Default::default())
            .unwrap();
        let answer = self.server.send(request).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text());
    }

    /// All lines of a stream.
    pub fn lines(&self, group: &str, stream: &str) -> Vec<String> {
        let mut follower = self.server.app.logs.follow(&scope(), group, stream);
        let mut all = Vec::new();
        loop {
            let lines = follower.read().unwrap();
            if lines.is_empty() {
                return all;
            }
            all.extend(lines.into_iter().map(|line| line.message));
        }
    }

    fn companions(&self) -> &Arc<dyn Companions> {
        &self.server.app.companions
    }

    pub async fn put(&self, bucket: &str, key: &str, bytes: Vec<u8>) {
        let body: ByteStream = Box::pin(futures::stream::iter([Ok(bytes.into())]));
        let (scope, at) = (scope(), at(bucket, key));
        let written = self
            .companions()
            .write_object(&scope, &at, ObjectMeta::default(), body);
        written.await.unwrap();
    }

    pub async fn get(&self, bucket: &str, key: &str) -> Vec<u8> {
        use futures::TryStreamExt;
        let (_, body) = self
            .companions()
            .read_object(&scope(), &at(bucket, key))
            .await
            .unwrap();
        let chunks: Vec<bytes::Bytes> = body.try_collect().await.unwrap();
        chunks.concat()
    }

    pub async fn keys(&self, bucket: &str) -> Vec<String> {
        let listed = self
            .companions()
            .list_objects(&scope(), bucket, "", None, 1000)
            .await;
        listed
            .unwrap()
            .into_iter()
            .map(|object| object.key)
            .collect()
    }

    /// A plan that runs this buildspec without a source.
    pub fn plan(&self, buildspec: &str) -> BuildPlan {
        BuildPlan {
            scope: scope(),
            purpose: Purpose::Project,
            project: "hello".to_owned(),
            uuid: uuid::Uuid::new_v4().to_string(),
            number: 7,
            initiator: "someone".to_owned(),
            service_role: "arn:aws:iam::000000000000:role/build".to_owned(),
            assumed_by: None,
            source: Source::Nothing,
            source_version: None,
            secondary_sources: Vec::new(),
            buildspec: Some(buildspec.to_owned()),
            environment: Environment {
                kind: "LINUX_CONTAINER".to_owned(),
                compute: "BUILD_GENERAL1_SMALL".to_owned(),
                image: self.image.clone(),
                privileged: false,
                variables: Vec::new(),
                registry: None,
                file_systems: Vec::new(),
                reserved: false,
                certificate: None,
                layers: None,
            },
            artifacts: None,
            secondary_artifacts: Vec::new(),
            cache: Cache::Off,
            logs: LogDestinations {
                cloudwatch: Some(CloudWatchLogs::default()),
                s3: None,
            },
            timeout_minutes: 60,
            queued_timeout_minutes: 480,
            encryption_key: "arn:aws:kms:us-east-1:000000000000:alias/aws/s3".to_owned(),
            listener: None,
            retry: Default::default(),
            batch: None,
            until: None,
            debug: false,
            shard: None,
            source_cache: None,
            public_alias: None,
            start: self.server.app.clock.now(),
        }
    }

    pub async fn start(&self, plan: BuildPlan) -> Key {
        let key = plan.key();
        let begun = self.driver.command(key.clone(), move |state, now, _| {
            let step = start(state.as_ref(), plan, now).unwrap();
            Ok::<_, Infallible>((step, ()))
        });
        begun.await.unwrap();
        key
    }

    pub async fn stop(&self, key: &Key) -> BuildState {
        let stopped = self.driver.command(key.clone(), |state, now, _| {
            Ok::<_, Infallible>(stop(state.unwrap(), now))
        });
        stopped.await.unwrap()
    }

    pub async fn finished(&self, key: &Key) -> BuildState {
        let mut watch = self.driver.watch(key.clone());
        let waiting = async {
            while self.driver.state(key).is_some() {
                watch.changed().await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(waited.is_ok(), "still {:?}", self.driver.state(key));
        self.finished.lock().unwrap()[key].clone()
    }

    pub async fn run(&self, plan: BuildPlan) -> BuildState {
        let key = self.start(plan).await;
        self.finished(&key).await
    }

    /// The lines of a stream as GetLogEvents shows them.
    pub async fn log(&self, group: &str, stream: &str) -> String {
        let asked = json!({"logGroupName": group, "logStreamName": stream, "startFromHead": true});
        let answer = self.server.json("Logs_20140328.GetLogEvents", &asked).await;
        let shown: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        let events = shown["events"].as_array().cloned().unwrap_or_default();
        let messages = events.iter().filter_map(|event| event["message"].as_str());
        messages.collect()
    }

    /// Waits until the log of this build has the text.
    pub async fn logged(&self, key: &Key, text: &str) {
        let stream = key.1.split_once(':').unwrap().1;
        let waiting = async {
            while !self
                .log("/aws/codebuild/hello", stream)
                .await
                .contains(text)
            {
                tokio::task::yield_now().await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(waited.is_ok(), "still no {text:?}");
    }

    /// Ends what is left of builds and the server.
    pub async fn leave(self) {
        self.driver.halt().await;
        self.performer.close().await;
        self.server.stop().await;
    }
}

pub fn scope() -> Scope {
    let account = Account::parse("000000000000").unwrap();
    Scope::new(account, Region::parse("us-east-1").unwrap())
}

fn at(bucket: &str, key: &str) -> ObjectRef {
    ObjectRef {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        version: None,
    }
}

struct Kept(Finished, Reports);

impl Keep<Build> for Kept {
    fn keep(&self, _: &mut Txn, key: &Key, record: Record) {
        match record {
            Record::PhaseEnded(_) => {}
            Record::Reported(report) => self.1.lock().unwrap().push(*report),
            Record::Commanded(_) => unreachable!("builds run no commands of others"),
            Record::Finished(build) => {
                self.0.lock().unwrap().insert(key.clone(), *build);
            }
        }
    }
}

struct Around {
    codebuild: CodeBuild,
    companions: Arc<dyn Companions>,
    sandboxes: Arc<dyn Sandboxes>,
}

#[async_trait]
impl World for Around {
    fn companions(&self) -> &Arc<dyn Companions> {
        &self.companions
    }

    fn sandboxes(&self) -> &Arc<dyn Sandboxes> {
        &self.sandboxes
    }

    fn build_endpoint(&self, _: Kind) -> Option<String> {
        None
    }

    async fn launch_build(&self, request: BuildRequest) -> Result<LaunchedBuild, LaunchRefused> {
        Err(LaunchRefused::NoSuchProject(request.project))
    }

    async fn launch_commands(&self, _: CommandsRequest) -> Result<LaunchedBuild, LaunchRefused> {
        unreachable!("builds launch nothing")
    }

    async fn launch_deployment(&self, _: DeploymentRequest) -> Result<String, DeploymentRefused> {
        unreachable!("builds launch nothing")
    }

    async fn launch_pipeline(&self, _: PipelineRequest) -> Result<String, PipelineRefused> {
        unreachable!("builds launch nothing")
    }

    async fn report_group(&self, scope: &Scope, wanted: Wanted) -> Result<Group, GroupRefused> {
        codebuild::reported::report_group(&self.codebuild, scope, wanted).await
    }

    async fn stop_build(&self, _: &Scope, _: &str) {}

    async fn tell_pipeline(&self, _: &pipeline::Key, _: pipeline::Event) {}

    fn pipeline_plan(&self, _: &pipeline::Key) -> Option<Arc<pipeline::Plan>> {
        None
    }
}
