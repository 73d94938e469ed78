//! All tables of this server, declared before its store is opened.

use crate::codebuild;
use crate::codedeploy;
use crate::codepipeline;
use crate::companions::{
    cloudwatch, ec2, ecs, elbv2, events, iam, lambda, logs, s3, secretsmanager, sns, ssm, sts,
};
use crate::config::{Config, Data};
use crate::engine::batch::Batches;
use crate::engine::build::Build;
use crate::engine::clock::{Clock, ClockTable};
use crate::engine::deployment::perform::Guarded;
use crate::engine::deployment::{self, Deployment};
use crate::engine::driver::{Driver, DriverTables};
use crate::engine::pipeline::Pipelines;
use crate::engine::pipeline::perform::{self, Watched};
use crate::store::{Builder, Location, Store, StoreError};

/// What is declared before the store is opened.
pub struct Tables {
    pub clock: ClockTable,
    pub events: events::Tables,
    pub companions: CompanionTables,
    pub codebuild: codebuild::store::Tables,
    pub codedeploy: codedeploy::store::Tables,
    pub codepipeline: codepipeline::store::Tables,
    pub batches: DriverTables<Batches>,
    pub builds: DriverTables<Build>,
    pub deployments: DriverTables<Deployment>,
    pub guarded: Guarded,
    pub pipelines: DriverTables<Pipelines>,
    pub watched: Watched,
}

/// Those of the companions.
pub struct CompanionTables {
    pub iam: iam::Tables,
    pub sts: sts::Tables,
    pub s3: s3::Tables,
    pub logs: logs::Tables,
    pub secretsmanager: secretsmanager::Tables,
    pub sns: sns::Tables,
    pub ssm: ssm::Tables,
    pub cloudwatch: cloudwatch::Tables,
    pub lambda: lambda::Tables,
    pub ecs: ecs::Tables,
    pub elbv2: elbv2::Tables,
    pub ec2: ec2::Tables,
}

/// Opens the store where the settings say.
pub fn open(config: &Config) -> Result<(Store, Tables), StoreError> {
    let mut builder = Builder::new();
    let tables = Tables::declare(&mut builder);
    let location = match &config.data {
        Data::Folder(folder) => Location::Folder(folder.clone()),
        Data::Memory => Location::Memory,
    };
    Ok((builder.open(location)?, tables))
}

impl Tables {
    fn declare(builder: &mut Builder) -> Self {
        let (pipelines, watched) = perform::declare(builder);
        // Before the engine's: a rollback is shown no later than the end of the deployment that names it.
        let codedeploy = codedeploy::store::Tables::declare(builder);
        let (deployments, guarded) = deployment::perform::declare(builder);
        Self {
            clock: Clock::declare(builder),
            events: events::Tables::declare(builder),
            companions: CompanionTables::declare(builder),
            codebuild: codebuild::store::Tables::declare(builder),
            codedeploy,
            codepipeline: codepipeline::store::Tables::declare(builder),
            batches: Driver::<Batches>::declare(builder),
            builds: Driver::<Build>::declare(builder),
            deployments,
            guarded,
            pipelines,
            watched,
        }
    }
}

impl CompanionTables {
    fn declare(builder: &mut Builder) -> Self {
        Self {
            iam: iam::Tables::declare(builder),
            sts: sts::Tables::declare(builder),
            s3: s3::Tables::declare(builder),
            logs: logs::Tables::declare(builder),
            secretsmanager: secretsmanager::Tables::declare(builder),
            sns: sns::Tables::declare(builder),
            ssm: ssm::Tables::declare(builder),
            cloudwatch: cloudwatch::Tables::declare(builder),
            lambda: lambda::Tables::declare(builder),
            ecs: ecs::Tables::declare(builder),
            elbv2: elbv2::Tables::declare(builder),
            ec2: ec2::Tables::declare(builder),
        }
    }
}
