//! From a token in a path to a build or a batch.

use super::approval::{self, WaitingList};
use super::ask;
use super::decide::{Decision, Delivery, decide, judge};
use super::news::{Comment, News};
use crate::aws::{Time, ids};
use crate::codebuild::batches::{self, settings::BatchSettings};
use crate::codebuild::launch::{Launch, Refused, StartToken, launch};
use crate::codebuild::settings::Settings;
use crate::codebuild::store::{ProjectKey, Tables};
use crate::codebuild::webhooks::{ANY_REPOSITORY, Webhook};
use crate::codebuild::{CodeBuild, errors};
use crate::companions::Companions;
use codebuild_api::input::StartBuildInput;
use codebuild_api::model::{
    EnvironmentVariable, EnvironmentVariableType, Project, ProjectBuildBatchConfig, ServerType,
    WebhookBuildType,
};
use sha2::{Digest, Sha256};
use std::convert::Infallible;
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The build's id.
    Started(String),
    /// The batch's id.
    StartedBatch(String),
    /// Why nothing starts.
    Nothing(String),
    /// There is no webhook of this token.
    Unknown,
    Unsigned,
    Malformed(String),
    /// The project takes no more builds now.
    Busy(String),
}

/// What a delivery may be looked into with.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    pub companions: &'a dyn Companions,
    pub now: Time,
}

/// A webhook that was found by its token.
#[derive(Clone, Debug)]
pub struct Found {
    key: ProjectKey,
    webhook: Arc<Webhook>,
}

/// The webhook that listens under this token.
pub fn find(tables: &Tables, token: &str) -> Option<Found> {
    let key = tables.webhook_of_token(token)?;
    let webhook = tables.webhooks.get(&key)?;
    // The index may be older or newer than the row.
    (webhook.token == token).then_some(Found { key, webhook })
}

/// Bodies are large and their senders unknown: so many are looked into at a time.
const AT_ONCE: usize = 4;
static PLACES: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(AT_ONCE));

/// Decides and, when it is meant, starts. Answers when the build is durable.
pub async fn receive(
    service: &CodeBuild,
    around: Around<'_>,
    found: Found,
    delivery: Delivery,
) -> Outcome {
    let webhook = found.webhook.clone();
    let looked_at = delivery.clone();
    let decided = {
        let _place = PLACES.acquire().await;
        tokio::task::spawn_blocking(move || decide(&webhook, &looked_at)).await
    };
    let decided = match decided {
        Ok(Decision::Ask(news)) => ask(service, around.companions, &found, news).await,
        Ok(decided) => decided,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    };
    match decided {
        Decision::Start(news) => start(service, &found, &news, &delivery).await,
        Decision::Approve(news) => wait(service, &found, *news, around.now).await,
        Decision::Commented(comment) => approve(service, &found, &comment, &delivery).await,
        Decision::Ask(news) => {
            Outcome::Nothing(not_told(&news.trigger, "the repository does not tell them"))
        }
        Decision::Nothing(why) => Outcome::Nothing(why),
        Decision::Unsigned => Outcome::Unsigned,
        Decision::Malformed(why) => Outcome::Malformed(why),
    }
}

async fn ask(
    service: &CodeBuild,
    companions: &dyn Companions,
    found: &Found,
    news: Box<News>,
) -> Decision {
    let trigger = news.trigger.clone();
    let Some(project) = service.tables.projects.get(&found.key) else {
        return Decision::Nothing("Nothing starts: the project is gone.".to_owned());
    };
    let asked = ask::complete(service, companions, &found.key, &project, news);
    match asked.await {
        Ok(news) => judge(&found.webhook, news),
        Err(why) => Decision::Nothing(not_told(&trigger, &why)),
    }
}

fn not_told(trigger: &str, why: &str) -> String {
    format!(
        "Nothing starts: filters look at the changes of {trigger}, and these cannot be had: {why}."
    )
}

/// Remembers a pull request until somebody approves it, where somebody can.
async fn wait(service: &CodeBuild, found: &Found, news: News, now: Time) -> Outcome {
    let needs = format!(
        "Nothing starts: {} needs an approval by the webhook's pullRequestBuildPolicy.",
        news.trigger
    );
    let at_github = matches!(
        found.webhook.server,
        ServerType::Github | ServerType::GithubEnterprise
    );
    let Some(commit) = news.commit.clone().filter(|_| at_github) else {
        return Outcome::Nothing(needs);
    };
    change(service, found, move |waiting| {
        approval::wait(waiting, news, now);
    })
    .await;
    Outcome::Nothing(format!(
        "{needs} Whoever may write in the repository approves it with the comment /codebuild_run({commit})."
    ))
}

/// Starts what a comment approves.
async fn approve(
    service: &CodeBuild,
    found: &Found,
    comment: &Comment,
    delivery: &Delivery,
) -> Outcome {
    let news = match approval::approved(&found.webhook.waiting, comment) {
        Ok(news) => news,
        Err(why) => return Outcome::Nothing(format!("Nothing starts: {why}.")),
    };
    let outcome = start(service, found, &news, delivery).await;
    if matches!(outcome, Outcome::Started(_) | Outcome::StartedBatch(_)) {
        let number = comment.number.clone();
        change(service, found, move |waiting| {
            waiting.remove(&number);
        })
        .await;
    }
    outcome
}

/// Changes the list of those that wait, if the webhook is still the same.
async fn change(
    service: &CodeBuild,
    found: &Found,
    how: impl FnOnce(&mut WaitingList) + Send + 'static,
) {
    let (tables, key, token) = (
        service.tables.clone(),
        found.key.clone(),
        found.webhook.token.clone(),
    );
    let written = service.store.write(move |tx| {
        if let Some(present) = tx.get(&tables.webhooks, &key)
            && present.token == token
        {
            let mut webhook = (*present).clone();
            how(&mut webhook.waiting);
            tx.put(&tables.webhooks, key, webhook);
        }
        Ok::<_, Infallible>(())
    });
    if let Err(error) = written.await {
        tracing::warn!(%error, "the pull requests that wait cannot be kept");
    }
}

