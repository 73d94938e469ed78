//! Manual approval: waits for a person, who is told when a topic is configured.

use super::super::Effect;
use super::super::effect::NotifyApproval;
use super::super::prepare::{Job, Start};

pub(super) fn start(job: &Job) -> Start {
    let owned = |key: &str| job.config(key).map(str::to_owned);
    let Some(topic) = owned("NotificationArn") else {
        return Start::default();
    };
    Start::ask(Effect::NotifyApproval(Box::new(NotifyApproval {
        order: job.order(),
        topic,
        pipeline: job.plan.pipeline.clone(),
        stage: job.stage.to_owned(),
        action: job.action.name.clone(),
        expires: job.run.deadline,
        link: owned("ExternalEntityLink"),
        data: owned("CustomData"),
    })))
}
