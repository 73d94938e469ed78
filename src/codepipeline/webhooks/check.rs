//! What PutWebhook refuses, beside what its model does (contract codepipeline §8.1).

use super::cidr::Cidr;
use super::json_path::JsonPath;
use crate::codepipeline::errors;
use crate::engine::pipeline::Plan;
use codepipeline_api::error::{
    InvalidWebhookAuthenticationParametersException, InvalidWebhookFilterPatternException,
    PutWebhookError,
};
use codepipeline_api::model::{WebhookAuthenticationType, WebhookDefinition, WebhookFilterRule};

/// Whether the definition makes sense, whatever pipeline it is for.
pub fn definition(webhook: &WebhookDefinition) -> Result<(), PutWebhookError> {
    authentication(webhook)?;
    webhook.filters.iter().try_for_each(filter)?;
    Ok(())
}

/// Whether the pipeline's first stage has the target action.
pub fn target(webhook: &WebhookDefinition, plan: &Plan) -> Result<(), PutWebhookError> {
    let first = plan.stages.first();
    let action = first.and_then(|stage| stage.action(&webhook.target_action));
    match action {
        Some(_) => Ok(()),
        None => {
            let (pipeline, action) = (&webhook.target_pipeline, &webhook.target_action);
            Err(errors::unknown_target(pipeline, action).into())
        }
    }
}

fn authentication(
    webhook: &WebhookDefinition,
) -> Result<(), InvalidWebhookAuthenticationParametersException> {
    let given = &webhook.authentication_configuration;
    let (secret, range) = (&given.secret_token, &given.allowed_ip_range);
    match (webhook.authentication, secret, range) {
        (WebhookAuthenticationType::GithubHmac, Some(_), None)
        | (WebhookAuthenticationType::Unauthenticated, None, None) => Ok(()),
        (WebhookAuthenticationType::Ip, None, Some(range)) => match Cidr::parse(range) {
            Some(_) => Ok(()),
            None => Err(errors::not_a_range(range)),
        },
        (WebhookAuthenticationType::GithubHmac, ..) => {
            Err(errors::one_property_of_authentication("SecretToken"))
        }
        (WebhookAuthenticationType::Ip, ..) => {
            Err(errors::one_property_of_authentication("AllowedIPRange"))
        }
        (WebhookAuthenticationType::Unauthenticated, ..) => Err(errors::no_authentication()),
    }
}

fn filter(filter: &WebhookFilterRule) -> Result<(), InvalidWebhookFilterPatternException> {
    let path = JsonPath::parse(&filter.json_path);
    path.map(drop)
        .map_err(|why| errors::invalid_json_path(&filter.json_path, &why))
}
