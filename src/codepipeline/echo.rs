//! A declaration as the service gives it back: defaults filled in, secrets hidden.
//!
//! Source: contract, codepipeline section 3.7.

use super::action_types::{ActionTypeView, Types};
use super::catalogue;
use super::validate::{HIDDEN, needs_v2, same_action};
use crate::engine::pipeline::plan::ActionKind;
use codepipeline_api::model::{
    ActionDeclaration, ActionExecutionDetail, ExecutionMode, GitBranchFilterCriteria,
    GitConfiguration, GitPushFilter, PipelineDeclaration, PipelineTriggerDeclaration,
    PipelineTriggerProviderType, PipelineType,
};

type Configuration = std::collections::BTreeMap<String, String>;

/// The declaration as it is stored: every default that AWS shows is written out.
pub fn normalised(mut pipeline: PipelineDeclaration, version: i32) -> PipelineDeclaration {
    let kind = if needs_v2(&pipeline) {
        PipelineType::V2
    } else {
        PipelineType::V1
    };
    pipeline.pipeline_type.get_or_insert(kind);
    pipeline
        .execution_mode
        .get_or_insert(ExecutionMode::Superseded);
    pipeline.version = Some(version);
    default_triggers(&mut pipeline);
    actions(&mut pipeline).for_each(|(_, action)| fill(action));
    pipeline
}

/// Connections of a V2 pipeline that declares no trigger start it on pushes to their branch, unless they are told not to
/// look for changes.
fn default_triggers(pipeline: &mut PipelineDeclaration) {
    let declared = pipeline.triggers.as_ref().is_some_and(|of| !of.is_empty());
    if declared || pipeline.pipeline_type != Some(PipelineType::V2) {
        return;
    }
    let sources = pipeline.stages.iter().flat_map(|stage| &stage.actions);
    let triggers: Vec<_> = sources.filter_map(default_trigger).collect();
    if !triggers.is_empty() {
        pipeline.triggers = Some(triggers);
    }
}

fn default_trigger(source: &ActionDeclaration) -> Option<PipelineTriggerDeclaration> {
    let connection = PipelineTriggerProviderType::CodeStarSourceConnection;
    if source.action_type_id.provider != connection.as_str() {
        return None;
    }
    let configuration = source.configuration.as_ref()?;
    if configuration
        .get("DetectChanges")
        .is_some_and(|of| of == "false")
    {
        return None;
    }
    let branches = GitBranchFilterCriteria {
        includes: Some(vec![configuration.get("BranchName")?.clone()]),
        excludes: None,
    };
    let push = GitPushFilter {
        branches: Some(branches),
        ..GitPushFilter::default()
    };
    let git = GitConfiguration {
        push: Some(vec![push]),
        ..GitConfiguration::new(source.name.clone())
    };
    Some(PipelineTriggerDeclaration::new(connection, git))
}

/// Secrets that the customer sent as `****` keep the value stored under the same stage and action.
pub fn keep_secrets(
    mut pipeline: PipelineDeclaration,
    before: &PipelineDeclaration,
    types: &Types,
) -> PipelineDeclaration {
    for (stage, action) in actions(&mut pipeline) {
        let stored = same_action(before, &stage, &action.name);
        let stored = stored.and_then(|stored| stored.configuration.as_ref());
        let kind = types.find(&action.action_type_id);
        let (Some(stored), Some(kind)) = (stored, kind) else {
            continue;
        };
        for secret in kind.secrets() {
            let given = action.configuration.as_mut();
            let given = given.and_then(|map| map.get_mut(secret));
            let given = given.filter(|value| *value == HIDDEN);
            if let (Some(value), Some(kept)) = (given, stored.get(secret)) {
                value.clone_from(kept);
            }
        }
    }
    pipeline
}

/// The declaration as it is shown.
pub fn shown(mut pipeline: PipelineDeclaration, types: &Types) -> PipelineDeclaration {
    for (_, action) in actions(&mut pipeline) {
        let kind = types.find(&action.action_type_id);
        hide(kind.as_ref(), action.configuration.as_mut());
    }
    pipeline
}

/// The execution of an action as histories show it: the secrets of custom types are hidden too.
pub fn shown_execution(mut detail: ActionExecutionDetail, types: &Types) -> ActionExecutionDetail {
    if let Some(input) = &mut detail.input {
        let kind = input.action_type_id.as_ref().and_then(|id| types.find(id));
        hide(kind.as_ref(), input.configuration.as_mut());
        hide(kind.as_ref(), input.resolved_configuration.as_mut());
    }
    detail
}

fn actions(
    pipeline: &mut PipelineDeclaration,
) -> impl Iterator<Item = (String, &mut ActionDeclaration)> {
    pipeline.stages.iter_mut().flat_map(|stage| {
        let name = stage.name.clone();
        stage
            .actions
            .iter_mut()
            .map(move |action| (name.clone(), action))
    })
}

