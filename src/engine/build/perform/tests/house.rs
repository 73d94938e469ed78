//! A world of its own for builds in tests: buckets and logs in memory, sandboxes in temporary folders, a driver on a store.

use super::place::Places;
use crate::aws::{Account, Region, Scope, Time};
use crate::companions::*;
use crate::engine::build::commands::start::start;
use crate::engine::build::commands::stop::stop;
use crate::engine::build::machine::Key;
use crate::engine::build::perform::{BuildOptions, BuildPerformer, streams};
use crate::engine::build::plan::BuildPlan;
use crate::engine::build::reports::{Group, GroupRefused, Report, Wanted};
use crate::engine::build::state::{BuildState, Phase};
use crate::engine::build::{Build, Record, tests};
use crate::engine::clock::Clock;
use crate::engine::driver::{Driver, Keep};
use crate::engine::pipeline;
use crate::engine::world::{
    BuildRequest, CommandsRequest, DeploymentRefused, DeploymentRequest, LaunchRefused,
    LaunchedBuild, PipelineRefused, PipelineRequest, World,
};
use crate::sandbox::{Kind, Sandboxes};
use crate::store::{Builder, Location, Txn};
use async_trait::async_trait;
use bytes::Bytes;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{OnceCell, watch};

/// A generous bound on anything that is waited for: a test that hangs must say where.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone, Debug)]
pub struct Stored {
    pub bytes: Vec<u8>,
    pub meta: ObjectMeta,
    pub version: Option<String>,
}

/// What the world of a build holds.
#[derive(Default)]
pub struct Contents {
    /// Region and objects of each bucket.
    pub buckets: BTreeMap<String, (String, BTreeMap<String, Stored>)>,
    pub roles: Vec<String>,
    pub told: Vec<(pipeline::Key, pipeline::Event)>,
    pub finished: BTreeMap<Key, BuildState>,
    pub reports: Vec<Report>,
    /// By name.
    pub parameters: BTreeMap<String, String>,
    /// Texts by id, stage and version.
    pub secrets: BTreeMap<(String, Option<String>, Option<String>), String>,
    /// By name; others are made for tests.
    pub groups: BTreeMap<String, Result<Group, GroupRefused>>,
}

pub struct House {
    pub contents: Arc<Mutex<Contents>>,
    pub logs: watch::Sender<BTreeMap<String, String>>,
    pub places: Arc<Places>,
    pub clock: Clock,
    /// The driver has begun to run.
    begun: OnceCell<()>,
    pub driver: Driver<Build>,
    pub performer: BuildPerformer,
}

pub fn scope() -> Scope {
    let account = Account::parse("000000000000").unwrap();
    Scope::new(account, Region::parse("us-east-1").unwrap())
}

impl House {
    pub fn new() -> Self {
        Self::with(BuildOptions::default())
    }

    pub fn with(options: BuildOptions) -> Self {
        let places = Arc::new(Places::default());
        Self::on(places.clone(), places, options)
    }

    /// On other sandboxes than those of this folder.
    pub fn on(sandboxes: Arc<dyn Sandboxes>, places: Arc<Places>, options: BuildOptions) -> Self {
        let clock = Clock::manual(tests::START);
        let contents: Arc<Mutex<Contents>> = Arc::default();
        contents
            .lock()
            .unwrap()
            .roles
            .push(tests::plan().service_role);
        let fakes = Arc::new(Fakes {
            contents: contents.clone(),
            logs: watch::Sender::default(),
        });
        let logs = fakes.logs.clone();
        let world = Arc::new(Around {
            companions: fakes,
            sandboxes,
            contents: contents.clone(),
        });
        let mut builder = Builder::new();
        let tables = Driver::declare(&mut builder);
        let store = builder.open(Location::Memory).unwrap();
        let performer = BuildPerformer::new(world, clock.clone(), options);
        let keep = Arc::new(Kept(contents.clone()));
        let perform = Arc::new(performer.clone());
        let driver = Driver::new(tables, store, clock.clone(), keep, perform);
        Self {
            contents,
            logs,
            places,
            clock,
            begun: OnceCell::new(),
            driver,
            performer,
        }
    }

    pub fn bucket(&self, name: &str, objects: &[(&str, Vec<u8>)]) {
        self.bucket_in("us-east-1", name, objects);
    }

