//! The performer on companions in memory, and whole pipelines on a real store and driver.

use super::fake::{Around, Memory};
use super::*;
use crate::aws::{Region, Time};
use crate::companions::ObjectCreated;
use crate::engine::Clock;
use crate::engine::driver::{Driver, Keep};
use crate::engine::pipeline::commands::{Create, StartExecution, create, start_execution};
use crate::engine::pipeline::execution::*;
use crate::engine::pipeline::plan::{ActionPlan, Category, Plan};
use crate::engine::pipeline::{Execution, Record, Seed, script};
use crate::engine::world::{BuildEnd, BuildVerdict, LaunchRefused, VariableKind};
use crate::store::{Builder, Location, Store, Table, Txn};
use camino::Utf8Path;
use std::io::{Cursor, Write};
use std::time::Duration;
use uuid::Uuid;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

mod builds;
mod deploys;
mod functions;
mod people;

const BUCKETS: &[(&str, bool)] = &[
    ("sources", true),
    ("store", false),
    ("site", false),
    ("plain", false),
];

fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn order() -> Order {
    Order {
        token: ActionToken("action".to_owned()),
        scope: script::key().0,
        role_arn: "arn:aws:iam::000000000000:role/pipeline".to_owned(),
        own_role_arn: None,
    }
}

fn at(bucket: &str, key: &str) -> ObjectRef {
    ObjectRef {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        version: None,
    }
}

fn fetch_job(bucket: &str, key: &str) -> FetchSource {
    FetchSource {
        order: order(),
        from: at(bucket, key),
        into: BuildTarget {
            artifact: "src-artifact".to_owned(),
            bucket: "store".to_owned(),
            key: "hello/src/abcdefg.zip".to_owned(),
            kms_key: None,
        },
    }
}

fn deploy_job(extract: bool, object_key: Option<&str>) -> DeployToS3 {
    DeployToS3 {
        order: order(),
        artifact: at("store", "artifact"),
        bucket: "site".to_owned(),
        object_key: object_key.map(str::to_owned),
        extract,
        canned_acl: Some("public-read".to_owned()),
        cache_control: Some("no-cache".to_owned()),
        kms_key: None,
    }
}

fn performer(memory: &Arc<Memory>) -> Performer {
    let plan = script::plan("src; build; deploy", 1);
    Performer::new(Arc::new(Around::new(memory.clone(), plan)))
}

fn stored(memory: &Memory, bytes: &[u8]) {
    memory.put("store", "artifact", bytes, ObjectMeta::default());
}

fn error(outcome: Result<Outcome, ActionError>) -> (ErrorCode, String) {
    let error = outcome.expect_err("an error");
    (error.code, error.message)
}

/// Witness: contract §6.2 (byte-identical copy, variables, revision), §5.13 (content type, encryption).
#[tokio::test]
async fn a_source_is_copied_byte_by_byte_into_the_artifact_store() {
    let memory = Memory::with(BUCKETS);
    let info = memory.put(
        "sources",
        "src.zip",
        b"bytes of the source",
        ObjectMeta::default(),
    );
    let version = info.version.unwrap();
    let outcome = performer(&memory)
        .fetch(&script::key(), &fetch_job("sources", "src.zip"))
        .await
        .unwrap();
    let Outcome::Succeeded(success) = outcome else {
        panic!()
    };
    assert_eq!(success.result.external_id.as_ref(), Some(&version));
    let summary = format!("Amazon S3 version id: {version}");
    assert_eq!(success.revision.unwrap().summary, Some(summary));
    assert_eq!(success.variables["VersionId"], version);
    assert_eq!(success.variables["ObjectKey"], "src.zip");
    let copy = memory.find("store", "hello/src/abcdefg.zip").unwrap();
    assert_eq!(copy.bytes, b"bytes of the source");
    assert_eq!(
        copy.meta.content_type.as_deref(),
        Some("binary/octet-stream")
    );
    assert_eq!(copy.meta.kms_key.as_deref(), Some(""));
}

