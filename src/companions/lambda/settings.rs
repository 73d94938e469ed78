//! How a function is to run: what `CreateFunction` and `UpdateFunctionConfiguration` say beside its code.
//!
//! Invariant: what would change how a function runs, and is not done here, is refused; what only describes it is kept and shown.
//!
//! Differs from AWS: Lambda functions have no layers, file systems, VPC connections, dead-letter queues, SnapStart or container images; requests for them are refused.
//! Differs from AWS: Lambda keeps and shows tracing, architectures, temporary storage and KMS keys, and does nothing with them.

use super::errors;
use lambda_api::error::InvalidParameterValueException;
use lambda_api::input::{CreateFunctionInput, UpdateFunctionConfigurationInput};
use lambda_api::model::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const TIMEOUT: u32 = 3;
const LONGEST: i32 = 900;
const MEMORY: u32 = 128;
const MOST_MEMORY: i32 = 10240;
const STORAGE: i32 = 512;
/// Bytes of all names and values.
const MOST_ENVIRONMENT: usize = 4096;
const LONGEST_DESCRIPTION: usize = 256;

type Checked<T> = Result<T, InvalidParameterValueException>;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// As AWS writes it: `python3.12`.
    pub runtime: String,
    pub handler: String,
    pub role: String,
    pub description: String,
    pub timeout: u32,
    /// In MB.
    pub memory: u32,
    pub environment: BTreeMap<String, String>,
    pub kms_key: Option<String>,
    pub tracing: String,
    pub architectures: Vec<String>,
    /// In MB.
    pub storage: i32,
    /// Where its log goes when not to the usual group.
    pub log_group: Option<String>,
}

impl Settings {
    /// What a new function is to be like.
    pub fn new(input: CreateFunctionInput) -> Checked<Self> {
        image(input.package_type, input.image_config.is_some())?;
        let offered = input.code_signing_config_arn.is_none()
            && input.tenancy_config.is_none()
            && input.capacity_provider_config.is_none()
            && input.durable_config.is_none()
            && input.accelerator_config.is_none()
            && input.publish_to.is_none();
        if !offered {
            return Err(errors::not_offered(
                "code signing, tenancy, capacity providers, durable executions or accelerators",
            ));
        }
        let (Some(runtime), Some(handler)) = (input.runtime, input.handler) else {
            return Err(errors::invalid(
                "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
            ));
        };
        let mut settings = Self {
            runtime: runtime.as_str().to_owned(),
            handler,
            role: input.role.clone(),
            description: String::new(),
            timeout: TIMEOUT,
            memory: MEMORY,
            environment: BTreeMap::new(),
            kms_key: None,
            tracing: TracingMode::PassThrough.as_str().to_owned(),
            architectures: architectures(input.architectures),
            storage: STORAGE,
            log_group: None,
        };
        settings.apply(Change {
            role: None,
            runtime: None,
            handler: None,
            description: input.description,
            timeout: input.timeout,
            memory: input.memory_size,
            environment: input.environment,
            kms_key: input.kms_key_arn,
            tracing: input.tracing_config,
            storage: input.ephemeral_storage,
            logging: input.logging_config,
        })?;
        refuse(Asked {
            vpc: input.vpc_config,
            dead_letters: input.dead_letter_config,
            layers: input.layers.is_some_and(|layers| !layers.is_empty()),
            files: input
                .file_system_configs
                .is_some_and(|files| !files.is_empty()),
            snap_start: input.snap_start,
        })?;
        Ok(settings)
    }

    /// What `UpdateFunctionConfiguration` names; the rest stays.
    pub fn change(&mut self, input: UpdateFunctionConfigurationInput) -> Checked<()> {
        image(None, input.image_config.is_some())?;
        if input.capacity_provider_config.is_some()
            || input.durable_config.is_some()
            || input.accelerator_config.is_some()
        {
            return Err(errors::not_offered(
                "capacity providers, durable executions or accelerators",
            ));
        }
        refuse(Asked {
            vpc: input.vpc_config,
            dead_letters: input.dead_letter_config,
            layers: input.layers.is_some_and(|layers| !layers.is_empty()),
            files: input
                .file_system_configs
                .is_some_and(|files| !files.is_empty()),
            snap_start: input.snap_start,
        })?;
        self.apply(Change {
            role: input.role,
            runtime: input.runtime,
            handler: input.handler,
            description: input.description,
            timeout: input.timeout,
            memory: input.memory_size,
            environment: input.environment,
            kms_key: input.kms_key_arn,
            tracing: input.tracing_config,
            storage: input.ephemeral_storage,
            logging: input.logging_config,
        })
    }