fn fill(action: &mut ActionDeclaration) {
    action.run_order.get_or_insert(1);
    action.configuration.get_or_insert_default();
    action.input_artifacts.get_or_insert_default();
    action.output_artifacts.get_or_insert_default();
}

/// The configuration of an action as histories show it.
pub fn without_secrets(kind: &ActionKind, mut configuration: Configuration) -> Configuration {
    let category = kind.category.to_string();
    let kind = catalogue::find(&category, &kind.owner, &kind.provider, &kind.version);
    for secret in kind
        .iter()
        .flat_map(|kind| kind.properties())
        .filter(|key| key.secret)
    {
        if let Some(value) = configuration.get_mut(secret.name) {
            HIDDEN.clone_into(value);
        }
    }
    configuration
}

fn hide(kind: Option<&ActionTypeView>, configuration: Option<&mut Configuration>) {
    let (Some(kind), Some(configuration)) = (kind, configuration) else {
        return;
    };
    for secret in kind.secrets() {
        if let Some(value) = configuration.get_mut(secret) {
            HIDDEN.clone_into(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn declaration(configuration: Value) -> PipelineDeclaration {
        serde_json::from_value(json!({
            "name": "p", "roleArn": "arn:aws:iam::000000000000:role/r",
            "stages": [{"name": "Source", "actions": [{
                "name": "S", "configuration": configuration,
                "actionTypeId": {"category": "Source", "owner": "ThirdParty", "provider": "GitHub", "version": "1"},
            }]}],
        }))
        .expect("fits the model")
    }

    fn token(pipeline: &PipelineDeclaration) -> Option<&str> {
        let action = &pipeline.stages[0].actions[0];
        action
            .configuration
            .as_ref()?
            .get("OAuthToken")
            .map(String::as_str)
    }

    /// Witness: contract, codepipeline section 3.7, and traps T1 and T6.
    #[test]
    fn defaults_are_written_out() {
        let pipeline = normalised(declaration(json!({})), 3);
        assert_eq!(pipeline.version, Some(3));
        assert_eq!(pipeline.pipeline_type, Some(PipelineType::V1));
        assert_eq!(pipeline.execution_mode, Some(ExecutionMode::Superseded));
        let action = &pipeline.stages[0].actions[0];
        assert_eq!(action.run_order, Some(1));
        assert_eq!(action.input_artifacts, Some(vec![]));
        assert_eq!(action.output_artifacts, Some(vec![]));
        assert_eq!(action.region, None);
    }

    #[test]
    fn a_pipeline_with_variables_becomes_v2() {
        let mut pipeline = declaration(json!({}));
        pipeline.variables =
            serde_json::from_value(json!([{"name": "X"}])).expect("fits the model");
        assert_eq!(
            normalised(pipeline, 1).pipeline_type,
            Some(PipelineType::V2)
        );
    }

    #[test]
    fn secrets_are_hidden_and_kept() {
        let stored = declaration(json!({"Owner": "o", "OAuthToken": "secret"}));
        let none = Types::default();
        assert_eq!(token(&shown(stored.clone(), &none)), Some("****"));
        let sent = declaration(json!({"Owner": "****", "OAuthToken": "****"}));
        let kept = keep_secrets(sent, &stored, &none);
        assert_eq!(token(&kept), Some("secret"));
        let configuration = kept.stages[0].actions[0].configuration.as_ref();
        let owner = configuration.and_then(|map| map.get("Owner"));
        assert_eq!(owner.map(String::as_str), Some("****"), "no secret");
    }

    /// Witness: contract, codepipeline sections 3.3 and 3.7; a deleted type's secrets stay hidden.
    #[test]
    fn secrets_of_custom_types_are_hidden_and_kept() {
        let definition: codepipeline_api::model::ActionType = serde_json::from_value(json!({
            "id": {"category": "Source", "owner": "Custom", "provider": "Vault", "version": "1"},
            "actionConfigurationProperties": [{"name": "OAuthToken", "required": true, "key": false, "secret": true}],
            "inputArtifactDetails": {"minimumCount": 0, "maximumCount": 0},
            "outputArtifactDetails": {"minimumCount": 1, "maximumCount": 1},
        }))
        .expect("fits the model");
        let custom = |token: &str| {
            let mut pipeline = declaration(json!({"OAuthToken": token}));
            pipeline.stages[0].actions[0].action_type_id = definition.id.clone();
            pipeline
        };
        for deleted in [false, true] {
            let types = Types::with(definition.clone(), deleted);
            assert_eq!(token(&shown(custom("secret"), &types)), Some("****"));
            let kept = keep_secrets(custom("****"), &custom("secret"), &types);
            assert_eq!(token(&kept), Some("secret"));
        }
    }
}
