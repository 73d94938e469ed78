//! The deployments that are measured: one of each group, to a function or to a service.

use codedeploy_api::model::{ComputePlatform, DeploymentGroupInfo, DeploymentInfo};
use slipway::aws::{Scope, Time};
use slipway::codedeploy::deployments::Fixed;
use slipway::codedeploy::store::{Application, Group, GroupKey, Tables};
use slipway::companions::containers::ServiceRef;
use slipway::engine::deployment::DeploymentPlan;
use slipway::engine::deployment::appspec::{EcsHooks, EcsSpec, LambdaSpec};
use slipway::engine::deployment::ecs::plan::{EcsSource, EcsWork, Pair};
use slipway::engine::deployment::plan::{AlarmWatch, LambdaSource, LambdaWork, Work};
use slipway::engine::deployment::server::batch::Minimum;
use slipway::engine::deployment::server::order::{Candidate, Installed};
use slipway::engine::deployment::server::plan::{Selection, ServerWork, Style};
use slipway::engine::deployment::traffic::Routing;
use slipway::store::Txn;
use uuid::Uuid;

pub const APPLICATION: &str = "app";
/// Minutes that a canary stands.
pub const CANARY: u32 = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A canary of a function.
    Lambda,
    /// A task set, all at once.
    Ecs,
}

pub fn group(number: usize) -> String {
    format!("group-{number:06}")
}

pub fn lambda_spec() -> LambdaSpec {
    LambdaSpec {
        function: "f".to_owned(),
        alias: "live".to_owned(),
        current: "1".to_owned(),
        target: "2".to_owned(),
        before_allow_traffic: None,
        after_allow_traffic: None,
    }
}

pub fn ecs_spec() -> EcsSpec {
    EcsSpec {
        task_definition: "web:2".to_owned(),
        container: "web".to_owned(),
        port: 80,
        platform_version: None,
        network: None,
        capacity: Vec::new(),
        hooks: EcsHooks::default(),
    }
}

pub fn host(number: usize) -> String {
    format!("arn:aws:iam::000000000000:user/host-{number:04}")
}

pub fn instance(number: usize) -> Candidate {
    Candidate {
        id: format!("host-{number:04}"),
        arn: format!(
            "arn:aws:codedeploy:us-east-1:000000000000:instance/host-{number:04}_0123456789"
        ),
        host: host(number),
        zone: None,
        healthy: true,
        installed: Installed::Current,
        label: None,
    }
}

/// A deployment to all instances at once, of the first group.
pub fn server_plan(scope: &Scope, id: &str, now: Time) -> DeploymentPlan {
    let work = Work::Server(Box::new(ServerWork {
        selection: Selection::default(),
        minimum: Minimum::Hosts(0),
        zones: None,
        balancers: None,
        ignore_stop_failures: false,
        outdated_only: false,
        style: Style::InPlace,
    }));
    DeploymentPlan {
        work,
        ..plan(scope, id, 0, Kind::Lambda, now)
    }
}

pub fn plan(scope: &Scope, id: &str, number: usize, kind: Kind, now: Time) -> DeploymentPlan {
    DeploymentPlan {
        scope: scope.clone(),
        id: id.to_owned(),
        application: APPLICATION.to_owned(),
        group: group(number),
        service_role: "arn:aws:iam::000000000000:role/deploy".to_owned(),
        work: match kind {
            Kind::Lambda => Work::Lambda(LambdaWork {
                source: LambdaSource::Given(lambda_spec()),
                routing: Routing::Canary {
                    percent: 10,
                    minutes: CANARY,
                },
            }),
            Kind::Ecs => Work::Ecs(Box::new(EcsWork {
                source: EcsSource::Given(ecs_spec()),
                routing: Routing::AllAtOnce,
                place: ServiceRef {
                    cluster: "c".to_owned(),
                    service: group(number),
                },
                pair: Pair {
                    groups: ["blue", "green"].map(str::to_owned),
                    production: "production".to_owned(),
                    test: None,
                },
                ready_wait: None,
                termination_wait: 0,
            })),
        },
        alarms: AlarmWatch::default(),
        rollback: None,
        rolls_back: None,
        triggers: Vec::new(),
        listener: None,
        seed: Uuid::new_v4().to_string(),
        created: now,
    }
}

pub fn fixed(id: &str, number: usize, now: Time) -> Fixed {
    Fixed {
        application_id: APPLICATION.to_owned(),
        group_id: group(number),
        previous: None,
        created: now,
        info: DeploymentInfo {
            application_name: Some(APPLICATION.to_owned()),
            deployment_group_name: Some(group(number)),
            deployment_id: Some(id.to_owned()),
            compute_platform: Some(ComputePlatform::Lambda),
            ..DeploymentInfo::default()
        },
    }
}

/// The application, and this many groups of it; ids are as names.
pub fn groups(tables: &Tables, tx: &mut Txn, scope: &Scope, numbers: std::ops::Range<usize>) {
    let application = Application {
        id: APPLICATION.to_owned(),
        platform: ComputePlatform::Lambda,
        created: Time::from_millis(0),
    };
    let at = (scope.clone(), APPLICATION.to_owned());
    tx.put(&tables.applications, at, application);
    for name in numbers.map(group) {
        let key: GroupKey = (scope.clone(), APPLICATION.to_owned(), name.clone());
        let row = Group {
            id: name.clone(),
            definition: DeploymentGroupInfo::default(),
            last_attempted: None,
            last_successful: None,
        };
        tables.put_group(tx, key, row);
        tx.put(
            &tables.deployments.names,
            (scope.clone(), name.clone()),
            name,
        );
    }
}
