//! What the performer asks of companions, and what it makes of their answers.

use super::super::appspec::LambdaSpec;
use super::super::effect::Way;
use super::super::fault::Fault;
use super::super::plan::{Bundle, LambdaSource, RevisionObject};
use super::super::script::{plan, scope};
use super::super::state::DeploymentState;
use super::super::{Deployment, Key, Record};
use super::{DeploymentPerformer, alias, declare, on_alarm_changed, revision};
use crate::aws::{Scope, Time};
use crate::companions::*;
use crate::engine::deployment::commands::start::start;
use crate::engine::driver::{Driver, Keep};
use crate::engine::world::*;
use crate::engine::{Clock, pipeline};
use crate::sandbox::{self, Sandboxes};
use crate::store::{Builder, Location, Txn};
use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// Objects, an alias, alarms and functions, as a test says.
#[derive(Default)]
struct Fakes(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    objects: BTreeMap<String, Vec<u8>>,
    alias: Option<AliasInfo>,
    /// How often somebody else is faster.
    rivals: usize,
    shifts: Vec<AliasShift>,
    alarms: BTreeMap<String, String>,
    invoked: Vec<String>,
    denied: bool,
    roles: Option<RoleError>,
    published: Vec<String>,
}

impl Fakes {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    fn with_alias(version: &str) -> Arc<Self> {
        let fakes = Self::default();
        fakes.inner().alias = Some(AliasInfo {
            arn: "arn".to_owned(),
            version: version.to_owned(),
            weights: BTreeMap::new(),
            revision: "r".to_owned(),
        });
        Arc::new(fakes)
    }
}

#[async_trait]
impl Companions for Fakes {
    async fn read_object(
        &self,
        _: &Scope,
        at: &ObjectRef,
    ) -> Result<(ObjectInfo, ByteStream), ObjectError> {
        let missing = || ObjectError::NoSuchKey(at.key.clone());
        let bytes = self.inner().objects.get(&at.key).cloned();
        let bytes = bytes.ok_or_else(missing)?;
        let info = ObjectInfo {
            key: at.key.clone(),
            size: bytes.len() as u64,
            etag: "e".to_owned(),
            version: None,
            modified: Time::from_millis(0),
            metadata: BTreeMap::new(),
        };
        let chunks: Vec<_> = bytes
            .chunks(1000)
            .map(|chunk| Ok(Bytes::copy_from_slice(chunk)))
            .collect();
        Ok((info, futures::stream::iter(chunks).boxed()))
    }

    async fn check_role(&self, _: &str, service: &str) -> Result<(), RoleError> {
        assert_eq!(service, "codedeploy.amazonaws.com");
        self.inner().roles.clone().map_or(Ok(()), Err)
    }

    async fn publish(
        &self,
        _: &Scope,
        topic: &str,
        subject: &str,
        _: &str,
    ) -> Result<String, PublishError> {
        self.inner().published.push(format!("{topic}: {subject}"));
        Err(PublishError::NoSuchTopic)
    }

    async fn alarms(&self, _: &Scope, names: &[String]) -> Vec<AlarmInfo> {
        let inner = self.inner();
        let found = names.iter().filter_map(|name| {
            let state = inner.alarms.get(name)?.clone();
            Some(AlarmInfo {
                name: name.clone(),
                state,
            })
        });
        found.collect()
    }

    async fn invoke_function(
        &self,
        _: &Scope,
        function: &str,
        payload: Bytes,
    ) -> Result<(), FunctionError> {
        let mut inner = self.inner();
        let payload = String::from_utf8(payload.to_vec()).unwrap();
        inner.invoked.push(format!("{function} {payload}"));
        match inner.denied {
            true => Err(FunctionError::AccessDenied("no".to_owned())),
            false => Ok(()),
        }
    }

    async fn function_alias(&self, _: &Scope, _: &str, _: &str) -> Result<AliasInfo, AliasError> {
        self.inner().alias.clone().ok_or(AliasError::NoSuchFunction)
    }

    async fn check_function_version(
        &self,
        _: &Scope,
        _: &str,
        version: &str,
    ) -> Result<(), AliasError> {
        match version {
            "2" => Ok(()),
            _ => Err(AliasError::NoSuchVersion),
        }
    }

    async fn shift_alias(
        &self,
        _: &Scope,
        _: &str,
        _: &str,
        shift: AliasShift,
    ) -> Result<AliasInfo, AliasError> {
        let mut inner = self.inner();
        if inner.rivals > 0 {
            inner.rivals -= 1;
            return Err(AliasError::Changed);
        }
        let alias = AliasInfo {
            version: shift.version.clone(),
            weights: shift.weights.clone(),
            ..inner.alias.clone().unwrap()
        };
        inner.shifts.push(shift);
        inner.alias = Some(alias.clone());
        Ok(alias)
    }

