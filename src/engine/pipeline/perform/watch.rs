//! Looks at watched sources: when an object is stored, after a start, and when a definition asks for it.
//!
//! What is there *now* counts, not what the news says: of several quick uploads the last one is run.

use super::super::event::{Seen, SourceLook};
use super::super::execution::ActionError;
use super::super::providers::{alarm, ecs, s3_source};
use super::super::{Event, Key, Pipelines, Plan, Seed, source};
use super::alarms::{self, AlarmIndex};
use super::containers::{self, ServiceIndex};
use crate::aws::Account;
use crate::companions::{Companions, ObjectCreated, ObjectRef};
use crate::engine::driver::{Driver, DriverTables};
use crate::engine::world::World;
use crate::store::{Builder, Direction, Index};
use std::sync::Arc;
use uuid::Uuid;

/// Pipelines by the objects they watch.
pub type SourceIndex = Index<(String, String), Key>;

/// By what news finds the pipelines that wait for it. A cheap clone.
#[derive(Clone)]
pub struct Watched {
    pub sources: SourceIndex,
    pub alarms: AlarmIndex,
    pub services: ServiceIndex,
}

/// Declares the tables of the pipelines' driver and the indexes by which news finds them.
pub fn declare(builder: &mut Builder) -> (DriverTables<Pipelines>, Watched) {
    let tables = Driver::<Pipelines>::declare(builder);
    let sources = builder.index(tables.live.rows(), |_, row| source::watched_objects(&row.0));
    let alarms = builder.index(tables.live.rows(), |_, row| {
        let awaited = alarm::awaited(&row.0).into_iter();
        awaited.map(|(at, _)| at).collect()
    });
    let services = builder.index(tables.live.rows(), |_, row| {
        let awaited = ecs::awaited(&row.0).into_iter();
        awaited.map(|(at, _)| at).collect()
    });
    let watched = Watched {
        sources,
        alarms,
        services,
    };
    (tables, watched)
}

/// A new version of an object is there: starts executions of the pipelines that watch it. Returns when they are durable.
pub async fn on_object_created(
    driver: &Driver<Pipelines>,
    world: &dyn World,
    index: &SourceIndex,
    news: &ObjectCreated,
) {
    let at = (news.bucket.clone(), news.object.key.clone());
    for (_, key) in index.range(at.clone()..=at.clone(), Direction::Forward, usize::MAX) {
        look_at(driver, world, &key, &at, Some(&news.owner)).await;
    }
}

/// Looks at all that is watched, for what came in while nobody listened. Once, after a start.
pub async fn catch_up(driver: &Driver<Pipelines>, world: &dyn World, watched: &Watched) {
    let sources = watched.sources.range(.., Direction::Forward, usize::MAX);
    for (at, key) in sources {
        look_at(driver, world, &key, &at, None).await;
    }
    alarms::catch_up(driver, world, &watched.alarms).await;
    containers::catch_up(driver, world, &watched.services).await;
}

/// What is there *now* counts, not what the news says: of several quick uploads the last one is run. News is for the sources
/// that work in the account it is from.
async fn look_at(
    driver: &Driver<Pipelines>,
    world: &dyn World,
    key: &Key,
    (bucket, object): &(String, String),
    owner: Option<&Account>,
) {
    let Some((plan, state)) = world.pipeline_plan(key).zip(driver.state(key)) else {
        return;
    };
    for action in source::watchers(&state, bucket, object) {
        let account = plan.source(&action).map(|of| plan.scope_of(of).account);
        if owner.is_some() && account.as_ref() != owner {
            continue;
        }
        let seed = Seed::new(Uuid::new_v4());
        let look = look(&**world.companions(), plan.clone(), action, seed).await;
        if source::is_news(&state, &look) {
            driver
                .event(key.clone(), Event::SourceSeen(Box::new(look)))
                .await;
        }
    }
}

/// Looks at a watched source.
pub(super) async fn look(
    companions: &dyn Companions,
    plan: Arc<Plan>,
    action: String,
    seed: Seed,
) -> SourceLook {
    let seen = see(companions, &plan, &action).await;
    SourceLook {
        plan,
        action,
        seed,
        seen,
    }
}

async fn see(companions: &dyn Companions, plan: &Plan, action: &str) -> Result<Seen, ActionError> {
    let text = |key| {
        plan.source(action)
            .and_then(|source| source.config(key))
            .unwrap_or_default()
    };
    let at = ObjectRef {
        bucket: text("S3Bucket").to_owned(),
        key: text("S3ObjectKey").to_owned(),
        version: None,
    };
    let source = plan.source(action);
    let scope = source.map_or_else(|| plan.scope.clone(), |of| plan.scope_of(of));
    let unreadable = |error| s3_source::unreadable(&at, &error);
    let bucket = companions.bucket(&at.bucket).await.map_err(unreadable)?;
    let object = companions
        .stat_object(&scope, &at)
        .await
        .map_err(unreadable)?;
    let version = object.version.filter(|_| bucket.versioned);
    Ok(Seen {
        revision: version.ok_or_else(|| s3_source::unversioned(&at.bucket))?,
        modified: object.modified,
    })
}
