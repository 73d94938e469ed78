//! Joins launchers, companions and sandboxes into what engines may reach.
//!
//! Services do not know each other; here they meet. The services are told after they are built, because their engines need the
//! world to be built.

use crate::aws::Scope;
use crate::codebuild::{self, CodeBuild};
use crate::codedeploy::{self, CodeDeploy};
use crate::codepipeline::{self, CodePipeline};
use crate::companions::containers::{ServiceChanged, ServiceListener};
use crate::companions::rights::Rights;
use crate::companions::{AlarmChanged, AlarmListener, Companions, ObjectCreated, ObjectListener};
use crate::engine::batch;
use crate::engine::build;
use crate::engine::build::git::SourceLogin;
use crate::engine::build::perform::FleetRoom;
use crate::engine::build::reports::{Group, GroupRefused, Wanted};
use crate::engine::deployment;
use crate::engine::deployment::perform::Guarded;
use crate::engine::deployment::server::order::Candidate;
use crate::engine::deployment::server::plan::Selection;
use crate::engine::pipeline;
use crate::engine::pipeline::perform::{
    Watched, on_alarm_changed, on_object_created, on_service_changed,
};
use crate::engine::world::{
    BuildRequest, CommandsRequest, DeploymentRefused, DeploymentRequest, LaunchRefused,
    LaunchedBuild, PipelineRefused, PipelineRequest, World,
};
use crate::sandbox::{Kind, SandboxError, Sandboxes};
use async_trait::async_trait;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, OnceLock};

/// The world of the running server.
pub struct Neighbours {
    companions: Arc<dyn Companions>,
    /// The same as deployments reach them.
    rights: Rights,
    sandboxes: Arc<dyn Sandboxes>,
    services: OnceLock<Services>,
    watched: OnceLock<Watched>,
    /// By what news of alarms and services finds the deployments that watch them.
    guarded: OnceLock<Guarded>,
    /// Known once the server listens.
    doors: OnceLock<Doors>,
    /// Where agents of CodeDeploy are served, once they are.
    agents: OnceLock<SocketAddr>,
}

/// Where the server can be reached.
struct Doors {
    address: SocketAddr,
    /// URLs for commands inside a sandbox, by kind.
    inside: HashMap<Kind, String>,
}

/// Where to reach a server on this machine: one that listens everywhere is reached by loopback.
pub fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

/// The services whose engines ask things of each other.
pub struct Services {
    pub codebuild: CodeBuild,
    pub codedeploy: CodeDeploy,
    pub codepipeline: CodePipeline,
}

impl Neighbours {
    pub fn new(companions: Arc<dyn Companions>, sandboxes: Arc<dyn Sandboxes>) -> Arc<Self> {
        Arc::new(Self {
            rights: Rights::new(companions.clone()),
            companions,
            sandboxes,
            services: OnceLock::new(),
            watched: OnceLock::new(),
            guarded: OnceLock::new(),
            doors: OnceLock::new(),
            agents: OnceLock::new(),
        })
    }

    /// Introduces the services; once, before any engine resumes.
    pub fn introduce(&self, services: Services) {
        let twice = self.services.set(services).is_err();
        assert!(!twice, "the services are introduced once");
    }

    /// Says where the server listens, and by which URL it can be reached from inside sandboxes.
    pub fn listens(&self, address: SocketAddr, inside: HashMap<Kind, String>) {
        let _ = self.doors.set(Doors { address, inside });
    }

    /// Where the server listens; `None` before it does.
    pub fn address(&self) -> Option<SocketAddr> {
        self.doors.get().map(|doors| doors.address)
    }

    /// Says where the server listens for agents of CodeDeploy.
    pub fn listens_for_agents(&self, address: SocketAddr) {
        let _ = self.agents.set(address);
    }

    /// Where the server listens for agents of CodeDeploy, if it does.
    pub fn agents_address(&self) -> Option<SocketAddr> {
        self.agents.get().copied()
    }

    /// Removes what a crashed server of this data folder left behind.
    pub async fn sweep(&self) -> Result<(), SandboxError> {
        self.sandboxes.sweep().await
    }

    /// Removes what outlives sandboxes.
    pub async fn empty(&self) -> Result<(), SandboxError> {
        self.sandboxes.empty().await
    }

    /// What builds run in.
    pub fn sandbox_kind(&self) -> Kind {
        self.sandboxes.kind()
    }

    /// Says by what news finds the pipelines that wait for it; once.
    pub fn watches(&self, watched: Watched) {
        let _ = self.watched.set(watched);
    }

    /// Says by what news of alarms and services finds the deployments that watch them; once.
    pub fn guards(&self, guarded: Guarded) {
        let _ = self.guarded.set(guarded);
    }

    /// Looks at all watched sources and alarms, for what came in while nobody listened.
    pub async fn catch_up(&self) {
        if let Some(guarded) = self.guarded.get() {
            let engine = &self.services().codedeploy.engine;
            deployment::perform::catch_up(engine, &self.rights, guarded).await;
        }
        if let Some(watched) = self.watched.get() {
            pipeline::perform::catch_up(&self.services().codepipeline.engine, self, watched).await;
        }
    }

    fn services(&self) -> &Services {
        self.services
            .get()
            .expect("services are introduced before engines resume")
    }
}

#[async_trait]
impl World for Neighbours {
    fn companions(&self) -> &Arc<dyn Companions> {
        &self.companions
    }

    fn sandboxes(&self) -> &Arc<dyn Sandboxes> {
        &self.sandboxes
    }

    fn build_endpoint(&self, kind: Kind) -> Option<String> {
        self.doors.get()?.inside.get(&kind).cloned()
    }