    async fn bucket(&self, _: &str) -> Result<BucketInfo, ObjectError> {
        unreachable!("deployments ask for no buckets")
    }
    async fn stat_object(&self, _: &Scope, _: &ObjectRef) -> Result<ObjectInfo, ObjectError> {
        unreachable!("deployments look at no objects")
    }
    async fn write_object(
        &self,
        _: &Scope,
        _: &ObjectRef,
        _: ObjectMeta,
        _: ByteStream,
    ) -> Result<ObjectInfo, ObjectError> {
        unreachable!("deployments write no objects")
    }
    async fn list_objects(
        &self,
        _: &Scope,
        _: &str,
        _: &str,
        _: Option<&str>,
        _: usize,
    ) -> Result<Vec<ObjectInfo>, ObjectError> {
        unreachable!("deployments list no objects")
    }
    fn listen_objects(&self, _: Arc<dyn ObjectListener>) {}
    async fn open_log_stream(&self, _: &Scope, _: &str, _: &str) -> Result<(), ObjectError> {
        unreachable!("deployments have no logs")
    }
    async fn append_log(
        &self,
        _: &Scope,
        _: &str,
        _: &str,
        _: Vec<LogLine>,
    ) -> Result<(), ObjectError> {
        unreachable!("deployments have no logs")
    }
    async fn assume_role(&self, _: SessionWish) -> Result<SessionCredentials, RoleError> {
        unreachable!("deployments need no credentials")
    }
}

const SPEC: &str = r#"{"version": 0.0, "Resources": [{"f": {"Type": "AWS::Lambda::Function", "Properties":
    {"Name": "f", "Alias": "live", "CurrentVersion": 1, "TargetVersion": 2}}}]}"#;

fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(*name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn tar(files: &[(&str, &str)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

async fn read(
    bytes: Option<Vec<u8>>,
    bundle: Bundle,
    e_tag: Option<&str>,
) -> Result<LambdaSpec, Fault> {
    let fakes = Fakes::default();
    fakes
        .inner()
        .objects
        .extend(bytes.map(|bytes| ("k".to_owned(), bytes)));
    let source = LambdaSource::Object(RevisionObject {
        at: ObjectRef {
            bucket: "b".to_owned(),
            key: "k".to_owned(),
            version: None,
        },
        e_tag: e_tag.map(str::to_owned),
        bundle,
    });
    revision::read(&fakes, &scope(), source).await
}

// Witness: contract codedeploy §3.2.1, §6.1.
#[tokio::test]
async fn an_appspec_is_found_in_whatever_bundle_it_comes() {
    let other = ("appspec.json", "{}");
    let files = [("x/appspec.yml", "no"), other, ("./appspec.yaml", SPEC)];
    for (bytes, bundle) in [
        (SPEC.as_bytes().to_vec(), Bundle::Text),
        (zip(&files), Bundle::Zip),
        (tar(&files), Bundle::Tar),
        (gzip(&tar(&files)), Bundle::Tgz),
    ] {
        let spec = read(Some(bytes), bundle, Some("e")).await;
        assert_eq!(spec.unwrap().target_id(), "f:live", "{bundle:?}");
    }
}

// Witness: contract codedeploy §5.6; the texts are our words.
#[tokio::test]
async fn what_cannot_be_read_is_told() {
    let said = async |bytes: Option<Vec<u8>>, bundle, e_tag| {
        let fault = read(bytes, bundle, e_tag).await.unwrap_err();
        format!("{}: {}", fault.code.as_str(), fault.message)
    };
    let empty = "INVALID_REVISION: The AppSpec file is not valid: the archive s3://b/k has none of appspec.yml, appspec.yaml, appspec.json at its root";
    assert_eq!(
        said(None, Bundle::Text, None).await,
        "REVISION_MISSING: The revision cannot be read: s3://b/k does not exist"
    );
    assert_eq!(
        said(Some(Vec::new()), Bundle::Text, Some("f")).await,
        "REVISION_MISSING: The revision cannot be read: s3://b/k has another ETag than the revision says: e"
    );
    assert_eq!(said(Some(zip(&[])), Bundle::Zip, None).await, empty);
    assert_eq!(said(Some(b"junk".to_vec()), Bundle::Zip, None).await, empty);
    assert_eq!(said(Some(tar(&[])), Bundle::Tar, None).await, empty);
    let junk = said(Some(b"junk".to_vec()), Bundle::Tgz, None).await;
    assert!(junk.starts_with("REVISION_MISSING"), "{junk}");
    let large = said(Some(vec![b' '; 3 << 20]), Bundle::Text, None).await;
    assert!(large.starts_with("INVALID_REVISION"), "{large}");
}

fn way() -> Way {
    Way {
        function: "f".to_owned(),
        alias: "live".to_owned(),
        current: "1".to_owned(),
        target: "2".to_owned(),
        back: false,
        gradual: true,
    }
}

// Witness: contract codedeploy §6.2: UpdateAlias with the RevisionId of GetAlias.
#[tokio::test]
async fn a_shift_looks_again_when_somebody_else_was_faster() {
    let fakes = Fakes::with_alias("1");
    fakes.inner().rivals = 3;
    alias::shift(&*fakes, &scope(), &way(), 10).await.unwrap();
    alias::shift(&*fakes, &scope(), &way(), 10).await.unwrap();
    let shifts = fakes.inner().shifts.clone();
    assert_eq!(shifts.len(), 1, "what is there already stays");
    assert_eq!(shifts[0].revision.as_deref(), Some("r"));
    fakes.inner().rivals = 100;
    let said = alias::shift(&*fakes, &scope(), &way(), 100).await;
    assert!(said.is_err());
}

#[tokio::test]
async fn a_version_that_is_not_there_is_told() {
    let fakes = Fakes::with_alias("1");
    assert_eq!(alias::check(&*fakes, &scope(), &way()).await, Ok(()));
    let other = Way {
        target: "9".to_owned(),
        ..way()
    };
    let said = alias::check(&*fakes, &scope(), &other).await.unwrap_err();
    assert_eq!(said.message, "The Lambda function f has no version 9.");
    let none = Fakes::default();
    let said = alias::check(&none, &scope(), &way()).await.unwrap_err();
    assert_eq!(said.message, "The Lambda function f does not exist.");
}

/// A world of nothing but companions.
struct Around {
    companions: Arc<dyn Companions>,
    told: Mutex<Vec<pipeline::Event>>,
}

#[async_trait]
impl World for Around {
    fn companions(&self) -> &Arc<dyn Companions> {
        &self.companions
    }
    fn sandboxes(&self) -> &Arc<dyn Sandboxes> {
        unreachable!("deployments of functions need no sandbox")
    }
    fn build_endpoint(&self, _: sandbox::Kind) -> Option<String> {
        None
    }
    async fn launch_build(&self, request: BuildRequest) -> Result<LaunchedBuild, LaunchRefused> {
        Err(LaunchRefused::NoSuchProject(request.project))
    }
    async fn launch_commands(&self, _: CommandsRequest) -> Result<LaunchedBuild, LaunchRefused> {
        unreachable!("deployments launch nothing")
    }
    async fn launch_deployment(&self, _: DeploymentRequest) -> Result<String, DeploymentRefused> {
        unreachable!("deployments launch nothing")
    }
    async fn launch_pipeline(&self, _: PipelineRequest) -> Result<String, PipelineRefused> {
        unreachable!("deployments launch nothing")
    }
    async fn stop_build(&self, _: &Scope, _: &str) {}
    async fn tell_pipeline(&self, _: &pipeline::Key, event: pipeline::Event) {
        self.told.lock().unwrap().push(event);
    }
    fn pipeline_plan(&self, _: &pipeline::Key) -> Option<Arc<pipeline::Plan>> {
        None
    }
}

#[derive(Default)]
struct Finished(Mutex<Option<DeploymentState>>);

impl Keep<Deployment> for Finished {
    fn keep(&self, _: &mut Txn, _: &Key, record: Record) {
        if let Record::Finished(state) = record {
            *self.0.lock().unwrap() = Some(*state);
        }
    }
}

/// The engine on a store in memory, with a clock that the test moves.
struct House {
    driver: Driver<Deployment>,
    index: super::AlarmIndex,
    clock: Clock,
    fakes: Arc<Fakes>,
    world: Arc<Around>,
    finished: Arc<Finished>,
}

impl House {
    async fn new(fakes: Arc<Fakes>) -> Self {
        let mut builder = Builder::new();
        let (tables, guarded) = declare(&mut builder);
        let store = builder.open(Location::Memory).unwrap();
        let clock = Clock::manual(plan("").created);
        let world = Arc::new(Around {
            companions: fakes.clone(),
            told: Mutex::default(),
        });
        let finished = Arc::new(Finished::default());
        let looks = guarded.looks.clone();
        let performer = Arc::new(DeploymentPerformer::new(world.clone(), looks));
        let driver = Driver::new(tables, store, clock.clone(), finished.clone(), performer);
        driver.resume().await;
        Self {
            driver,
            index: guarded.alarms,
            clock,
            fakes,
            world,
            finished,
        }
    }

    async fn start(&self, words: &str) -> Key {
        let plan = plan(words);
        let key = plan.key();
        let begun = self.driver.command(key.clone(), move |state, now, _| {
            start(state.as_ref(), plan, now).map(|step| (step, ()))
        });
        begun.await.unwrap();
        key
    }

    /// Waits until the deployment is over, or `done` says so of the live one.
    async fn until(&self, key: &Key, done: impl Fn(&DeploymentState) -> bool) {
        let mut watch = self.driver.watch(key.clone());
        while self.driver.state(key).is_some_and(|state| !done(&state)) {
            watch.changed().await;
        }
    }

    async fn end(&self, key: &Key) -> DeploymentState {
        self.until(key, |_| false).await;
        self.finished.0.lock().unwrap().clone().unwrap()
    }
}

// Witness: contract codedeploy §6.3, §6.4, on the driver's own clock.
#[tokio::test]
async fn a_canary_moves_at_its_minute() {
    let house = House::new(Fakes::with_alias("1")).await;
    let key = house.start("canary listener trigger").await;
    house
        .until(&key, |state| {
            state.lambda().is_some_and(|target| target.weight == 10)
        })
        .await;
    house.clock.advance(Duration::from_secs(299));
    tokio::task::yield_now().await;
    assert_eq!(house.fakes.inner().shifts.len(), 1);
    house.clock.advance(Duration::from_secs(1));
    let state = house.end(&key).await;
    assert_eq!(state.status.as_str(), "Succeeded");
    assert_eq!(house.fakes.inner().shifts.len(), 2);
    house.driver.halt().await;
    assert!(house.world.told.lock().unwrap().len() <= 1);
    assert!(!house.fakes.inner().published.is_empty());
}

// Witness: contract codedeploy §5.9: news of an alarm finds its deployments.
#[tokio::test]
async fn an_alarm_that_changes_stops_who_watches_it() {
    let fakes = Fakes::with_alias("1");
    for name in ["One", "Two"] {
        let ok = ("OK".to_owned(), name.to_owned());
        fakes.inner().alarms.insert(ok.1, ok.0);
    }
    let house = House::new(fakes).await;
    let key = house.start("canary alarms").await;
    house
        .until(&key, |state| {
            state.lambda().is_some_and(|target| target.weight == 10)
        })
        .await;
    let ring = |name: &str| {
        on_alarm_changed(
            &house.driver,
            &*house.fakes,
            &house.index,
            scope(),
            name.to_owned(),
        )
    };
    ring("Other").await;
    ring("One").await;
    assert!(house.driver.state(&key).is_some());
    let rings = "ALARM".to_owned();
    house.fakes.inner().alarms.insert("Two".to_owned(), rings);
    ring("Two").await;
    let state = house.end(&key).await;
    assert!(state.error.unwrap().message.ends_with("<Two>"));
}

// Witness: ours: no traffic moves while an alarm rings, even when nobody heard it.
#[tokio::test]
async fn an_alarm_that_nobody_heard_stops_the_next_shift() {
    let fakes = Fakes::with_alias("1");
    for name in ["One", "Two"] {
        fakes
            .inner()
            .alarms
            .insert(name.to_owned(), "OK".to_owned());
    }
    let house = House::new(fakes).await;
    let key = house.start("canary alarms").await;
    house
        .until(&key, |state| {
            state.lambda().is_some_and(|target| target.weight == 10)
        })
        .await;
    house
        .fakes
        .inner()
        .alarms
        .insert("One".to_owned(), "ALARM".to_owned());
    house.clock.advance(Duration::from_secs(300));
    let state = house.end(&key).await;
    assert_eq!(state.status.as_str(), "Stopped");
    assert_eq!(house.fakes.inner().shifts.len(), 1);
}

// Witness: contract codedeploy §5.6, §6.5: the payload exactly.
#[tokio::test]
async fn hooks_get_the_two_ids_and_refusals_are_told() {
    let fakes = Fakes::with_alias("1");
    fakes.inner().denied = true;
    let house = House::new(fakes).await;
    let key = house.start("hooks").await;
    let state = house.end(&key).await;
    let said = state.error.unwrap();
    assert_eq!(
        said.message,
        "The IAM role arn:aws:iam::000000000000:role/deploy does not give you permission to perform operations in the following \
         AWS service: AWSLambda. Contact your AWS administrator if you need help."
    );
    let execution = super::super::hook::execution_id("seed", "BeforeAllowTraffic");
    assert_eq!(
        house.fakes.inner().invoked,
        [format!(
            r#"before {{"DeploymentId":"d-AAAAAAAAA","LifecycleEventHookExecutionId":"{execution}"}}"#
        )]
    );
}

// Witness: contract codedeploy §5.6.
#[tokio::test]
async fn a_role_that_is_gone_is_told() {
    let fakes = Fakes::with_alias("1");
    fakes.inner().roles = Some(RoleError::NoSuchRole("r".to_owned()));
    let house = House::new(fakes).await;
    let key = house.start("").await;
    let said = house.end(&key).await.error.unwrap();
    assert_eq!(said.code.as_str(), "IAM_ROLE_MISSING");
    assert_eq!(
        said.message,
        "IAM Role is missing for deployment group: group"
    );
}
