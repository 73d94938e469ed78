//! What is to become of a delivery: pure, in the order that tells the least to strangers.

use super::authenticate::is_authentic;
use super::news::{Comment, News, Read};
use super::{approval, bitbucket, github, gitlab, groups};
use crate::codebuild::webhooks::Webhook;
use bytes::Bytes;
use codebuild_api::model::{ServerType, WebhookBuildType};
use serde_json::Value;

/// What came in; headers by their meaning.
#[derive(Clone, Debug, Default)]
pub struct Delivery {
    /// `X-GitHub-Event` or `X-Event-Key`.
    pub event: Option<String>,
    /// `X-Hub-Signature-256` and `X-Hub-Signature`.
    pub sha256: Option<String>,
    pub sha1: Option<String>,
    /// `X-Gitlab-Token`.
    pub token: Option<String>,
    /// `X-GitHub-Delivery` and its relatives: the same for the same delivery sent again.
    pub id: Option<String>,
    pub agent: Option<String>,
    pub body: Bytes,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Start(Box<News>),
    /// The filters look at what the payload does not tell: it is to be asked of the repository, then the news is to be judged.
    Ask(Box<News>),
    /// Somebody has to look at the pull request first.
    Approve(Box<News>),
    /// Somebody may have done so.
    Commented(Comment),
    /// Why nothing starts; for people.
    Nothing(String),
    Unsigned,
    Malformed(String),
}

pub fn decide(webhook: &Webhook, delivery: &Delivery) -> Decision {
    if !is_authentic(webhook.server, webhook.secret.as_deref(), delivery) {
        return Decision::Unsigned;
    }
    let payload: Value = match serde_json::from_slice(&delivery.body) {
        Ok(payload) => payload,
        Err(error) => return Decision::Malformed(error.to_string()),
    };
    let event = delivery.event.as_deref().unwrap_or_default();
    let read = match webhook.server {
        ServerType::Github | ServerType::GithubEnterprise => github::read(event, &payload),
        ServerType::Gitlab | ServerType::GitlabSelfManaged => gitlab::read(&payload),
        ServerType::Bitbucket => bitbucket::read(event, &payload),
    };
    let news = match read {
        Read::News(news) => news,
        Read::Comment(comment) => return Decision::Commented(comment),
        Read::Ignored(why) => return Decision::Nothing(format!("Nothing starts: {why}.")),
    };
    if news.version.is_empty() {
        let what = "the payload names no commit".to_owned();
        return Decision::Malformed(what);
    }
    judge(webhook, news)
}

/// Whether the news is to start a build.
pub fn judge(webhook: &Webhook, news: Box<News>) -> Decision {
    if !groups::pass(&webhook.shown, &news) {
        // Of GitHub Enterprise, only what payloads tell is looked at.
        if webhook.server != ServerType::GithubEnterprise && groups::is_open(&webhook.shown, &news)
        {
            return Decision::Ask(news);
        }
        return Decision::Nothing(
            "Nothing starts: no filter group lets this event pass.".to_owned(),
        );
    }
    if approval::is_needed(&webhook.shown, &news) {
        return Decision::Approve(news);
    }
    match webhook.shown.build_type {
        None | Some(WebhookBuildType::Build | WebhookBuildType::BuildBatch) => {
            Decision::Start(news)
        }
        // None is stored: CreateWebhook refuses them.
        Some(kind) => Decision::Nothing(format!(
            "Nothing starts: slipway has no runner for webhooks of buildType {}.",
            kind.as_str()
        )),
    }
}