    pub fn bucket_in(&self, region: &str, name: &str, objects: &[(&str, Vec<u8>)]) {
        let objects = objects.iter().map(|(key, bytes)| {
            let stored = Stored {
                bytes: bytes.clone(),
                meta: ObjectMeta::default(),
                version: Some(format!("version-of-{key}")),
            };
            ((*key).to_owned(), stored)
        });
        let bucket = (region.to_owned(), objects.collect());
        self.contents
            .lock()
            .unwrap()
            .buckets
            .insert(name.to_owned(), bucket);
    }

    /// Keys and texts of all objects in a bucket.
    pub fn objects(&self, bucket: &str) -> Vec<(String, String)> {
        let contents = self.contents.lock().unwrap();
        let objects = contents.buckets[bucket].1.iter();
        objects
            .map(|(key, stored)| {
                (
                    key.clone(),
                    String::from_utf8_lossy(&stored.bytes).into_owned(),
                )
            })
            .collect()
    }

    pub fn object(&self, bucket: &str, key: &str) -> Stored {
        let contents = self.contents.lock().unwrap();
        let objects = &contents.buckets[bucket].1;
        let found = objects.get(key);
        found
            .unwrap_or_else(|| panic!("no {key} among {:?}", objects.keys()))
            .clone()
    }