    fn apply(&mut self, change: Change) -> Checked<()> {
        if let Some(description) = change.description {
            self.description = described(description)?;
        }
        if let Some(timeout) = change.timeout {
            self.timeout = within("timeout", timeout, LONGEST)?;
        }
        if let Some(memory) = change.memory {
            self.memory = within("memorySize", memory, MOST_MEMORY)?;
        }
        if let Some(environment) = change.environment {
            self.environment = variables(environment)?;
        }
        if let Some(logging) = change.logging {
            self.log_group = log_group(logging)?;
        }
        if let Some(tracing) = change.tracing.and_then(|tracing| tracing.mode) {
            self.tracing = tracing.as_str().to_owned();
        }
        self.kms_key = change
            .kms_key
            .or(self.kms_key.take())
            .filter(|key| !key.is_empty());
        self.storage = change.storage.map_or(self.storage, |storage| storage.size);
        self.role = change.role.unwrap_or(std::mem::take(&mut self.role));
        self.handler = change.handler.unwrap_or(std::mem::take(&mut self.handler));
        if let Some(runtime) = change.runtime {
            self.runtime = runtime.as_str().to_owned();
        }
        Ok(())
    }
}

struct Change {
    role: Option<String>,
    runtime: Option<Runtime>,
    handler: Option<String>,
    description: Option<String>,
    timeout: Option<i32>,
    memory: Option<i32>,
    environment: Option<Environment>,
    kms_key: Option<String>,
    tracing: Option<TracingConfig>,
    storage: Option<EphemeralStorage>,
    logging: Option<LoggingConfig>,
}

struct Asked {
    vpc: Option<VpcConfig>,
    dead_letters: Option<DeadLetterConfig>,
    layers: bool,
    files: bool,
    snap_start: Option<SnapStart>,
}

fn refuse(asked: Asked) -> Checked<()> {
    let filled = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
    let connected = asked
        .vpc
        .is_some_and(|vpc| filled(&vpc.subnet_ids) || filled(&vpc.security_group_ids));
    let dead_letters = asked.dead_letters.and_then(|config| config.target_arn);
    let snap_start = asked.snap_start.and_then(|config| config.apply_on);
    let wanted = [
        (connected, "VPC connections"),
        (
            dead_letters.is_some_and(|target| !target.is_empty()),
            "dead-letter queues",
        ),
        (asked.layers, "layers"),
        (asked.files, "file systems"),
        (
            snap_start.is_some_and(|on| on != SnapStartApplyOn::None),
            "SnapStart",
        ),
    ];
    match wanted.iter().find(|(wanted, _)| *wanted) {
        Some((_, what)) => Err(errors::not_offered(what)),
        None => Ok(()),
    }
}

fn image(package: Option<PackageType>, configured: bool) -> Checked<()> {
    match configured || package == Some(PackageType::Image) {
        true => Err(errors::not_offered("container images")),
        false => Ok(()),
    }
}

fn architectures(given: Option<Vec<Architecture>>) -> Vec<String> {
    let named = given.unwrap_or_default();
    match named.is_empty() {
        true => vec!["x86_64".to_owned()],
        false => named.iter().map(|one| one.as_str().to_owned()).collect(),
    }
}

/// The model's bounds are wider than those of functions with a deployment package.
fn within(name: &str, value: i32, most: i32) -> Checked<u32> {
    match u32::try_from(value) {
        Ok(number) if value <= most => Ok(number),
        _ => Err(errors::invalid(format!(
            "1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: Member must have value less than or equal to {most}"
        ))),
    }
}