/// Witness: contract §6.2, revision summary from the object's metadata.
#[tokio::test]
async fn an_object_can_describe_its_revision() {
    let memory = Memory::with(BUCKETS);
    let described = (
        "codepipeline-artifact-revision-summary".to_owned(),
        "nice".to_owned(),
    );
    let meta = ObjectMeta {
        metadata: [described].into(),
        ..ObjectMeta::default()
    };
    memory.put("sources", "src.zip", b"", meta);
    let outcome = performer(&memory)
        .fetch(&script::key(), &fetch_job("sources", "src.zip"))
        .await
        .unwrap();
    let Outcome::Succeeded(success) = outcome else {
        panic!()
    };
    assert_eq!(success.result.summary.as_deref(), Some("nice"));
}

/// Witness: contract §5.4, an override uses the named version.
#[tokio::test]
async fn a_pinned_version_is_fetched_though_there_is_a_newer_one() {
    let memory = Memory::with(BUCKETS);
    let old = memory.put("sources", "src.zip", b"old", ObjectMeta::default());
    memory.put("sources", "src.zip", b"new", ObjectMeta::default());
    let mut job = fetch_job("sources", "src.zip");
    job.from.version = old.version;
    performer(&memory)
        .fetch(&script::key(), &job)
        .await
        .unwrap();
    assert_eq!(memory.find("store", &job.into.key).unwrap().bytes, b"old");
}

/// Witness: contract §4.5, 100,000 files per zip; the text is ours.
#[tokio::test]
async fn an_archive_of_too_many_files_is_no_artifact() {
    let memory = Memory::with(BUCKETS);
    let fetch = async |entries| {
        let zip = entries::tests::end_of_many(entries);
        memory.put("sources", "src.zip", &zip, ObjectMeta::default());
        let job = fetch_job("sources", "src.zip");
        performer(&memory).fetch(&script::key(), &job).await
    };
    let (code, text) = error(fetch(100_001).await);
    assert_eq!(code, ErrorCode::ConfigurationError);
    let said = "The Amazon S3 object \"sources/src.zip\" is an archive of more than 100,000 files, the limit of source artifacts.";
    assert_eq!(text, said);
    let kept = memory.find("store", "hello/src/abcdefg.zip");
    assert!(kept.is_none(), "nothing of it is kept");
    fetch(100_000).await.unwrap();
}

/// Witness: contract §5.12a and §6.2 (missing object), §6.2 (unversioned; the text is ours).
#[tokio::test]
async fn sources_that_cannot_be_read_say_why() {
    use ErrorCode::{ConfigurationError, PermissionError};
    let memory = Memory::with(BUCKETS);
    memory.put("plain", "src.zip", b"", ObjectMeta::default());
    memory.put("sources", "src.zip", b"", ObjectMeta::default());
    let missing = |bucket: &str| {
        format!(
            "Could not access the Amazon S3 object: \"{bucket}/none\". Make sure that the names of the bucket and object are both correct."
        )
    };
    let performer = performer(&memory);
    let fetch = async |bucket, key| {
        error(
            performer
                .fetch(&script::key(), &fetch_job(bucket, key))
                .await,
        )
    };
    assert_eq!(
        fetch("sources", "none").await,
        (ConfigurationError, missing("sources"))
    );
    assert_eq!(
        fetch("nowhere", "none").await,
        (ConfigurationError, missing("nowhere"))
    );
    let (code, text) = fetch("plain", "src.zip").await;
    assert!(
        code == ConfigurationError && text.contains("versioning"),
        "{text}"
    );
    memory.deny("sources");
    assert_eq!(fetch("sources", "src.zip").await.0, PermissionError);
    memory.deny_roles();
    let job = Box::new(fetch_job("sources", "src.zip"));
    let id = EffectId::new("pipeline", 1);
    let news = performer
        .news(&script::key(), id, Effect::FetchSource(job))
        .await;
    let ActionError {
        code,
        message: text,
    } = news.unwrap_err();
    assert_eq!(code, PermissionError);
    assert!(
        text.starts_with("CodePipeline is not authorized to perform AssumeRole on role arn:"),
        "{text}"
    );
}

