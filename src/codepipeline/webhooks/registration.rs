//! Why a webhook is not registered with a third party.

use super::row::{Trouble, WebhookRow};
use crate::engine::pipeline::Plan;

/// Nothing leaves this machine, and GitHub could not call it anyway: says so, and what to do instead.
pub fn registration(webhook: &WebhookRow, plan: Option<&Plan>) -> Trouble {
    let action = &webhook.definition.target_action;
    let first = plan.and_then(|plan| plan.stages.first());
    let kind = first
        .and_then(|stage| stage.action(action))
        .map(|action| (action.kind.owner.as_str(), action.kind.provider.as_str()));
    match kind {
        Some(("ThirdParty", "GitHub")) => trouble(
            "RegistrationNotOffered",
            "slipway does not create webhooks at GitHub. Create one there by hand with this webhook's URL, made reachable for GitHub, the content type application/json and the secret token.".to_owned(),
        ),
        Some((owner, provider)) => trouble(
            "UnsupportedActionType",
            format!(
                "The target action '{action}' is of the provider {provider} of {owner}; only webhooks of GitHub (version 1) actions are registered with a third party."
            ),
        ),
        None => trouble(
            "TargetNotFound",
            format!("The target action '{action}' does not exist."),
        ),
    }
}

fn trouble(code: &str, message: String) -> Trouble {
    Trouble {
        code: code.to_owned(),
        message,
    }
}