fn described(description: String) -> Checked<String> {
    match description.chars().count() > LONGEST_DESCRIPTION {
        true => Err(errors::invalid(format!(
            "1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to {LONGEST_DESCRIPTION}"
        ))),
        false => Ok(description),
    }
}

fn variables(given: Environment) -> Checked<BTreeMap<String, String>> {
    let variables = given.variables.unwrap_or_default();
    let reserved: Vec<&str> = variables
        .keys()
        .map(String::as_str)
        .filter(|name| is_reserved(name))
        .collect();
    if !reserved.is_empty() {
        return Err(errors::reserved_names(&reserved.join(", ")));
    }
    let size: usize = variables
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    match size > MOST_ENVIRONMENT {
        true => Err(errors::large_environment()),
        false => Ok(variables),
    }
}

/// Names that Lambda sets itself (developer guide, "Reserved environment variables").
fn is_reserved(name: &str) -> bool {
    matches!(
        name,
        "_HANDLER"
            | "_X_AMZN_TRACE_ID"
            | "AWS_DEFAULT_REGION"
            | "AWS_REGION"
            | "AWS_EXECUTION_ENV"
            | "AWS_LAMBDA_FUNCTION_NAME"
            | "AWS_LAMBDA_FUNCTION_MEMORY_SIZE"
            | "AWS_LAMBDA_FUNCTION_VERSION"
            | "AWS_LAMBDA_INITIALIZATION_TYPE"
            | "AWS_LAMBDA_LOG_GROUP_NAME"
            | "AWS_LAMBDA_LOG_STREAM_NAME"
            | "AWS_ACCESS_KEY"
            | "AWS_ACCESS_KEY_ID"
            | "AWS_SECRET_ACCESS_KEY"
            | "AWS_SESSION_TOKEN"
            | "AWS_LAMBDA_RUNTIME_API"
            | "LAMBDA_TASK_ROOT"
            | "LAMBDA_RUNTIME_DIR"
    )
}

fn log_group(logging: LoggingConfig) -> Checked<Option<String>> {
    match logging.log_format {
        Some(LogFormat::Json) => Err(errors::not_offered("logs in JSON")),
        _ => Ok(logging.log_group),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> CreateFunctionInput {
        CreateFunctionInput {
            runtime: Some(Runtime::Python312),
            handler: Some("app.handler".to_owned()),
            ..CreateFunctionInput::new(
                "f",
                "arn:aws:iam::123456789012:role/r",
                FunctionCode::default(),
            )
        }
    }

    // Witness: API reference, CreateFunction, the members' defaults.
    #[test]
    fn a_function_has_aws_defaults() {
        let settings = Settings::new(input()).unwrap();
        assert_eq!(
            (settings.timeout, settings.memory, settings.storage),
            (3, 128, 512)
        );
        assert_eq!(settings.runtime, "python3.12");
        assert_eq!(settings.architectures, ["x86_64"]);
    }

    #[test]
    fn what_is_not_done_is_refused() {
        let layered = CreateFunctionInput {
            layers: Some(vec!["arn:aws:lambda:us-east-1:1:layer:l:1".to_owned()]),
            ..input()
        };
        assert!(
            Settings::new(layered)
                .unwrap_err()
                .message
                .contains("layers")
        );
        let imaged = CreateFunctionInput {
            package_type: Some(PackageType::Image),
            ..input()
        };
        assert!(Settings::new(imaged).is_err());
        let nothing = CreateFunctionInput {
            layers: Some(Vec::new()),
            vpc_config: Some(VpcConfig::default()),
            ..input()
        };
        assert!(Settings::new(nothing).is_ok());
    }

    #[test]
    fn reserved_variables_and_large_environments_are_refused() {
        let with = |name: &str, value: String| {
            let variables = Some(BTreeMap::from([(name.to_owned(), value)]));
            Settings::new(CreateFunctionInput {
                environment: Some(Environment { variables }),
                ..input()
            })
        };
        assert!(
            with("AWS_REGION", "x".to_owned())
                .unwrap_err()
                .message
                .ends_with("AWS_REGION")
        );
        assert!(with("BIG", "x".repeat(5000)).is_err());
        assert_eq!(with("A1", "b".to_owned()).unwrap().environment["A1"], "b");
    }
}