async fn start(service: &CodeBuild, found: &Found, news: &News, delivery: &Delivery) -> Outcome {
    let Some(project) = service.tables.projects.get(&found.key) else {
        return Outcome::Unknown;
    };
    let settings = settings(&found.key, &project, news);
    match found.webhook.shown.build_type {
        Some(WebhookBuildType::BuildBatch) => {
            let config = project.build_batch_config.clone();
            start_batch(service, &found.key, settings, config, delivery).await
        }
        _ => start_build(service, &found.key, settings, delivery).await,
    }
}

/// The project's settings with what the news asks for.
fn settings(key: &ProjectKey, project: &Project, news: &News) -> Settings {
    let mut settings = Settings::of(project);
    let anywhere = settings.source.location.as_deref() == Some(ANY_REPOSITORY);
    let input = StartBuildInput {
        source_version: Some(news.version.clone()),
        source_location_override: news.clone.clone().filter(|_| anywhere),
        ..StartBuildInput::new(key.1.clone())
    };
    settings = settings.overridden(&key.1, input);
    let variables = settings
        .environment
        .environment_variables
        .get_or_insert_default();
    variables.extend(variables_of(news));
    settings
}

async fn start_build(
    service: &CodeBuild,
    key: &ProjectKey,
    settings: Settings,
    delivery: &Delivery,
) -> Outcome {
    let started = launch(
        service,
        Launch {
            scope: key.0.clone(),
            project: key.1.clone(),
            uuid: ids::uuid(),
            settings,
            initiator: initiator(delivery.agent.as_deref()),
            pipeline: None,
            token: token(key, delivery),
        },
    );
    match started.await {
        Ok(build) => Outcome::Started(build.id.unwrap_or_default()),
        Err(Refused::Repeated(id)) => Outcome::Started(id),
        Err(refused) => not_started(&refused),
    }
}

/// What StartBuildBatch refuses is not started here either.
async fn start_batch(
    service: &CodeBuild,
    key: &ProjectKey,
    settings: Settings,
    config: Option<ProjectBuildBatchConfig>,
    delivery: &Delivery,
) -> Outcome {
    let nothing = |why: String| Outcome::Nothing(format!("Nothing starts: {why}"));
    let Some(config) = config else {
        return nothing(errors::no_batch_config(&key.1).message);
    };
    if config.service_role.is_none() {
        return nothing(errors::no_batch_role(&key.1).message);
    }
    let token = token(key, delivery).map(|token| StartToken {
        digest: token.digest,
        ..StartToken::of_batch(token.token)
    });
    let started = batches::start::start(
        service,
        batches::start::Start {
            scope: key.0.clone(),
            project: key.1.clone(),
            uuid: ids::uuid(),
            settings: BatchSettings {
                settings,
                config,
                pipeline: None,
            },
            initiator: initiator(delivery.agent.as_deref()),
            listener: None,
            token,
        },
    );
    match started.await {
        Ok(batch) => Outcome::StartedBatch(batch.id.unwrap_or_default()),
        Err(Refused::Repeated(id)) => Outcome::StartedBatch(id),
        Err(refused) => not_started(&refused),
    }
}

fn not_started(refused: &Refused) -> Outcome {
    match refused {
        Refused::Mismatch(id) => {
            Outcome::Malformed(format!("the delivery {id} came before with another body"))
        }
        Refused::TooManyRunning(limit) => Outcome::Busy(format!(
            "Nothing starts: the project runs {limit} builds at a time and no more."
        )),
        // Repeated starts are no refusals, and no batch asks here.
        Refused::Repeated(_) | Refused::Unwanted(_) => Outcome::Busy(refused.text()),
    }
}

/// The same delivery sent again is the same build or batch.
fn token((_, project): &ProjectKey, delivery: &Delivery) -> Option<StartToken> {
    let id = delivery.id.as_ref()?;
    Some(StartToken {
        token: format!("webhook {project} {id}"),
        digest: hex::encode(Sha256::digest(&delivery.body)),
    })
}

/// As GitHub calls itself: `GitHub-Hookshot/<hash>`.
fn initiator(agent: Option<&str>) -> String {
    let allowed = |letter: &char| letter.is_ascii_alphanumeric() || "-_./".contains(*letter);
    let first = agent.and_then(|agent| agent.split_whitespace().next());
    let first: String = first
        .unwrap_or_default()
        .chars()
        .filter(allowed)
        .take(100)
        .collect();
    match first.is_empty() {
        true => "webhook".to_owned(),
        false => first,
    }
}

/// What commands find beside the usual variables (contract, codebuild section 6).
fn variables_of(news: &News) -> Vec<EnvironmentVariable> {
    let given = [
        ("EVENT", Some(news.event.to_string())),
        ("ACTOR_ACCOUNT_ID", Some(news.actor.clone())),
        ("HEAD_REF", Some(news.head.clone())),
        ("BASE_REF", news.base.clone()),
        ("TRIGGER", Some(news.trigger.clone())),
        ("PREV_COMMIT", news.previous.clone()),
        ("MERGE_COMMIT", news.merge.clone()),
    ];
    let given = given.into_iter();
    given
        .filter_map(|(name, value)| {
            let variable = EnvironmentVariable::new(format!("CODEBUILD_WEBHOOK_{name}"), value?);
            Some(EnvironmentVariable {
                r#type: Some(EnvironmentVariableType::Plaintext),
                ..variable
            })
        })
        .collect()
}