/// Witness: our reading.
#[tokio::test]
async fn an_artifact_store_that_is_gone_is_named() {
    let memory = Memory::with(&[("sources", true)]);
    memory.put("sources", "src.zip", b"", ObjectMeta::default());
    let outcome = performer(&memory)
        .fetch(&script::key(), &fetch_job("sources", "src.zip"))
        .await;
    let (code, text) = error(outcome);
    assert_eq!(code, ErrorCode::ConfigurationError);
    assert_eq!(text, "The artifact store bucket \"store\" does not exist.");
}

/// Witness: contract §6.3, Extract=true.
#[tokio::test]
async fn an_extracted_artifact_becomes_one_object_per_file() {
    let memory = Memory::with(BUCKETS);
    let big = "x".repeat(300_000);
    stored(
        &memory,
        &zip(&[("index.html", "<p>"), ("a/b.bin", &big), ("empty.css", "")]),
    );
    let outcome = performer(&memory)
        .deploy(&script::key(), &deploy_job(true, Some("site")))
        .await
        .unwrap();
    assert_eq!(
        memory.keys("site"),
        ["site/a/b.bin", "site/empty.css", "site/index.html"]
    );
    let page = memory.find("site", "site/index.html").unwrap();
    assert_eq!(page.bytes, b"<p>");
    assert_eq!(page.meta.content_type.as_deref(), Some("text/html"));
    assert_eq!(page.meta.canned_acl.as_deref(), Some("public-read"));
    assert_eq!(page.meta.cache_control.as_deref(), Some("no-cache"));
    assert_eq!(
        memory.find("site", "site/a/b.bin").unwrap().bytes,
        big.as_bytes()
    );
    let Outcome::Succeeded(success) = outcome else {
        panic!()
    };
    assert_eq!(success.result.external_id.as_deref(), Some("site/site"));
    assert_eq!(
        success.result.summary.as_deref(),
        Some("Deployment Succeeded")
    );
    assert!(success.variables.is_empty());
}

/// Witness: contract §6.3, Extract=false.
#[tokio::test]
async fn an_artifact_that_is_not_extracted_becomes_one_object() {
    let memory = Memory::with(BUCKETS);
    stored(&memory, b"no zip at all");
    performer(&memory)
        .deploy(&script::key(), &deploy_job(false, Some("a/page.html")))
        .await
        .unwrap();
    let object = memory.find("site", "a/page.html").unwrap();
    assert_eq!(object.bytes, b"no zip at all");
    assert_eq!(
        object.meta.content_type.as_deref(),
        Some("application/octet-stream")
    );
}

/// Witness: contract §6.3, entries with `../`; earlier entries stay written.
#[tokio::test]
async fn a_file_that_would_escape_ends_the_deployment() {
    let memory = Memory::with(BUCKETS);
    stored(
        &memory,
        &zip(&[("good", "1"), ("../bad", "2"), ("never", "3")]),
    );
    let outcome = performer(&memory)
        .deploy(&script::key(), &deploy_job(true, Some("site")))
        .await;
    let text = "The file name ../bad contains invalid sequence: dot-dot-slash.".to_owned();
    assert_eq!(error(outcome), (ErrorCode::ConfigurationError, text));
    assert_eq!(memory.keys("site"), ["site/good"]);
}

/// Witness: contract §6.3, broken zip.
#[tokio::test]
async fn a_damaged_archive_leaves_no_damaged_file_behind() {
    let malformed = (ErrorCode::JobFailed, "The archive is malformed.".to_owned());
    let memory = Memory::with(BUCKETS);
    stored(&memory, b"no zip at all");
    let outcome = performer(&memory)
        .deploy(&script::key(), &deploy_job(true, None))
        .await;
    assert_eq!(error(outcome), malformed);

    let mut damaged = zip(&[("first", "whole"), ("second", &"text ".repeat(5_000))]);
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xFF;
    stored(&memory, &damaged);
    let outcome = performer(&memory)
        .deploy(&script::key(), &deploy_job(true, None))
        .await;
    assert_eq!(error(outcome), malformed);
    assert!(!memory.keys("site").contains(&"second".to_owned()));
}

