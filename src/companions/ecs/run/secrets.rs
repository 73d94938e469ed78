//! Values of parameters and secrets for a container's environment.
//!
//! Invariant: a container is not started without a secret that it asks for; values are kept nowhere.

use super::super::companion::Ecs;
use super::super::rows::TaskKey;
use crate::aws::Arn;
use ecs_api::model::ContainerDefinition;

pub fn resolve(
    ecs: &Ecs,
    key: &TaskKey,
    container: &ContainerDefinition,
) -> Result<Vec<(String, String)>, String> {
    let secrets = container.secrets.iter().flatten();
    secrets
        .map(|secret| {
            let value = value(ecs, key, &secret.value_from);
            let failed = |why| {
                format!("ResourceInitializationError: unable to pull secrets or registry auth: {}: {why}", secret.value_from)
            };
            Ok((secret.name.clone(), value.map_err(failed)?))
        })
        .collect()
}

/// A secret's ARN may end in `:key of its JSON:stage:version`; everything else is a parameter.
fn value(ecs: &Ecs, key: &TaskKey, from: &str) -> Result<String, String> {
    let secret = Arn::parse(from).filter(|arn| arn.service == "secretsmanager");
    if secret.is_none() {
        let value = ecs.outside.ssm.value(&key.0, from);
        return value
            .map(|value| value.0)
            .map_err(|error| error.to_string());
    }
    let words: Vec<&str> = from.split(':').collect();
    let part = |at: usize| words.get(at).copied().filter(|word| !word.is_empty());
    let id = words.iter().take(7).copied().collect::<Vec<_>>().join(":");
    let text = ecs
        .outside
        .secretsmanager
        .text(&key.0, &id, part(8), part(9), ecs.now());
    let text = text.map_err(|error| error.to_string())?.0;
    let Some(member) = part(7) else {
        return Ok(text);
    };
    let json: serde_json::Value =
        serde_json::from_str(&text).map_err(|_| "the secret is not JSON".to_owned())?;
    match json.get(member) {
        Some(serde_json::Value::String(text)) => Ok(text.clone()),
        Some(other) => Ok(other.to_string()),
        None => Err(format!("the secret has no key {member}")),
    }
}
