//! ListActionTypes: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListActionTypes.html>

use crate::aws::{Region, Scope};
use crate::codepipeline::catalogue::{self, Property};
use crate::codepipeline::{custom_types, descriptions, errors};
use crate::server::call::Call;
use crate::store::Direction;
use codepipeline_api::error::ListActionTypesError;
use codepipeline_api::input::ListActionTypesInput;
use codepipeline_api::model::{
    ActionCategory, ActionConfigurationProperty, ActionOwner, ActionType, ActionTypeId,
    ActionTypeSettings, ArtifactDetails,
};
use codepipeline_api::output::ListActionTypesOutput;

/// AWS's own types, its partners', then the customer's own of the region asked for: all on one page, so that no token is good.
pub async fn list_action_types(
    input: ListActionTypesInput,
    call: Call,
) -> Result<ListActionTypesOutput, ListActionTypesError> {
    if let Some(token) = &input.next_token {
        return Err(errors::invalid_token(token).into());
    }
    let scope = match &input.region_filter {
        Some(name) => {
            let region = Region::parse(name).ok_or_else(|| errors::unknown_region(name))?;
            Scope::new(call.scope.account, region)
        }
        None => call.scope,
    };
    let wanted = |owner: ActionOwner| input.action_owner_filter.is_none_or(|of| of == owner);
    let known = catalogue::TYPES.iter().filter_map(|of| known(of, &scope));
    let mut types: Vec<_> = known.filter(|of| wanted(of.id.owner)).collect();
    if wanted(ActionOwner::Custom) {
        let tables = &call.app.codepipeline.tables;
        let range = tables.action_types_in(&scope);
        let rows = tables
            .action_types
            .range(range, Direction::Forward, usize::MAX);
        types.extend(
            rows.iter()
                .map(|(_, row)| custom_types::shown((**row).clone())),
        );
    }
    Ok(ListActionTypesOutput {
        action_types: types,
        next_token: None,
    })
}

/// A type of the catalogue in the model's words.
fn known(of: &catalogue::ActionType, scope: &Scope) -> Option<ActionType> {
    let category = ActionCategory::try_from(of.category).ok()?;
    let id = ActionTypeId::new(
        category,
        ActionOwner::try_from(of.owner).ok()?,
        of.provider,
        "1",
    );
    let url = |template: Option<&str>| template.map(|of| of.replace("<r>", scope.region.as_str()));
    let settings = ActionTypeSettings {
        third_party_configuration_url: None,
        entity_url_template: url(of.entity_url),
        execution_url_template: url(of.execution_url),
        revision_url_template: url(of.revision_url),
    };
    Some(ActionType {
        settings: Some(settings),
        action_configuration_properties: Some(of.properties().map(property).collect()),
        ..ActionType::new(id, details(of.inputs), details(of.outputs))
    })
}

fn details((least, most): (usize, usize)) -> ArtifactDetails {
    let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    ArtifactDetails::new(count(least), count(most))
}

/// What must be given and may be shown tells one configuration from another: such properties are keys.
fn property(of: Property<'_>) -> ActionConfigurationProperty {
    let key = of.required && !of.secret;
    ActionConfigurationProperty {
        queryable: Some(of.queryable),
        description: descriptions::of(of.name).map(str::to_owned),
        ..ActionConfigurationProperty::new(of.name, of.required, key, of.secret)
    }
}