/// Witness: contract §6.3, PutObject denied and missing input artifact; a missing bucket is our reading.
#[tokio::test]
async fn deployments_that_cannot_be_written_say_why() {
    let memory = Memory::with(BUCKETS);
    let performer = performer(&memory);
    let deploy = async |job: DeployToS3| error(performer.deploy(&script::key(), &job).await);
    assert_eq!(
        deploy(deploy_job(true, None)).await.0,
        ErrorCode::ConfigurationError
    );
    stored(&memory, &zip(&[("a", "1"), ("b", "2"), ("c", "3")]));
    memory.deny("site");
    let (code, text) = deploy(deploy_job(true, None)).await;
    assert_eq!(code, ErrorCode::PermissionError);
    assert!(text.starts_with(
        "You do not have sufficient permissions to call s3.putObject for the deployment bucket,"
    ));
    let job = DeployToS3 {
        bucket: "nowhere".to_owned(),
        ..deploy_job(false, Some("a"))
    };
    let (code, text) = deploy(job).await;
    assert!(
        code == ErrorCode::ConfigurationError && text.contains("\"nowhere\""),
        "{text}"
    );
}

/// Keeps the newest record of each execution.
struct Kept(Table<String, Execution>);

impl Keep<Pipelines> for Kept {
    fn keep(&self, tx: &mut Txn, _: &Key, record: Record) {
        if let Record::Execution(execution) = record {
            tx.put(&self.0, execution.id.clone(), *execution);
        }
    }
}

/// A server with one pipeline.
struct House {
    driver: Driver<Pipelines>,
    world: Arc<Around>,
    watched: Watched,
    executions: Table<String, Execution>,
    store: Store,
    clock: Clock,
}

impl House {
    async fn open(location: Location, world: Around) -> Self {
        let mut builder = Builder::new();
        let (tables, watched) = declare(&mut builder);
        let executions = builder.table("executions");
        let store = builder.open(location).unwrap();
        let clock = Clock::manual(script::START);
        let world = Arc::new(world);
        let perform = Arc::new(Performer::new(world.clone()));
        let keep = Arc::new(Kept(executions.clone()));
        let driver = Driver::new(tables, store.clone(), clock.clone(), keep, perform);
        assert!(world.driver.set(driver.clone()).is_ok());
        driver.resume().await;
        Self {
            driver,
            world,
            watched,
            executions,
            store,
            clock,
        }
    }

    async fn memory(plan: &str) -> Self {
        let memory = Memory::with(BUCKETS);
        let world = Around::new(memory, script::plan(plan, 1));
        Self::open(Location::Memory, world).await
    }

    /// The action or rule of this name, changed.
    fn change(&self, name: &str, change: impl Fn(&mut ActionPlan)) {
        let mut plan = Plan::clone(&self.plan());
        for stage in &mut plan.stages {
            let rules = stage.entry.iter_mut().flat_map(|of| &mut of.rules);
            let all = stage.actions.iter_mut().chain(rules);
            all.filter(|of| of.name == name).for_each(&change);
        }
        *self.world.plan.lock().unwrap() = Arc::new(plan);
    }

    fn configure(&self, name: &str, key: &str, value: &str) {
        self.change(name, |action| {
            let pair = (key.to_owned(), value.to_owned());
            Arc::make_mut(&mut action.configuration).extend([pair]);
        });
    }