    pub async fn start(&self, plan: BuildPlan) -> Key {
        self.begun.get_or_init(|| self.driver.resume()).await;
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

    /// Waits until the build, live or finished, is as wanted.
    pub async fn until(&self, key: &Key, wanted: impl Fn(&BuildState) -> bool) -> BuildState {
        let mut watch = self.driver.watch(key.clone());
        let waiting = async {
            loop {
                let live = self.driver.state(key);
                let build = match live {
                    Some(build) => (*build).clone(),
                    None => self.contents.lock().unwrap().finished[key].clone(),
                };
                if wanted(&build) {
                    return build;
                }
                watch.changed().await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        waited.unwrap_or_else(|_| panic!("still {:?}", self.driver.state(key)))
    }

    pub async fn finished(&self, key: &Key) -> BuildState {
        self.until(key, BuildState::is_complete).await
    }

    /// Runs a build under an id of its own; only its log is kept.
    pub async fn run(&self, mut plan: BuildPlan) -> BuildState {
        let before = self.contents.lock().unwrap().finished.len();
        if before > 0 {
            plan.uuid.replace_range(24.., &format!("{before:012}"));
        }
        self.logs.send_modify(BTreeMap::clear);
        let key = self.start(plan).await;
        self.finished(&key).await
    }

    /// Waits until the log has this text.
    pub async fn logged(&self, text: &str) {
        let mut logs = self.logs.subscribe();
        let waiting = logs.wait_for(|logs| logs.values().any(|log| log.contains(text)));
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(waited.is_ok(), "still no {text:?} in the log");
    }

    /// The only log there is, without times, and with `<root>` for the sandbox's folder.
    pub fn log(&self) -> String {
        let logs = self.logs.borrow();
        assert!(logs.len() <= 1, "{:?}", logs.keys());
        let text = logs.values().next().cloned().unwrap_or_default();
        readable(&text)
    }

    /// Waits until no sandbox is left.
    pub async fn emptied(&self) {
        let waiting = async {
            while self.places.alive.load(std::sync::atomic::Ordering::SeqCst) > 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap();
    }
}

/// Takes times and folders of this run out of a log.
pub fn readable(log: &str) -> String {
    let stamp =
        regex::Regex::new(r"\[Container\] 20\d\d/\d\d/\d\d \d\d:\d\d:\d\d\.\d{6} ").unwrap();
    let root = regex::Regex::new(r"/[^ =\n]*/codebuild/(output|readonly)").unwrap();
    let log = stamp.replace_all(log, "[] ");
    root.replace_all(&log, "/codebuild/$1").into_owned()
}

/// Failed and succeeded phases in one line each.
pub fn phases(build: &BuildState) -> Vec<String> {
    let shown = build
        .phases
        .iter()
        .filter(|record| record.phase > Phase::Provisioning);
    shown
        .map(|record| match &record.end {
            Some(end) => {
                let context = end.context.clone().unwrap_or_default();
                let line = format!(
                    "{} {} {} {}",
                    record.phase.as_str(),
                    end.status.as_str(),
                    context.code,
                    context.message
                );
                readable(line.trim_end())
            }
            None => record.phase.as_str().to_owned(),
        })
        .collect()
}

struct Kept(Arc<Mutex<Contents>>);

impl Keep<Build> for Kept {
    fn keep(&self, _: &mut Txn, key: &Key, record: Record) {
        let mut contents = self.0.lock().unwrap();
        match record {
            Record::Reported(report) => contents.reports.push(*report),
            Record::Commanded(_) => unreachable!("builds run no commands of others"),
            Record::PhaseEnded(_) => {}
            Record::Finished(build) => {
                contents.finished.insert(key.clone(), *build);
            }
        }
    }
}

struct Around {
    companions: Arc<dyn Companions>,
    sandboxes: Arc<dyn Sandboxes>,
    contents: Arc<Mutex<Contents>>,
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
        Some("http://127.0.0.1:4566".to_owned())
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

    async fn report_group(&self, _: &Scope, wanted: Wanted) -> Result<Group, GroupRefused> {
        let name = wanted.name;
        match self.contents.lock().unwrap().groups.get(&name) {
            Some(known) => known.clone(),
            None if wanted.make => Ok(Group { name, export: None }),
            None => Err(GroupRefused::NotFound(name)),
        }
    }

    async fn stop_build(&self, _: &Scope, _: &str) {}

    async fn tell_pipeline(&self, key: &pipeline::Key, event: pipeline::Event) {
        self.contents
            .lock()
            .unwrap()
            .told
            .push((key.clone(), event));
    }

    fn pipeline_plan(&self, _: &pipeline::Key) -> Option<Arc<pipeline::Plan>> {
        None
    }
}

struct Fakes {
    contents: Arc<Mutex<Contents>>,
    logs: watch::Sender<BTreeMap<String, String>>,
}

impl Fakes {
    fn info(key: &str, stored: &Stored) -> ObjectInfo {
        ObjectInfo {
            key: key.to_owned(),
            size: stored.bytes.len() as u64,
            etag: "e".to_owned(),
            version: stored.version.clone(),
            modified: tests::START,
            metadata: stored.meta.metadata.clone(),
        }
    }
}

#[async_trait]
impl Companions for Fakes {
    async fn bucket(&self, name: &str) -> Result<BucketInfo, ObjectError> {
        let contents = self.contents.lock().unwrap();
        let missing = || ObjectError::NoSuchBucket(name.to_owned());
        let (region, _) = contents.buckets.get(name).ok_or_else(missing)?;
        Ok(BucketInfo {
            name: name.to_owned(),
            owner: scope().account,
            region: Region::parse(region).unwrap(),
            versioned: true,
        })
    }

    async fn stat_object(&self, who: &Scope, at: &ObjectRef) -> Result<ObjectInfo, ObjectError> {
        self.read_object(who, at).await.map(|(info, _)| info)
    }

    async fn read_object(
        &self,
        _: &Scope,
        at: &ObjectRef,
    ) -> Result<(ObjectInfo, ByteStream), ObjectError> {
        let contents = self.contents.lock().unwrap();
        let missing = || ObjectError::NoSuchBucket(at.bucket.clone());
        let (_, objects) = contents.buckets.get(&at.bucket).ok_or_else(missing)?;
        let missing = || ObjectError::NoSuchKey(at.key.clone());
        let stored = objects.get(&at.key).ok_or_else(missing)?;
        if at.key.contains("forbidden") {
            return Err(ObjectError::AccessDenied(at.key.clone()));
        }
        let body = streams::of_bytes(stored.bytes.clone());
        Ok((Self::info(&at.key, stored), body))
    }

    async fn write_object(
        &self,
        _: &Scope,
        at: &ObjectRef,
        meta: ObjectMeta,
        body: ByteStream,
    ) -> Result<ObjectInfo, ObjectError> {
        let bytes = streams::blocking(body, |body| {
            let mut bytes = Vec::new();
            body.read_to_end(&mut bytes).map(|_| bytes)
        });
        let bytes = bytes
            .await
            .map_err(|error| ObjectError::Failed(error.to_string()))?;
        let mut contents = self.contents.lock().unwrap();
        let missing = || ObjectError::NoSuchBucket(at.bucket.clone());
        let (_, objects) = contents.buckets.get_mut(&at.bucket).ok_or_else(missing)?;
        let stored = Stored {
            bytes,
            meta,
            version: None,
        };
        let info = Self::info(&at.key, &stored);
        objects.insert(at.key.clone(), stored);
        Ok(info)
    }

    async fn list_objects(
        &self,
        _: &Scope,
        bucket: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ObjectInfo>, ObjectError> {
        let contents = self.contents.lock().unwrap();
        let missing = || ObjectError::NoSuchBucket(bucket.to_owned());
        let (_, objects) = contents.buckets.get(bucket).ok_or_else(missing)?;
        let wanted = objects.iter().filter(|(key, _)| {
            key.starts_with(prefix) && after.is_none_or(|after| key.as_str() > after)
        });
        Ok(wanted
            .take(limit)
            .map(|(key, stored)| Self::info(key, stored))
            .collect())
    }

    fn listen_objects(&self, _: Arc<dyn ObjectListener>) {}

    async fn open_log_stream(
        &self,
        _: &Scope,
        group: &str,
        stream: &str,
    ) -> Result<(), ObjectError> {
        self.logs.send_modify(|logs| {
            logs.entry(format!("{group} {stream}")).or_default();
        });
        Ok(())
    }

    async fn append_log(
        &self,
        _: &Scope,
        group: &str,
        stream: &str,
        lines: Vec<LogLine>,
    ) -> Result<(), ObjectError> {
        let mut times: Vec<Time> = lines.iter().map(|line| line.time).collect();
        let before = times.clone();
        times.sort();
        assert_eq!(times, before, "lines come in order");
        self.logs.send_modify(|logs| {
            let log = logs
                .get_mut(&format!("{group} {stream}"))
                .expect("an open stream");
            lines.iter().for_each(|line| log.push_str(&line.message));
        });
        Ok(())
    }

    async fn check_role(&self, role_arn: &str, _: &str) -> Result<(), RoleError> {
        match self
            .contents
            .lock()
            .unwrap()
            .roles
            .iter()
            .any(|role| role == role_arn)
        {
            true => Ok(()),
            false => Err(RoleError::NoSuchRole(role_arn.to_owned())),
        }
    }

    async fn assume_role(&self, wish: SessionWish) -> Result<SessionCredentials, RoleError> {
        self.check_role(&wish.role_arn, &wish.by).await?;
        assert!(wish.name.starts_with("AWSCodeBuild-"), "{wish:?}");
        assert_eq!(
            (wish.lasts, wish.limits),
            (Duration::from_secs(75 * 60), None)
        );
        Ok(SessionCredentials {
            access_key_id: "ASIAEXAMPLE".to_owned(),
            secret_access_key: "very-secret".to_owned(),
            session_token: "token-of-role".to_owned(),
            expires: tests::START + Duration::from_secs(3600),
        })
    }

    async fn publish(&self, _: &Scope, _: &str, _: &str, _: &str) -> Result<String, PublishError> {
        unreachable!("builds publish nothing")
    }

    async fn alarms(&self, _: &Scope, _: &[String]) -> Vec<AlarmInfo> {
        unreachable!("builds ask for no alarms")
    }

    async fn invoke_function(&self, _: &Scope, _: &str, _: Bytes) -> Result<(), FunctionError> {
        unreachable!("builds invoke nothing")
    }

    async fn parameter(&self, _: &Scope, name: &str) -> Result<SecretValue, ValueError> {
        let contents = self.contents.lock().unwrap();
        let found = contents.parameters.get(name).cloned();
        found
            .map(SecretValue)
            .ok_or_else(|| ValueError::NotFound(name.to_owned()))
    }

    async fn secret(
        &self,
        _: &Scope,
        id: &str,
        stage: Option<&str>,
        version: Option<&str>,
    ) -> Result<SecretValue, ValueError> {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let contents = self.contents.lock().unwrap();
        let key = (id.to_owned(), owned(stage), owned(version));
        let found = contents.secrets.get(&key).cloned();
        let absent = "Secrets Manager can't find the specified secret.";
        found
            .map(SecretValue)
            .ok_or_else(|| ValueError::NotFound(absent.to_owned()))
    }
}
