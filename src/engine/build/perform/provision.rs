//! PROVISIONING: opens the log, assumes the service role and starts the sandbox, all at once.

use super::Inner;
use super::log::{Destination, Log};
use super::session::{Placed, Session, platform};
use crate::companions::{
    Companions, ObjectError, RoleError, SecretValue, SessionCredentials, SessionWish, ValueError,
};
use crate::engine::build::compute;
use crate::engine::build::event::Failure;
use crate::engine::build::logs::{self, Mask, Note};
use crate::engine::build::plan::{BuildPlan, Purpose};
use crate::engine::build::source::directories;
use crate::sandbox::{Kind, RegistryLogin, Sandbox, SandboxError, SandboxSpec, Sandboxes};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Credentials outlive the time limit of a build by this, for what is done when its commands have ended.
const SLACK: Duration = Duration::from_secs(15 * 60);

/// Principal and name of who assumes a build's role.
fn service(plan: &BuildPlan) -> (&str, &str) {
    match (&plan.assumed_by, plan.purpose) {
        (Some(role), _) => (role, role),
        (_, Purpose::Project | Purpose::Sandbox) => ("codebuild.amazonaws.com", "CodeBuild"),
        (_, Purpose::Commands) => ("codepipeline.amazonaws.com", "CodePipeline"),
    }
}

pub async fn provision(
    house: &Inner,
    session: &Arc<Session>,
    plan: BuildPlan,
) -> Result<(), Failure> {
    let mut spec = compute::sandbox(&plan.uuid, &plan.environment)?;
    spec.file_systems = compute::file_systems(&plan)?;
    spec.registry = registry_login(house.world.companions(), &plan).await?;
    let (log, role, sandbox) = tokio::join!(
        open_log(house, session, &plan),
        assume_role(house.world.companions(), &plan),
        prepare(house.world.sandboxes().clone(), spec, session.clone()),
    );
    log?;
    let credentials = role?;
    session.mask(&credentials).await;
    let kind = house.world.sandboxes().kind();
    greet(session, kind, &plan).await;
    session.place(Placed {
        kind,
        sandbox: sandbox.map_err(|error| not_prepared(&error))?,
        directories: directories(&plan),
        credentials,
        endpoint: house.world.build_endpoint(kind),
        plan,
    });
    Ok(())
}

/// Whom the registry of the build's image is asked as.
async fn registry_login(
    companions: &Arc<dyn Companions>,
    plan: &BuildPlan,
) -> Result<Option<RegistryLogin>, Failure> {
    let Some(id) = &plan.environment.registry else {
        return Ok(None);
    };
    let refused = |why: String| not_pulled(format!("the registry credential {id} {why}"));
    let read = companions.secret(&plan.scope, id, None, None).await;
    let SecretValue(text) = read.map_err(|error| {
        let (ValueError::NotFound(why) | ValueError::Failed(why)) = error;
        refused(format!("cannot be read: {why}"))
    })?;
    let login = compute::registry_login(&text);
    let login = login.ok_or_else(|| {
        refused("is no JSON object with the texts username and password".to_owned())
    });
    login.map(Some)
}

async fn open_log(house: &Inner, session: &Session, plan: &BuildPlan) -> Result<(), Failure> {
    let locations = logs::locations(plan);
    if let Some(at) = &locations.cloudwatch {
        let companions = house.world.companions();
        let opened = companions.open_log_stream(&plan.scope, &at.group, &at.stream);
        opened.await.map_err(|error| no_log(&error))?;
    }
    let log = Log::start(
        Destination {
            companions: house.world.companions().clone(),
            scope: plan.scope.clone(),
            stream: locations.cloudwatch,
            object: locations.s3.is_some(),
        },
        house.clock.clone(),
    );
    let _ = session.log.set(log);
    Ok(())
}

fn no_log(error: &ObjectError) -> Failure {
    Failure::client(format!(
        "Unable to create the log stream of the build: {error}"
    ))
}

async fn assume_role(
    companions: &Arc<dyn Companions>,
    plan: &BuildPlan,
) -> Result<SessionCredentials, Failure> {
    let role = &plan.service_role;
    let (principal, name) = service(plan);
    let wish = SessionWish {
        role_arn: role.clone(),
        by: principal.to_owned(),
        name: format!("AWSCodeBuild-{}", plan.uuid),
        lasts: plan.timeout() + SLACK,
        limits: None,
    };
    let assumed = companions.assume_role(wish).await;
    assumed.map_err(|error| match error {
        RoleError::Failed(why) => Failure::platform(format!("Internal Service Error: {why}")),
        refused => Failure::client(format!(
            "{name} is not authorized to perform: sts:AssumeRole on {role}: {refused}"
        )),
    })
}

/// Goes on even when the session is released meanwhile, so that a sandbox that comes too late is removed.
/// The session takes charge of it even if something else fails.
async fn prepare(
    sandboxes: Arc<dyn Sandboxes>,
    spec: SandboxSpec,
    session: Arc<Session>,
) -> Result<Arc<dyn Sandbox>, SandboxError> {
    let task = tokio::spawn(async move {
        let (progress, mut steps) = mpsc::channel::<bytes::Bytes>(16);
        let follow = async {
            while let Some(step) = steps.recv().await {
                tracing::debug!(step = %String::from_utf8_lossy(&step), "preparing a sandbox");
            }
        };
        let (sandbox, ()) = tokio::join!(sandboxes.prepare(&spec, progress), follow);
        let sandbox = sandbox?;
        session.adopt(sandbox.clone()).await;
        Ok(sandbox)
    });
    task.await
        .unwrap_or_else(|lost| Err(SandboxError::Failed(lost.to_string())))
}

fn not_prepared(error: &SandboxError) -> Failure {
    match error {
        SandboxError::CannotPull(why) => not_pulled(why.clone()),
        other => platform(other),
    }
}

fn not_pulled(why: String) -> Failure {
    Failure::customer(
        "BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE",
        format!("Unable to pull customer's container image. CannotPullContainerError: {why}"),
    )
}

async fn greet(session: &Session, kind: Kind, plan: &BuildPlan) {
    if kind == Kind::Host {
        let image = plan.environment.image.clone();
        session.note(Note::RunsOnHost { image }).await;
    }
    if plan.environment.layers.is_some() {
        match (kind, plan.environment.privileged) {
            (Kind::Host, _) => session.note(Note::NoLayersOnHost).await,
            (Kind::Docker, false) => session.note(Note::LayersNeedPrivileges).await,
            (Kind::Docker, true) => {}
        }
    }
    session.note(Note::Started).await;
}

impl Session {
    /// Values that the commands see and the log must not show.
    async fn mask(&self, role: &SessionCredentials) {
        let secrets = [
            role.access_key_id.clone(),
            role.secret_access_key.clone(),
            role.session_token.clone(),
        ];
        if let Some(log) = self.log.get() {
            log.mask(Mask::new(secrets)).await;
        }
    }
}