    /// Uploads a source, starts, and waits for the end: how the last stage's first action or rule failed.
    async fn failure(&self) -> ActionError {
        self.upload(&zip(&[("page", "1")]));
        self.start().await;
        let execution = self.end().await;
        assert_eq!(execution.status, ExecutionStatus::Failed);
        let stage = execution.stages.last().unwrap();
        let failed = stage.runs().find_map(|run| run.result.error.clone());
        failed.expect("an action failed")
    }

    fn upload(&self, bytes: &[u8]) -> ObjectCreated {
        let object = self
            .world
            .memory
            .put("sources", "src.zip", bytes, ObjectMeta::default());
        ObjectCreated {
            owner: script::key().0.account,
            region: Region::parse("us-east-1").unwrap(),
            bucket: "sources".to_owned(),
            object,
        }
    }

    async fn tell(&self, news: &ObjectCreated) {
        on_object_created(&self.driver, &*self.world, &self.watched.sources, news).await;
    }

    fn plan(&self) -> Arc<Plan> {
        self.world.plan.lock().unwrap().clone()
    }

    async fn create(&self) {
        let (plan, seed) = (self.plan(), Seed::new(Uuid::new_v4()));
        let wish = Create {
            caller_arn: "caller".to_owned(),
            seed,
        };
        let create = move |_, now: Time, _: &mut Txn| Ok::<_, ()>((create(&plan, now, wish), ()));
        self.driver.command(script::key(), create).await.unwrap();
    }

    async fn start(&self) -> String {
        let plan = self.plan();
        let wish = StartExecution {
            seed: Seed::new(Uuid::new_v4()),
            trigger: Trigger {
                kind: TriggerKind::StartPipelineExecution,
                detail: "caller".to_owned(),
            },
            variables: Vec::new(),
            token: None,
            revisions: Vec::new(),
            listener: None,
        };
        let start = move |state, now: Time, _: &mut Txn| start_execution(state, &plan, now, wish);
        self.driver.command(script::key(), start).await.unwrap()
    }

    /// Waits until the pipeline's executions are as wished.
    async fn until(&self, wanted: impl Fn(&[Execution]) -> bool) -> Vec<Execution> {
        let mut watch = self.driver.watch(script::key());
        loop {
            let rows = self
                .executions
                .range(.., crate::store::Direction::Forward, usize::MAX);
            let mut rows: Vec<Execution> =
                rows.iter().map(|(_, row)| Execution::clone(row)).collect();
            rows.sort_by_key(|execution| execution.order);
            if wanted(&rows) {
                return rows;
            }
            watch.changed().await;
        }
    }

    async fn end(&self) -> Execution {
        let over = |all: &[Execution]| all.last().is_some_and(|last| last.status.is_final());
        self.until(over).await.pop().unwrap()
    }

    /// Waits until an action has an external id.
    async fn launched(&self) {
        let known = |run: &ActionRun| run.result.external_id.is_some() && run.name == "build";
        self.until(|all| all.iter().any(|execution| execution.running().any(known)))
            .await;
    }

    async fn end_build(&self, number: usize, verdict: BuildVerdict) {
        let request = self.world.builds.lock().unwrap()[number].clone();
        let event = Event::BuildFinished {
            token: request.listener.token,
            build: Box::new(BuildEnd {
                id: format!("project:{number}"),
                verdict,
                log_stream_arn: None,
            }),
        };
        let key = request.listener.pipeline;
        self.world.tell_pipeline(&key, event).await;
    }
}

/// Waits for something that changes no row.
async fn until(what: &str, is: impl Fn() -> bool) {
    let wait = async {
        while !is() {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), wait).await;
    waited.unwrap_or_else(|_| panic!("waited in vain until {what}"));
}

fn success() -> BuildVerdict {
    BuildVerdict::Succeeded {
        exported: [("OUT".to_owned(), "1".to_owned())].into(),
    }
}

/// The deploy action takes the build's artifact.
fn deploy_what_was_built(plan: Arc<Plan>) -> Arc<Plan> {
    let mut plan = Plan::clone(&plan);
    for action in plan.stages.iter_mut().flat_map(|stage| &mut stage.actions) {
        if action.kind.category == Category::Deploy {
            action.inputs = vec!["build-artifact".to_owned()];
        }
    }
    Arc::new(plan)
}

