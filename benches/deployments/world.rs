//! A world that does at once what it is asked for, and notes when it is asked.
//!
//! A decision is measured from the moment news is given back, or time is moved, to the moment the deployment's next effect is asked for:
//! the writer's queue, the commit with its sync, and all switches of tasks are in it.

use crate::sample;
use async_trait::async_trait;
use slipway::companions::balancing::TargetGroupInfo;
use slipway::companions::containers::TaskSetInfo;
use slipway::engine::deployment::ecs::effect::Effect as Ask;
use slipway::engine::deployment::ecs::event::Event as News;
use slipway::engine::deployment::ecs::target::Setting;
use slipway::engine::deployment::{Deployment, Effect, Event, Key};
use slipway::engine::driver::Perform;
use slipway::engine::{EffectId, Mailbox};
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

#[derive(Default)]
pub struct World(Mutex<Marks>);

#[derive(Default)]
pub struct Marks {
    /// When something was told to a deployment last.
    told: HashMap<String, Instant>,
    /// Deployments whose original task set is deleted.
    removed: HashSet<String>,
    pub decisions: Vec<Duration>,
    /// How many instances there are.
    pub fleet: usize,
}

impl World {
    pub fn marks(&self) -> MutexGuard<'_, Marks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something happens to this deployment now.
    pub fn tell(&self, id: &str) {
        self.marks().told.insert(id.to_owned(), Instant::now());
    }

    fn asked(&self, id: &str) {
        let now = Instant::now();
        let mut marks = self.marks();
        if let Some(told) = marks.told.remove(id) {
            marks.decisions.push(now - told);
        }
    }

    fn answer(&self, id: &str, ask: Ask) -> Option<News> {
        Some(match ask {
            Ask::ReadSpec { .. } => News::SpecRead(Box::new(Ok(sample::ecs_spec()))),
            Ask::Inspect { .. } => News::Inspected(Box::new(Ok((setting(), blue())))),
            Ask::Create { .. } => News::Created(Ok(())),
            Ask::Look { .. } => News::Seen(Some(match self.marks().removed.remove(id) {
                true => vec![green(id)],
                false => vec![blue(), green(id)],
            })),
            Ask::Test { to, .. } => News::Tested { to, result: Ok(()) },
            Ask::Shift { to, .. } => News::Shifted { to, result: Ok(()) },
            Ask::Promote { .. } => News::Promoted(Ok(())),
            Ask::Remove { .. } => {
                self.marks().removed.insert(id.to_owned());
                News::Removed(Ok(()))
            }
            Ask::Discard { .. } => return None,
        })
    }
}

fn setting() -> Setting {
    let group = |name: &str| TargetGroupInfo {
        arn: format!("arn-{name}"),
        name: name.to_owned(),
        target_type: "ip".to_owned(),
    };
    Setting {
        service_arn: "arn".to_owned(),
        blue: "ecs-svc/1".to_owned(),
        blue_group: group("blue"),
        green_group: group("green"),
        production: "production".to_owned(),
        test: None,
    }
}

fn blue() -> TaskSetInfo {
    TaskSetInfo {
        id: "ecs-svc/1".to_owned(),
        status: "ACTIVE".to_owned(),
        desired: 1,
        running: 1,
        steady: true,
        ..TaskSetInfo::default()
    }
}

fn green(of: &str) -> TaskSetInfo {
    TaskSetInfo {
        id: "ecs-svc/2".to_owned(),
        external_id: Some(of.to_owned()),
        ..blue()
    }
}

#[async_trait]
impl Perform<Deployment> for World {
    async fn perform(
        &self,
        (_, id): &Key,
        _: EffectId,
        effect: Effect,
        _: &Mailbox<Deployment>,
    ) -> Option<Event> {
        self.asked(id);
        let news = match effect {
            Effect::ReadSpec { .. } => Event::SpecRead(Ok(sample::lambda_spec())),
            Effect::CheckAlias { .. } => Event::AliasChecked(Ok(())),
            Effect::Shift { to, .. } => Event::Shifted { to, result: Ok(()) },
            Effect::FindInstances { .. } => {
                let fleet = 0..self.marks().fleet;
                Event::InstancesFound(Ok(fleet.map(sample::instance).collect()))
            }
            Effect::Ecs(ask) => Event::Ecs(self.answer(id, ask)?),
            other => panic!("nobody asks for {other:?} here"),
        };
        self.tell(id);
        Some(news)
    }
}
