//! Companions and a world in memory, for tests of the performer: S3 with versions, builds that the test ends.

use super::super::{Key, Pipelines, Plan};
use crate::aws::{Account, Region, Scope, Time};
use crate::companions::*;
use crate::engine::driver::Driver;
use crate::engine::pipeline::Event;
use crate::engine::world::*;
use crate::sandbox::{self, Sandboxes};
use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use tokio::sync::Semaphore;

/// S3 and roles; everything else is not for pipelines.
#[derive(Default)]
pub(super) struct Memory {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// By name; whether versioned.
    buckets: BTreeMap<String, bool>,
    objects: BTreeMap<(String, String), Vec<Stored>>,
    /// Buckets nobody may use.
    denied: Vec<String>,
    roles_denied: bool,
    /// Roles that nobody may assume.
    untrusting: Vec<String>,
    sessions: Vec<SessionWish>,
    versions: u32,
    topics: Vec<String>,
    published: Vec<String>,
    alarms: BTreeMap<String, String>,
    functions: Vec<String>,
    invoked: Vec<Bytes>,
}

#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub bytes: Vec<u8>,
    pub meta: ObjectMeta,
    pub info: ObjectInfo,
}

impl Memory {
    pub fn with(buckets: &[(&str, bool)]) -> Arc<Self> {
        let memory = Self::default();
        let buckets = buckets
            .iter()
            .map(|(name, versioned)| ((*name).to_owned(), *versioned));
        memory.inner().buckets = buckets.collect();
        Arc::new(memory)
    }

    pub fn deny(&self, bucket: &str) {
        self.inner().denied.push(bucket.to_owned());
    }

    pub fn deny_roles(&self) {
        self.inner().roles_denied = true;
    }

    /// From now on this role trusts nobody.
    pub fn distrust(&self, role: &str) {
        self.inner().untrusting.push(role.to_owned());
    }

    /// The sessions that were asked for.
    pub fn sessions(&self) -> Vec<SessionWish> {
        self.inner().sessions.clone()
    }

    pub fn with_topic(&self, topic: &str) {
        self.inner().topics.push(topic.to_owned());
    }

    /// Subjects and messages.
    pub fn published(&self) -> Vec<String> {
        self.inner().published.clone()
    }

    pub fn set_alarm(&self, name: &str, state: &str) {
        self.inner()
            .alarms
            .insert(name.to_owned(), state.to_owned());
    }

    pub fn with_function(&self, function: &str) {
        self.inner().functions.push(function.to_owned());
    }

    /// Payloads.
    pub fn invoked(&self) -> Vec<Bytes> {
        self.inner().invoked.clone()
    }

    /// Stores and yields the version.
    pub fn put(&self, bucket: &str, key: &str, bytes: &[u8], meta: ObjectMeta) -> ObjectInfo {
        let mut inner = self.inner();
        inner.versions += 1;
        let info = ObjectInfo {
            key: key.to_owned(),
            size: bytes.len() as u64,
            etag: format!("etag{}", inner.versions),
            version: inner.buckets[bucket].then(|| format!("v{}", inner.versions)),
            modified: Time::from_millis(i64::from(inner.versions)),
            metadata: meta.metadata.clone(),
        };
        let stored = Stored {
            bytes: bytes.to_vec(),
            meta,
            info: info.clone(),
        };
        let place = (bucket.to_owned(), key.to_owned());
        inner.objects.entry(place).or_default().push(stored);
        info
    }

    pub fn find(&self, bucket: &str, key: &str) -> Option<Stored> {
        let inner = self.inner();
        let versions = inner.objects.get(&(bucket.to_owned(), key.to_owned()))?;
        versions.last().cloned()
    }

    pub fn keys(&self, bucket: &str) -> Vec<String> {
        let inner = self.inner();
        let keys = inner.objects.keys().filter(|(other, _)| other == bucket);
        keys.map(|(_, key)| key.clone()).collect()
    }