/// Witness: contract §5.2, §6.2-§6.4.
#[tokio::test]
async fn a_pipeline_fetches_builds_and_deploys() {
    let house = House::memory("src; build(text); deploy").await;
    *house.world.plan.lock().unwrap() = deploy_what_was_built(house.plan());
    house.upload(&zip(&[("source", "")]));
    let id = house.start().await;
    house.launched().await;

    let request = house.world.builds.lock().unwrap()[0].clone();
    assert_eq!(request.project, "project");
    assert_eq!(request.primary, "src-artifact");
    assert_eq!(
        request.initiator,
        "codepipeline/hello-pipeline-with-a-long-name"
    );
    assert_eq!(request.sources[0].revision.as_deref(), Some("v1"));
    let variable = &request.variables[0];
    assert_eq!(
        (variable.value.as_str(), variable.kind),
        ("text", VariableKind::Plaintext)
    );
    let source = request.sources[0].at.clone();
    assert!(
        house
            .world
            .memory
            .find(&source.bucket, &source.key)
            .is_some()
    );
    let target = request.outputs[0].clone();
    house.world.memory.put(
        &target.bucket,
        &target.key,
        &zip(&[("built", "!")]),
        ObjectMeta::default(),
    );

    house.end_build(0, success()).await;
    let execution = house.end().await;
    assert_eq!(
        (execution.id.as_str(), execution.status),
        (id.as_str(), ExecutionStatus::Succeeded)
    );
    assert_eq!(
        house.world.memory.find("site", "built").unwrap().bytes,
        b"!"
    );
    assert_eq!(execution.outputs["build-ns"]["OUT"], "1");
    house.end_build(0, success()).await;
    assert!(house.driver.state(&script::key()).unwrap().live.is_empty());
}

/// Witness: contract §6.4, missing project; the text is ours.
#[tokio::test]
async fn a_build_that_is_refused_fails_its_action() {
    let memory = Memory::with(BUCKETS);
    let mut world = Around::new(memory, script::plan("src; build", 1));
    world.refusal = Some(LaunchRefused::NoSuchProject("project".to_owned()));
    let house = House::open(Location::Memory, world).await;
    house.upload(b"x");
    house.start().await;
    let execution = house.end().await;
    let error = execution.stages[1].actions[0].result.error.clone().unwrap();
    assert_eq!(execution.status, ExecutionStatus::Failed);
    assert_eq!(error.code, ErrorCode::ConfigurationError);
    assert!(
        error.message.contains("'project' was not found"),
        "{}",
        error.message
    );
}

/// Witness: contract §5.14; the stop is our reading.
#[tokio::test]
async fn a_build_that_takes_too_long_is_stopped() {
    let house = House::memory("src; build").await;
    house.upload(b"x");
    house.start().await;
    house.launched().await;
    house.clock.advance(Duration::from_secs(36 * 3600));
    assert_eq!(house.end().await.status, ExecutionStatus::Failed);
    house.driver.halt().await;
    house.driver.resume().await;
    let mut watch = house.driver.watch(script::key());
    while house.world.stopped.lock().unwrap().is_empty() {
        watch.changed().await;
    }
    assert_eq!(*house.world.stopped.lock().unwrap(), ["project:0"]);
}

