//! Definitions of custom action types: what they must hold to, and how they are shown.
//!
//! Source: contract, codepipeline sections 3.3 and 7.1 (templates).

use codepipeline_api::error::ValidationException;
use codepipeline_api::input::CreateCustomActionTypeInput;
use codepipeline_api::model::{
    ActionConfigurationProperty, ActionOwner, ActionType, ActionTypeId, ArtifactDetails,
};
use std::collections::BTreeSet;

/// The definition in a request, as the customer wrote it.
pub fn definition(input: CreateCustomActionTypeInput) -> ActionType {
    let id = ActionTypeId::new(
        input.category,
        ActionOwner::Custom,
        input.provider,
        input.version,
    );
    ActionType {
        settings: input.settings,
        action_configuration_properties: input.configuration_properties,
        ..ActionType::new(
            id,
            input.input_artifact_details,
            input.output_artifact_details,
        )
    }
}

/// The first rule that a definition breaks.
pub fn check(definition: &ActionType) -> Result<(), ValidationException> {
    artifacts(&definition.input_artifact_details)?;
    artifacts(&definition.output_artifact_details)?;
    let properties = definition.action_configuration_properties.as_deref();
    let properties = properties.unwrap_or_default();
    names(properties)?;
    queryable(properties)?;
    let Some(settings) = &definition.settings else {
        return Ok(());
    };
    let named = [
        ("entityUrlTemplate", &settings.entity_url_template),
        ("executionUrlTemplate", &settings.execution_url_template),
        ("revisionUrlTemplate", &settings.revision_url_template),
    ];
    for (member, text) in named {
        if let Some(text) = text {
            template(member, text, properties)?;
        }
    }
    Ok(())
}

/// Whether the id of a deleted type may have this definition again: the same one, whatever is left out of it.
pub fn is_same(one: &ActionType, other: &ActionType) -> bool {
    filled(one.clone()) == filled(other.clone())
}

/// The definition as every answer shows it: settings and properties are always there, a property's `type` never.
pub fn shown(definition: ActionType) -> ActionType {
    let mut shown = filled(definition);
    let properties = shown.action_configuration_properties.iter_mut().flatten();
    properties.for_each(|property| property.r#type = None);
    shown
}

fn filled(mut definition: ActionType) -> ActionType {
    definition.settings.get_or_insert_default();
    definition
        .action_configuration_properties
        .get_or_insert_default();
    definition
}

fn artifacts(details: &ArtifactDetails) -> Result<(), ValidationException> {
    let (least, most) = (details.minimum_count, details.maximum_count);
    if most >= least {
        return Ok(());
    }
    Err(ValidationException::new(format!(
        "Maximum Number of Artifacts ({most}) has to be greater than or equal to minimum ({least})."
    )))
}

fn names(properties: &[ActionConfigurationProperty]) -> Result<(), ValidationException> {
    let mut seen = BTreeSet::new();
    match properties.iter().find(|of| !seen.insert(&of.name)) {
        Some(twice) => Err(ValidationException::new(format!(
            "The configuration property name '{}' is used more than once",
            twice.name
        ))),
        None => Ok(()),
    }
}

fn queryable(properties: &[ActionConfigurationProperty]) -> Result<(), ValidationException> {
    let all = properties.iter().filter(|of| of.queryable == Some(true));
    let all: Vec<_> = all.collect();
    if all.len() > 1 {
        let names: Vec<_> = all.iter().map(|of| of.name.as_str()).collect();
        return Err(ValidationException::new(format!(
            "Multiple queryable configuration properties found with names '{}'. Up to one queryable property may be specified.",
            names.join(", ")
        )));
    }
    match all.first().filter(|of| !of.required || of.secret) {
        Some(unfit) => Err(ValidationException::new(format!(
            "Invalid queryable property '{}'. Queryable configuration properties must be required and non-secret.",
            unfit.name
        ))),
        None => Ok(()),
    }
}

/// Links are made before everything is known and shown to everybody: they may name only what is always there and no secret.
fn template(
    member: &str,
    text: &str,
    properties: &[ActionConfigurationProperty],
) -> Result<(), ValidationException> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, tail)) = after.split_once('}') else {
            return Err(ValidationException::new(format!(
                "The {member} has a '{{' without its '}}': {text}"
            )));
        };
        if !is_known(member, name, properties) {
            return Err(ValidationException::new(format!(
                "The {member} contains {{{name}}}; it can contain {{ExternalExecutionId}} and {{Config:<name>}} with names of configuration properties that are required and non-secret"
            )));
        }
        rest = tail;
    }
    Ok(())
}

fn is_known(member: &str, name: &str, properties: &[ActionConfigurationProperty]) -> bool {
    match name.strip_prefix("Config:") {
        Some(key) => {
            let fits =
                |of: &ActionConfigurationProperty| of.name == key && of.required && !of.secret;
            properties.iter().any(fits)
        }
        None => {
            name == "ExternalExecutionId"
                || (name == "RevisionId" && member == "revisionUrlTemplate")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn typed(settings: Value, properties: Value) -> ActionType {
        serde_json::from_value(json!({
            "id": {"category": "Build", "owner": "Custom", "provider": "Forge", "version": "1"},
            "settings": settings,
            "actionConfigurationProperties": properties,
            "inputArtifactDetails": {"minimumCount": 0, "maximumCount": 1},
            "outputArtifactDetails": {"minimumCount": 0, "maximumCount": 1},
        }))
        .expect("fits the model")
    }

    fn property(name: &str, required: bool, secret: bool) -> Value {
        json!({"name": name, "required": required, "key": true, "secret": secret})
    }

    /// Witness: contract, codepipeline section 7.1, last paragraph; `{RevisionId}` by section 6.1.
    #[test]
    fn templates_name_what_is_always_there_and_no_secret() {
        let properties = json!([
            property("Job", true, false),
            property("Note", false, false),
            property("Token", true, true),
        ]);
        let judge = |member: &str, text: &str| {
            check(&typed(json!({member: text}), properties.clone())).is_ok()
        };
        let (entity, execution, revision) = (
            "entityUrlTemplate",
            "executionUrlTemplate",
            "revisionUrlTemplate",
        );
        for member in [entity, execution, revision] {
            assert!(judge(
                member,
                "https://x/{Config:Job}/{ExternalExecutionId}"
            ));
            for bad in [
                "{Config:Note}",
                "{Config:Token}",
                "{Config:Nope}",
                "{Job}",
                "{}",
                "a{b",
            ] {
                assert!(!judge(member, bad), "{member} {bad}");
            }
        }
        assert!(judge(revision, "https://x/{RevisionId}"));
        assert!(!judge(entity, "https://x/{RevisionId}"));
    }

    #[test]
    fn what_is_left_out_makes_no_other_definition() {
        let bare = typed(Value::Null, Value::Null);
        assert!(is_same(&bare, &typed(json!({}), json!([]))));
        assert!(!is_same(
            &bare,
            &typed(json!({}), json!([property("Job", true, false)]))
        ));
    }

    /// Witness: contract, codepipeline section 3.3: `type` is not returned.
    #[test]
    fn the_type_of_a_property_is_kept_and_not_shown() {
        let mut number = property("Job", true, false);
        number["type"] = json!("Number");
        let given = typed(json!({}), json!([number]));
        assert!(!is_same(&given, &shown(given.clone())));
        let shown = shown(given)
            .action_configuration_properties
            .unwrap_or_default();
        assert_eq!(shown[0].r#type, None);
    }
}
