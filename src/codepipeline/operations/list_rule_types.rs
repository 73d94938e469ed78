//! ListRuleTypes: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListRuleTypes.html>

use crate::aws::Region;
use crate::codepipeline::catalogue::Property;
use crate::codepipeline::rule_types::{self, RuleType};
use crate::codepipeline::{descriptions, errors};
use crate::server::call::Call;
use codepipeline_api::error::ListRuleTypesError;
use codepipeline_api::input::ListRuleTypesInput;
use codepipeline_api::model as api;
use codepipeline_api::output::ListRuleTypesOutput;

/// The whole catalogue on one page: AWS owns every type, and every region has them.
pub async fn list_rule_types(
    input: ListRuleTypesInput,
    _call: Call,
) -> Result<ListRuleTypesOutput, ListRuleTypesError> {
    if let Some(region) = input.region_filter.filter(|of| Region::parse(of).is_none()) {
        return Err(errors::unknown_region(&region).into());
    }
    Ok(ListRuleTypesOutput {
        rule_types: rule_types::TYPES.iter().map(rule_type).collect(),
    })
}

fn rule_type(of: &'static RuleType) -> api::RuleType {
    let id = api::RuleTypeId {
        owner: Some(api::RuleOwner::Aws),
        version: Some(rule_types::VERSION.to_owned()),
        ..api::RuleTypeId::new(api::RuleCategory::Rule, of.provider)
    };
    let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    let inputs = api::ArtifactDetails::new(count(of.inputs.0), count(of.inputs.1));
    api::RuleType {
        settings: Some(api::RuleTypeSettings::default()),
        rule_configuration_properties: Some(of.properties().map(property).collect()),
        ..api::RuleType::new(id, inputs)
    }
}

fn property(of: Property<'_>) -> api::RuleConfigurationProperty {
    let key = of.required && !of.secret;
    api::RuleConfigurationProperty {
        queryable: Some(of.queryable),
        description: descriptions::of(of.name).map(str::to_owned),
        ..api::RuleConfigurationProperty::new(of.name, of.required, key, of.secret)
    }
}
