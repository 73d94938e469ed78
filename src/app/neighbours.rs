//! The companions of this server, built and joined: what each uses of the others, of the clock, and of where the server listens.

use super::tables::CompanionTables;
use crate::aws::{Scope, Time};
use crate::companions::embedded::Embedded;
use crate::companions::{
    cloudwatch, ec2, ecs, elbv2, iam, lambda, logs, s3, secretsmanager, sns, ssm, sts,
};
use crate::config::Config;
use crate::engine::clock::Clock;
use crate::engine::world::World;
use crate::sandbox::choose::Chosen;
use crate::sandbox::docker::LabelledContainers;
use crate::sandbox::process::{HostOptions, HostSandboxes};
use crate::sandbox::{Kind, Sandboxes};
use crate::server::balancer::BalancerSockets;
use crate::server::post::Poster;
use crate::store::Store;
use crate::world::{self, Neighbours};
use async_trait::async_trait;
use futures::future::BoxFuture;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

/// Knows where the server listens, once it does.
pub type Address = Arc<OnceLock<Weak<Neighbours>>>;

/// All companions, on their tables; an error is one of the folders that hold objects and code.
pub fn companions(
    config: &Config,
    store: &Store,
    clock: &Clock,
    address: &Address,
    tables: CompanionTables,
    chosen: &Chosen,
) -> std::io::Result<Embedded> {
    let s3 = s3::S3::open(store.clone(), tables.s3)?;
    let time = clock.clone();
    let now: Arc<dyn Fn() -> Time + Send + Sync> = Arc::new(move || time.now());
    let outside = outside(config, clock, &now, address);
    let sns = sns::Sns::new(store.clone(), tables.sns, outside);
    let publisher = Arc::new(sns.clone());
    let around = lambda::Outside {
        s3: s3.clone(),
        logs: logs::Logs::new(store.clone(), tables.logs),
        iam: iam::Iam::new(store.clone(), tables.iam),
        sts: sts::Sts::new(store.clone(), tables.sts),
        now: now.clone(),
        wait: waiting(clock),
        reach: reach(address),
        machines: machines(config, store, chosen),
    };
    let cloudwatch =
        cloudwatch::CloudWatch::new(store.clone(), tables.cloudwatch, publisher, now.clone());
    let home = Scope::new(config.account.clone(), config.region.clone());
    let instances = ec2::Outside {
        machines: Arc::new(LabelledContainers::default()),
        now: now.clone(),
    };
    let ec2 = ec2::Ec2::new(store.clone(), tables.ec2, instances, home);
    let secretsmanager = secretsmanager::SecretsManager::new(store.clone(), tables.secretsmanager);
    let ssm = ssm::Ssm::new(store.clone(), tables.ssm);
    let elbv2 = elbv2::Elbv2::new(store.clone(), tables.elbv2, balancing(clock, &now, &ec2));
    let tasks = ecs::Outside {
        pods: chosen.sandboxes.pods(),
        targets: Arc::new(elbv2.clone()),
        logs: around.logs.clone(),
        ssm: ssm.clone(),
        secretsmanager: secretsmanager.clone(),
        now: now.clone(),
        wait: waiting(clock),
    };
    Ok(Embedded {
        ecs: ecs::Ecs::new(store.clone(), tables.ecs, tasks),
        now,
        elbv2,
        ec2,
        s3,
        lambda: lambda::Lambda::open(store.clone(), tables.lambda, around.clone())?,
        cloudwatch,
        secretsmanager,
        sns,
        ssm,
        logs: around.logs,
        iam: around.iam,
        sts: around.sts,
    })
}

/// What SNS uses of the rest: links lead to where the server listens, or would.
fn outside(
    config: &Config,
    clock: &Clock,
    now: &Arc<dyn Fn() -> Time + Send + Sync>,
    world: &Address,
) -> sns::Outside {
    let (world, listen) = (world.clone(), config.listen);
    sns::Outside {
        post: Arc::new(Poster),
        wait: waiting(clock),
        now: now.clone(),
        address: Arc::new(move || {
            let world = world.get().and_then(Weak::upgrade);
            let address = world.and_then(|world| world.address()).unwrap_or(listen);
            match address.ip().is_unspecified() {
                true => format!("http://127.0.0.1:{}", address.port()),
                false => format!("http://{address}"),
            }
        }),
    }
}

/// Where instances are: those of EC2 at their own addresses; all others, such as ECS's, are this machine.
struct Instances(ec2::Ec2);

#[async_trait]
impl elbv2::Instances for Instances {
    async fn address(&self, id: &str) -> Option<IpAddr> {
        match self.0.reach(id).await {
            ec2::Reached::Here(address) => address,
            ec2::Reached::Unknown => Some(IpAddr::from([127, 0, 0, 1])),
        }
    }
}

/// What load balancers use of the rest: real sockets, and the instances of EC2.
fn balancing(
    clock: &Clock,
    now: &Arc<dyn Fn() -> Time + Send + Sync>,
    ec2: &ec2::Ec2,
) -> elbv2::Outside {
    elbv2::Outside {
        sockets: Arc::new(BalancerSockets::default()),
        instances: Arc::new(Instances(ec2.clone())),
        now: now.clone(),
        wait: waiting(clock),
    }
}

/// Waits by the server's clock.
fn waiting(clock: &Clock) -> lambda::Wait {
    let clock = clock.clone();
    Arc::new(move |span: Duration| -> BoxFuture<'static, ()> {
        let clock = clock.clone();
        Box::pin(async move { clock.sleep_until(clock.now() + span).await })
    })
}

/// What functions run on: what builds run on, and this machine in any case.
fn machines(config: &Config, store: &Store, chosen: &Chosen) -> lambda::Machines {
    lambda::Machines {
        host: match chosen.sandboxes.kind() {
            Kind::Host => chosen.sandboxes.clone(),
            Kind::Docker => Arc::new(HostSandboxes::new(HostOptions::new(
                store.folder().join("running"),
            ))),
        },
        containers: chosen
            .docker
            .clone()
            .map(|docker| docker as Arc<dyn Sandboxes>),
        images: config.images.keys().cloned().collect(),
        path: std::env::var("PATH").unwrap_or_default(),
    }
}

/// How functions reach the server: as builds do, and on this machine by loopback.
fn reach(world: &Address) -> Arc<dyn Fn(Kind) -> Option<String> + Send + Sync> {
    let world = world.clone();
    Arc::new(move |kind| {
        let world = world.get().and_then(Weak::upgrade)?;
        let here = || Some(format!("http://{}", world::reachable(world.address()?)));
        let inside = world.build_endpoint(kind);
        inside.or_else(|| here().filter(|_| kind == Kind::Host))
    })
}