    fn get(&self, at: &ObjectRef) -> Result<Stored, ObjectError> {
        self.check(&at.bucket)?;
        let inner = self.inner();
        let versions = inner.objects.get(&(at.bucket.clone(), at.key.clone()));
        let mut versions = versions.into_iter().flatten().rev();
        let wanted = |stored: &&Stored| at.version.is_none() || stored.info.version == at.version;
        versions
            .find(wanted)
            .cloned()
            .ok_or_else(|| ObjectError::NoSuchKey(at.key.clone()))
    }

    fn check(&self, bucket: &str) -> Result<bool, ObjectError> {
        let inner = self.inner();
        if inner.denied.iter().any(|denied| denied == bucket) {
            return Err(ObjectError::AccessDenied(bucket.to_owned()));
        }
        let versioned = inner.buckets.get(bucket).copied();
        versioned.ok_or_else(|| ObjectError::NoSuchBucket(bucket.to_owned()))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }
}

#[async_trait]
impl Companions for Memory {
    async fn bucket(&self, name: &str) -> Result<BucketInfo, ObjectError> {
        let versioned = self.check(name)?;
        Ok(BucketInfo {
            name: name.to_owned(),
            owner: Account::parse("000000000000").unwrap(),
            region: Region::parse("us-east-1").unwrap(),
            versioned,
        })
    }

    async fn stat_object(&self, _: &Scope, at: &ObjectRef) -> Result<ObjectInfo, ObjectError> {
        self.get(at).map(|stored| stored.info)
    }

    async fn read_object(
        &self,
        _: &Scope,
        at: &ObjectRef,
    ) -> Result<(ObjectInfo, ByteStream), ObjectError> {
        let stored = self.get(at)?;
        let pieces: Vec<std::io::Result<bytes::Bytes>> = stored
            .bytes
            .chunks(7)
            .map(|piece| Ok(piece.to_vec().into()))
            .collect();
        Ok((stored.info, futures::stream::iter(pieces).boxed()))
    }

    async fn write_object(
        &self,
        _: &Scope,
        at: &ObjectRef,
        meta: ObjectMeta,
        body: ByteStream,
    ) -> Result<ObjectInfo, ObjectError> {
        self.check(&at.bucket)?;
        let pieces: Result<Vec<_>, _> = body.try_collect().await;
        let pieces = pieces.map_err(|error| ObjectError::Failed(error.to_string()))?;
        Ok(self.put(&at.bucket, &at.key, &pieces.concat(), meta))
    }

    async fn list_objects(
        &self,
        _: &Scope,
        _: &str,
        _: &str,
        _: Option<&str>,
        _: usize,
    ) -> Result<Vec<ObjectInfo>, ObjectError> {
        unreachable!("pipelines list nothing")
    }

    fn listen_objects(&self, _: Arc<dyn ObjectListener>) {
        unreachable!("the composition listens")
    }

    async fn open_log_stream(&self, _: &Scope, _: &str, _: &str) -> Result<(), ObjectError> {
        unreachable!("pipelines write no logs")
    }

    async fn append_log(
        &self,
        _: &Scope,
        _: &str,
        _: &str,
        _: Vec<LogLine>,
    ) -> Result<(), ObjectError> {
        unreachable!("pipelines write no logs")
    }

    async fn check_role(&self, role_arn: &str, who: &str) -> Result<(), RoleError> {
        let inner = self.inner();
        let role = role_arn.to_owned();
        if inner.roles_denied {
            return Err(RoleError::NoSuchRole(role));
        }
        match inner.untrusting.contains(&role) {
            true => Err(RoleError::NotTrusted(role, who.to_owned())),
            false => Ok(()),
        }
    }

    async fn assume_role(&self, wish: SessionWish) -> Result<SessionCredentials, RoleError> {
        self.inner().sessions.push(wish);
        Ok(SessionCredentials {
            access_key_id: "ASIA".to_owned(),
            secret_access_key: "secret".to_owned(),
            session_token: "session".to_owned(),
            expires: Time::from_millis(0),
        })
    }

    async fn publish(
        &self,
        _: &Scope,
        topic: &str,
        subject: &str,
        message: &str,
    ) -> Result<String, PublishError> {
        let mut inner = self.inner();
        if !inner.topics.iter().any(|known| known == topic) {
            return Err(PublishError::NoSuchTopic);
        }
        inner.published.push(format!("{subject}\n{message}"));
        Ok("id".to_owned())
    }

