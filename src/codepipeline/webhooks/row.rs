//! A webhook as it is stored, and as answers show it.

use crate::app::App;
use crate::aws::{Arn, Scope, Time, ids};
use crate::codepipeline::tags::{self, Tags};
use crate::codepipeline::validate::HIDDEN;
use crate::server::webhooks::PATH;
use codepipeline_api::model::{ListWebhookItem, WebhookDefinition};
use serde::{Deserialize, Serialize};

/// Scope and name.
pub type WebhookKey = (Scope, String);

/// Unguessable: about 238 random bits.
const TOKEN: usize = 40;

/// A webhook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WebhookRow {
    /// As the customer wrote it, secret in clear.
    pub definition: WebhookDefinition,
    /// The end of its URL; stays when the webhook is put again.
    pub token: Token,
    pub last_triggered: Option<Time>,
    /// Why it could not be registered with a third party.
    pub trouble: Option<Trouble>,
}

/// What finds a webhook, and must not be known to others; shown nowhere but in its URL.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(pub String);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    pub code: String,
    pub message: String,
}

impl WebhookRow {
    pub fn new(definition: WebhookDefinition) -> Self {
        Self {
            definition,
            token: Token(ids::alphanumeric(TOKEN)),
            last_triggered: None,
            trouble: None,
        }
    }

    /// The same webhook with another definition. A secret that is sent as it is shown keeps its stored value.
    pub fn redefined(&self, mut definition: WebhookDefinition) -> Self {
        let secret = &mut definition.authentication_configuration.secret_token;
        if secret.as_deref() == Some(HIDDEN) {
            let stored = &self.definition.authentication_configuration.secret_token;
            secret.clone_from(stored);
        }
        Self {
            definition,
            ..self.clone()
        }
    }
}

/// With a colon: `arn:aws:codepipeline:<region>:<account>:webhook:<name>`.
pub fn arn(key: &WebhookKey) -> String {
    Arn::regional("codepipeline", &key.0, format!("webhook:{}", key.1)).to_string()
}

/// Where its tags are.
pub fn tags_key(key: &WebhookKey) -> (Scope, String) {
    (key.0.clone(), format!("webhook:{}", key.1))
}

/// The webhook as PutWebhook and ListWebhooks show it.
pub fn shown(app: &App, key: &WebhookKey, row: &WebhookRow, tags: &Tags) -> ListWebhookItem {
    let mut definition = row.definition.clone();
    let secret = &mut definition.authentication_configuration.secret_token;
    if let Some(secret) = secret {
        HIDDEN.clone_into(secret);
    }
    let (code, message) = match &row.trouble {
        Some(trouble) => (Some(trouble.code.clone()), Some(trouble.message.clone())),
        None => (None, None),
    };
    ListWebhookItem {
        error_code: code,
        error_message: message,
        last_triggered: row.last_triggered.map(Time::wire),
        arn: Some(arn(key)),
        tags: (!tags.is_empty()).then(|| tags::list(tags)),
        ..ListWebhookItem::new(definition, url(app, row))
    }
}

/// By the address at which this server can be called now.
pub fn url(app: &App, row: &WebhookRow) -> String {
    format!("{}{PATH}{}", app.origin(), row.token.0)
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}