/// Witness: product.md §1.2; a restart while a build is being launched and again while it runs.
#[tokio::test]
async fn a_restart_at_any_point_leads_to_the_same_end_with_one_build() {
    let folder = tempfile::tempdir().unwrap();
    let place = Location::Folder(Utf8Path::from_path(folder.path()).unwrap().to_owned());
    let memory = Memory::with(BUCKETS);
    let plan = script::plan("src; build; deploy", 1);
    let world = Around::new(memory.clone(), plan.clone());
    let closed = world.gate.forget_permits(1000);
    assert_eq!(closed, 1000);
    let house = House::open(place.clone(), world).await;
    house.upload(&zip(&[("page", "1")]));
    house.start().await;
    let inside = |index| move |all: &[Execution]| all[0].position == Position::Inside(index);
    house.until(inside(1)).await;
    house.driver.halt().await;
    house.store.close().await;

    let house = House::open(place.clone(), Around::new(memory.clone(), plan.clone())).await;
    house.launched().await;
    let builds = house.world.builds.lock().unwrap().clone();
    house.driver.halt().await;
    house.store.close().await;

    let world = Around::new(memory.clone(), plan);
    *world.builds.lock().unwrap() = builds;
    let house = House::open(place, world).await;
    house.end_build(0, success()).await;
    let execution = house.end().await;
    assert_eq!(execution.status, ExecutionStatus::Succeeded);
    assert_eq!(house.world.builds.lock().unwrap().len(), 1);
    assert_eq!(memory.find("site", "page").unwrap().bytes, b"1");
    house.driver.halt().await;
    house.store.close().await;
}

/// Witness: contract §5.4 and §3.1: a polling pipeline starts when its source is there, with the revision that was seen.
#[tokio::test]
async fn an_upload_starts_the_pipelines_that_watch_the_object() {
    let house = House::memory("src; lambda").await;
    house.create().await;
    let troubled =
        |state: &crate::engine::pipeline::Pipeline| state.sources["src"].trouble.is_some();
    let mut watch = house.driver.watch(script::key());
    while !troubled(&house.driver.state(&script::key()).unwrap()) {
        watch.changed().await;
    }
    let news = house.upload(b"1");
    house.tell(&news).await;
    house.tell(&news).await;
    let other = ObjectCreated {
        bucket: "site".to_owned(),
        ..news.clone()
    };
    house.tell(&other).await;
    let first = house.end().await;
    assert_eq!(first.trigger.kind, TriggerKind::PollForSourceChanges);
    assert_eq!(first.trigger.detail, "src");
    assert_eq!(first.revisions[0].revision.id, "v1");
    assert!(!troubled(&house.driver.state(&script::key()).unwrap()));
    assert_eq!(house.executions.len(), 1);
}

/// Witness: our reading of a poll: what is there counts.
#[tokio::test]
async fn of_two_quick_uploads_the_last_one_is_run() {
    let house = House::memory("src; lambda").await;
    house.create().await;
    let (first, second) = (house.upload(b"1"), house.upload(b"2"));
    house.tell(&second).await;
    house.tell(&first).await;
    let execution = house.end().await;
    assert_eq!(house.executions.len(), 1);
    assert_eq!(execution.revisions[0].revision.id, "v2");
}

/// Witness: product.md §1.2; an upload that was acknowledged before a crash starts its pipeline after it.
#[tokio::test]
async fn an_upload_nobody_heard_of_is_found_after_a_start() {
    let house = House::memory("src; lambda").await;
    house.upload(b"1");
    house.create().await;
    house
        .until(|all| all.len() == 1 && all[0].status.is_final())
        .await;
    let news = house.upload(b"2");
    catch_up(&house.driver, &*house.world, &house.watched).await;
    let over = |all: &[Execution]| all.len() == 2 && all[1].status.is_final();
    let all = house.until(over).await;
    assert_eq!(
        Some(&all[1].revisions[0].revision.id),
        news.object.version.as_ref()
    );
    catch_up(&house.driver, &*house.world, &house.watched).await;
    assert_eq!(house.executions.len(), 2);
}

/// Witness: contract §5.4, polling off.
#[tokio::test]
async fn an_upload_starts_nothing_when_the_source_does_not_poll() {
    let house = House::memory("src!; lambda").await;
    house.create().await;
    assert_eq!(house.end().await.trigger.kind, TriggerKind::CreatePipeline);
    house.tell(&house.upload(b"1")).await;
    assert_eq!(house.executions.len(), 1);
    assert!(!house.plan().sources().any(ActionPlan::polls));
}