    async fn launch_build(&self, request: BuildRequest) -> Result<LaunchedBuild, LaunchRefused> {
        codebuild::pipeline_build::launch_build(&self.services().codebuild, request).await
    }

    async fn launch_commands(
        &self,
        request: CommandsRequest,
    ) -> Result<LaunchedBuild, LaunchRefused> {
        codebuild::commands::launch_commands(&self.services().codebuild, request).await
    }

    async fn launch_deployment(
        &self,
        request: DeploymentRequest,
    ) -> Result<String, DeploymentRefused> {
        let service = &self.services().codedeploy;
        codedeploy::pipeline_deployment::launch_deployment(service, &*self.companions, request)
            .await
    }

    async fn instances(
        &self,
        scope: &Scope,
        deployment: &str,
        selection: &Selection,
    ) -> Result<Vec<Candidate>, String> {
        let key = (scope.clone(), deployment.to_owned());
        let service = &self.services().codedeploy;
        codedeploy::fleet::find(service, &self.rights, &key, selection).await
    }

    async fn begin_rollback(&self, scope: &Scope, id: &str) {
        let key = (scope.clone(), id.to_owned());
        codedeploy::launch::begin_rollback(&self.services().codedeploy, &key).await;
    }

    async fn launch_pipeline(&self, request: PipelineRequest) -> Result<String, PipelineRefused> {
        codepipeline::launch::launch_pipeline(&self.services().codepipeline, request).await
    }

    async fn stop_build(&self, scope: &Scope, build_id: &str) {
        // Ids of builds and batches are never alike.
        self.services().codebuild.stop(scope, build_id).await;
        self.services().codebuild.stop_batch(scope, build_id).await;
    }

    async fn launch_batch_build(
        &self,
        job: batch::effect::LaunchBuild,
    ) -> Result<String, LaunchRefused> {
        codebuild::batches::child::launch_batch_build(&self.services().codebuild, job).await
    }

    async fn tell_batch(&self, key: &batch::Key, event: batch::Event) {
        let batches = &self.services().codebuild.batches;
        batches.event(key.clone(), event).await;
    }

    async fn retry_build(&self, scope: &Scope, build_id: &str, uuid: &str) {
        codebuild::auto_retry::retry(&self.services().codebuild, scope, build_id, uuid).await;
    }

    async fn report_group(&self, scope: &Scope, wanted: Wanted) -> Result<Group, GroupRefused> {
        codebuild::reported::report_group(&self.services().codebuild, scope, wanted).await
    }

    fn fleet_room(&self, build: &build::Key) -> Option<FleetRoom> {
        codebuild::fleets::room(&self.services().codebuild, build)
    }

    async fn source_login(&self, scope: &Scope, provider: &str) -> Option<SourceLogin> {
        codebuild::credentials::login(&self.services().codebuild, scope, provider)
    }

    async fn tell_pipeline(&self, key: &pipeline::Key, event: pipeline::Event) {
        self.services()
            .codepipeline
            .engine
            .event(key.clone(), event)
            .await;
    }

    fn has_action_type(&self, scope: &Scope, kind: &pipeline::plan::ActionKind) -> bool {
        self.services()
            .codepipeline
            .tables
            .has_action_type(scope, kind)
    }

    fn pipeline_plan(&self, key: &pipeline::Key) -> Option<Arc<pipeline::Plan>> {
        let row = self.services().codepipeline.tables.pipelines.get(key)?;
        Some(row.plan.clone())
    }
}

/// Hands news of objects, alarms and services to the pipelines and deployments that wait for them, off the request that brought them.
pub struct PipelineNews(pub Arc<Neighbours>);

impl PipelineNews {
    fn tell<F: Future<Output = ()> + Send>(
        &self,
        tell: impl FnOnce(Arc<Neighbours>, Watched) -> F + Send + 'static,
    ) {
        let world = self.0.clone();
        tokio::spawn(async move {
            if let Some(watched) = world.watched.get().cloned() {
                tell(world, watched).await;
            }
        });
    }
}

impl ObjectListener for PipelineNews {
    fn object_created(&self, news: &ObjectCreated) {
        let news = news.clone();
        self.tell(async move |world, watched| {
            let engine = &world.services().codepipeline.engine;
            on_object_created(engine, &*world, &watched.sources, &news).await;
        });
    }
}

impl ServiceListener for PipelineNews {
    fn service_changed(&self, news: &ServiceChanged) {
        let news = news.clone();
        self.tell(async move |world, watched| {
            if let Some(guarded) = world.guarded.get() {
                let (engine, companions) = (&world.services().codedeploy.engine, &world.rights);
                let services = (&guarded.services, &guarded.looks);
                let news = news.clone();
                deployment::perform::on_service_changed(engine, companions, services, news).await;
            }
            let engine = &world.services().codepipeline.engine;
            on_service_changed(engine, &*world, &watched.services, news).await;
        });
    }
}

impl AlarmListener for PipelineNews {
    fn alarm_changed(&self, news: &AlarmChanged) {
        let (scope, name) = (news.scope.clone(), news.name.clone());
        self.tell(async move |world, watched| {
            if let Some(guarded) = world.guarded.get() {
                let (engine, companions) = (&world.services().codedeploy.engine, &world.rights);
                let (scope, name) = (scope.clone(), name.clone());
                let alarms = &guarded.alarms;
                deployment::perform::on_alarm_changed(engine, companions, alarms, scope, name)
                    .await;
            }
            let engine = &world.services().codepipeline.engine;
            on_alarm_changed(engine, &*world, &watched.alarms, scope, name).await;
        });
    }
}