    async fn alarms(&self, _: &Scope, names: &[String]) -> Vec<AlarmInfo> {
        let inner = self.inner();
        let known = names.iter().filter_map(|name| {
            let state = inner.alarms.get(name)?.clone();
            let name = name.clone();
            Some(AlarmInfo { name, state })
        });
        known.collect()
    }

    async fn invoke_function(
        &self,
        _: &Scope,
        function: &str,
        payload: Bytes,
    ) -> Result<(), FunctionError> {
        let mut inner = self.inner();
        if !inner.functions.iter().any(|known| known == function) {
            return Err(FunctionError::NoSuchFunction);
        }
        inner.invoked.push(payload);
        Ok(())
    }
}

/// A world with one pipeline.
pub(super) struct Around {
    pub memory: Arc<Memory>,
    companions: Arc<dyn Companions>,
    pub plan: Mutex<Arc<Plan>>,
    pub driver: OnceLock<Driver<Pipelines>>,
    /// Builds by effect id, in order of launch.
    pub builds: Mutex<Vec<BuildRequest>>,
    pub commands: Mutex<Vec<CommandsRequest>>,
    pub stopped: Mutex<Vec<String>>,
    /// Launching waits here, when it is closed.
    pub gate: Semaphore,
    pub refusal: Option<LaunchRefused>,
}

impl Around {
    pub fn new(memory: Arc<Memory>, plan: Arc<Plan>) -> Self {
        Self {
            companions: memory.clone(),
            memory,
            plan: Mutex::new(plan),
            driver: OnceLock::new(),
            builds: Mutex::default(),
            commands: Mutex::default(),
            stopped: Mutex::default(),
            gate: Semaphore::new(1000),
            refusal: None,
        }
    }

    fn launch(&self, request: BuildRequest) -> LaunchedBuild {
        let mut builds = self.builds.lock().unwrap();
        let known = builds
            .iter()
            .position(|build| build.effect == request.effect);
        let number = known.unwrap_or(builds.len());
        if known.is_none() {
            builds.push(request);
        }
        LaunchedBuild {
            id: format!("project:{number}"),
            log_stream_arn: None,
        }
    }
}

#[async_trait]
impl World for Around {
    fn companions(&self) -> &Arc<dyn Companions> {
        &self.companions
    }

    fn sandboxes(&self) -> &Arc<dyn Sandboxes> {
        unreachable!("pipelines run no commands")
    }

    fn build_endpoint(&self, _: sandbox::Kind) -> Option<String> {
        None
    }

    async fn launch_build(&self, request: BuildRequest) -> Result<LaunchedBuild, LaunchRefused> {
        let _open = self.gate.acquire().await.unwrap();
        match &self.refusal {
            Some(refusal) => Err(refusal.clone()),
            None => Ok(self.launch(request)),
        }
    }

    async fn launch_commands(
        &self,
        request: CommandsRequest,
    ) -> Result<LaunchedBuild, LaunchRefused> {
        let action = request.commands.action.clone();
        self.commands.lock().unwrap().push(request);
        Err(LaunchRefused::Refused(action))
    }

    async fn launch_deployment(
        &self,
        request: DeploymentRequest,
    ) -> Result<String, DeploymentRefused> {
        Err(DeploymentRefused::NotFound(request.application))
    }

    async fn launch_pipeline(&self, request: PipelineRequest) -> Result<String, PipelineRefused> {
        Err(PipelineRefused::NoSuchPipeline(request.name))
    }

    async fn stop_build(&self, _: &Scope, build_id: &str) {
        self.stopped.lock().unwrap().push(build_id.to_owned());
    }

    async fn tell_pipeline(&self, key: &Key, event: Event) {
        let driver = self.driver.get().unwrap();
        driver.event(key.clone(), event).await;
    }

    fn pipeline_plan(&self, _: &Key) -> Option<Arc<Plan>> {
        Some(self.plan.lock().unwrap().clone())
    }
}
