//! Sources that are watched: who watches what, and whether a revision that was seen starts an execution.
//!
//! Revisions are compared by id, and what started an execution once does not start another. The comparison is with what was
//! seen by watching; executions started otherwise do not count.

use super::begin::{self, Beginning};
use super::event::{Seen, SourceLook};
use super::execution::{ActionError, Pin, Trigger, TriggerKind};
use super::plan::{ActionPlan, Plan};
use super::state::{Consumed, Pipeline, SourceWatch, Trouble};
use super::turn::Turn;
use super::{Effect, Seed};
use crate::aws::Time;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Watches what the plan says, keeps what is known of sources that are the same, and looks at each source that is watched.
pub(super) fn follow(turn: &mut Turn, plan: &Arc<Plan>, seed: Seed) {
    let now = turn.now;
    turn.pipeline.active = Some(now);
    turn.pipeline.polling_disabled = None;
    let known = std::mem::take(&mut turn.pipeline.sources);
    for action in plan
        .sources()
        .filter(|action| action.polls() || is_s3(action))
    {
        let watch = watch(action, &known, now);
        if watch.enabled {
            turn.effects.push(Effect::LookAtSource {
                plan: plan.clone(),
                action: action.name.clone(),
                seed: seed.child(&["look", &action.name]),
            });
        }
        turn.pipeline.sources.insert(action.name.clone(), watch);
    }
}

/// Somebody looked at a source: starts an execution when there is something new.
pub(super) fn seen(turn: &mut Turn, look: SourceLook) {
    let now = turn.now;
    stop_when_inactive(&mut turn.pipeline, now);
    let version = turn.pipeline.version;
    let Some(watch) = turn.pipeline.sources.get_mut(&look.action) else {
        return;
    };
    if !watch.enabled || look.plan.version < version {
        return;
    }
    match look.seen {
        Err(error) => trouble(watch, error, now),
        Ok(seen) if is_new(watch, &seen) => {
            watch.trouble = None;
            start(turn, look.plan, look.action, seen, look.seed);
        }
        Ok(_) => watch.trouble = None,
    }
}

/// A pipeline that has not run for this long is looked at no more, until its definition is updated (contract §5.4).
const INACTIVE: Duration = Duration::from_secs(30 * 24 * 3600);

/// When the sources of a pipeline were looked at no more because it did not run; `None`: they are, or never were.
pub fn polling_disabled_at(pipeline: &Pipeline, now: Time) -> Option<Time> {
    let polls = pipeline.sources.values().any(|watch| watch.enabled);
    let since = pipeline.active.filter(|_| polls)? + INACTIVE;
    (since <= now).then_some(since)
}

/// Nobody is told when the time is over: it is noticed by whoever comes next.
pub(super) fn stop_when_inactive(pipeline: &mut Pipeline, now: Time) {
    let Some(since) = polling_disabled_at(pipeline, now) else {
        return;
    };
    pipeline.polling_disabled = Some(since);
    for watch in pipeline.sources.values_mut() {
        watch.enabled = false;
    }
}

/// Whether a look would change anything; saves a commit when it would not.
pub(super) fn is_news(pipeline: &Pipeline, look: &SourceLook) -> bool {
    pipeline
        .sources
        .get(&look.action)
        .is_some_and(|watch| match &look.seen {
            Ok(seen) => watch.trouble.is_some() || is_new(watch, seen),
            Err(error) => watch
                .trouble
                .as_ref()
                .is_none_or(|known| known.error != *error),
        })
}

/// A run of the action has succeeded, so an earlier failure to see it says nothing any more.
pub(super) fn recovered(pipeline: &mut Pipeline, action: &str) {
    if let Some(watch) = pipeline
        .sources
        .get_mut(action)
        .filter(|watch| !watch.bucket.is_empty())
    {
        watch.trouble = None;
    }
}

fn start(turn: &mut Turn, plan: Arc<Plan>, action: String, seen: Seen, seed: Seed) {
    if begin::is_full(&turn.pipeline, plan.mode) {
        return;
    }
    let consumed = Consumed {
        revision: seen.revision.clone(),
        modified: seen.modified,
    };
    if let Some(watch) = turn.pipeline.sources.get_mut(&action) {
        watch.consumed = Some(consumed);
    }
    let pin = Pin {
        revision: Some(seen.revision),
        ..Pin::default()
    };
    begin::begin(
        turn,
        plan,
        Beginning {
            trigger: Trigger {
                kind: TriggerKind::PollForSourceChanges,
                detail: action.clone(),
            },
            pins: [(action, pin)].into(),
            ..Beginning::new(seed)
        },
    );
}

fn is_new(watch: &SourceWatch, seen: &Seen) -> bool {
    watch.consumed.as_ref().is_none_or(|consumed| {
        consumed.revision != seen.revision && consumed.modified <= seen.modified
    })
}

/// The time of the first of a row of equal failures stays.
fn trouble(watch: &mut SourceWatch, error: ActionError, now: Time) {
    if watch
        .trouble
        .as_ref()
        .is_none_or(|known| known.error != error)
    {
        watch.trouble = Some(Trouble { since: now, error });
    }
}

fn watch(action: &ActionPlan, known: &BTreeMap<String, SourceWatch>, now: Time) -> SourceWatch {
    if !is_s3(action) {
        return unwatchable(action, now);
    }
    let text = |key| action.config(key).unwrap_or_default().to_owned();
    let fresh = SourceWatch {
        bucket: text("S3Bucket"),
        object_key: text("S3ObjectKey"),
        ..SourceWatch::default()
    };
    let same =
        |old: &&SourceWatch| (&old.bucket, &old.object_key) == (&fresh.bucket, &fresh.object_key);
    let known = known.get(&action.name).filter(same).cloned();
    SourceWatch {
        enabled: action.polls(),
        ..known.unwrap_or(fresh)
    }
}

fn unwatchable(action: &ActionPlan, now: Time) -> SourceWatch {
    let error = ActionError::configuration(format!(
        "slipway does not offer {} sources yet, so no changes are detected.",
        action.kind.provider
    ));
    SourceWatch {
        trouble: Some(Trouble { since: now, error }),
        ..SourceWatch::default()
    }
}

fn is_s3(action: &ActionPlan) -> bool {
    action.kind.owner == "AWS" && action.kind.provider == "S3"
}

/// The objects that a pipeline watches: `(bucket, key)`. For an index, so that news of an object finds its pipelines.
pub fn watched_objects(pipeline: &Pipeline) -> Vec<(String, String)> {
    let enabled = pipeline.sources.values().filter(|watch| watch.enabled);
    let objects = enabled.map(|watch| (watch.bucket.clone(), watch.object_key.clone()));
    objects.collect()
}

/// The source actions that watch this object.
pub fn watchers(pipeline: &Pipeline, bucket: &str, key: &str) -> Vec<String> {
    let watches = |watch: &SourceWatch| {
        watch.enabled && (watch.bucket.as_str(), watch.object_key.as_str()) == (bucket, key)
    };
    let sources = pipeline.sources.iter().filter(|(_, watch)| watches(watch));
    sources.map(|(action, _)| action.clone()).collect()
}
