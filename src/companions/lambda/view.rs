//! Rows as clients see them.

use super::companion::Found;
use super::names;
use super::store::{Alias, AliasKey, FunctionKey, Version};
use crate::aws::Time;
use lambda_api::model::{
    AliasConfiguration, AliasRoutingConfiguration, Architecture, EnvironmentResponse,
    EphemeralStorage, FunctionConfiguration, LastUpdateStatus, LogFormat, LoggingConfig,
    PackageType, Runtime, SnapStartApplyOn, SnapStartOptimizationStatus, SnapStartResponse, State,
    TracingConfigResponse, TracingMode,
};
use lambda_api::output::*;

/// A version as configuration; `qualifier` ends its ARN, where there is one.
pub fn configuration(
    key: &FunctionKey,
    qualifier: Option<&str>,
    number: &str,
    version: &Version,
) -> FunctionConfiguration {
    let (settings, code) = (&version.settings, &version.code);
    let architectures = settings.architectures.iter();
    let variables = (!settings.environment.is_empty()).then(|| settings.environment.clone());
    FunctionConfiguration {
        function_name: Some(key.1.clone()),
        function_arn: Some(names::arn(key, qualifier)),
        runtime: Runtime::try_from(settings.runtime.as_str()).ok(),
        role: Some(settings.role.clone()),
        handler: Some(settings.handler.clone()),
        code_size: i64::try_from(code.size).ok(),
        description: Some(settings.description.clone()),
        timeout: i32::try_from(settings.timeout).ok(),
        memory_size: i32::try_from(settings.memory).ok(),
        last_modified: Some(modified(version.modified)),
        code_sha256: Some(code.sha256.clone()),
        version: Some(number.to_owned()),
        environment: variables.map(|variables| EnvironmentResponse {
            variables: Some(variables),
            error: None,
        }),
        kms_key_arn: settings.kms_key.clone(),
        tracing_config: Some(TracingConfigResponse {
            mode: TracingMode::try_from(settings.tracing.as_str()).ok(),
        }),
        revision_id: Some(version.revision.clone()),
        state: Some(State::Active),
        last_update_status: Some(LastUpdateStatus::Successful),
        package_type: Some(PackageType::Zip),
        architectures: Some(
            architectures
                .filter_map(|one| Architecture::try_from(one.as_str()).ok())
                .collect(),
        ),
        ephemeral_storage: Some(EphemeralStorage::new(settings.storage)),
        snap_start: Some(SnapStartResponse {
            apply_on: Some(SnapStartApplyOn::None),
            optimization_status: Some(SnapStartOptimizationStatus::Off),
        }),
        logging_config: Some(LoggingConfig {
            log_format: Some(LogFormat::Text),
            log_group: Some(log_group(key, version)),
            ..LoggingConfig::default()
        }),
        ..FunctionConfiguration::default()
    }
}

/// What was found under a name and a qualifier; the ARN says both.
pub fn found(key: &FunctionKey, qualifier: Option<&str>, found: &Found) -> FunctionConfiguration {
    configuration(key, qualifier, &found.number, &found.version)
}

/// Where the function's log goes.
pub fn log_group(key: &FunctionKey, version: &Version) -> String {
    let usual = || format!("/aws/lambda/{}", key.1);
    version.settings.log_group.clone().unwrap_or_else(usual)
}

/// `2026-11-28T18:30:53.000+0000`
fn modified(time: Time) -> String {
    let text = jiff::Timestamp::from_millisecond(time.millis()).unwrap_or_default();
    text.strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}

pub fn alias(key: &AliasKey, alias: &Alias) -> AliasConfiguration {
    let function = (key.0.clone(), key.1.clone());
    let weights = (!alias.weights.is_empty()).then(|| AliasRoutingConfiguration {
        additional_version_weights: Some(alias.weights.clone()),
    });
    AliasConfiguration {
        alias_arn: Some(names::arn(&function, Some(&key.2))),
        name: Some(key.2.clone()),
        function_version: Some(alias.version.clone()),
        description: Some(alias.description.clone()),
        routing_config: weights,
        revision_id: Some(alias.revision.clone()),
    }
}

/// Each operation has an output of its own, although the model gives several the same shape.
macro_rules! same_shape {
    (@one $shape:ident { $($field:ident),+ $(,)? } $name:ident $output:ident) => {
        pub fn $name(shown: $shape) -> $output {
            $output { $($field: shown.$field),+ }
        }
    };
    ($shape:ident $fields:tt $($name:ident => $output:ident),+ $(,)?) => {
        $(same_shape!(@one $shape $fields $name $output);)+
    };
}

same_shape! {
    FunctionConfiguration {
        function_name, function_arn, runtime, role, handler, code_size, description, timeout,
        memory_size, last_modified, code_sha256, version, vpc_config, dead_letter_config,
        environment, kms_key_arn, tracing_config, master_arn, revision_id, layers, state,
        state_reason, state_reason_code, last_update_status, last_update_status_reason,
        last_update_status_reason_code, file_system_configs, signing_profile_version_arn,
        signing_job_arn, package_type, image_config_response, architectures, ephemeral_storage,
        snap_start, runtime_version_config, logging_config, tenancy_config,
        capacity_provider_config, config_sha256, durable_config, runtime_config,
        accelerator_config,
    }
    created => CreateFunctionOutput,
    got => GetFunctionConfigurationOutput,
    recoded => UpdateFunctionCodeOutput,
    reconfigured => UpdateFunctionConfigurationOutput,
    published => PublishVersionOutput,
}

same_shape! {
    AliasConfiguration { alias_arn, name, function_version, description, routing_config, revision_id }
    alias_created => CreateAliasOutput,
    alias_got => GetAliasOutput,
    alias_updated => UpdateAliasOutput,
}
