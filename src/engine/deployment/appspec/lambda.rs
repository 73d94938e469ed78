//! The AppSpec of a Lambda deployment: which alias goes from which version to which.
//!
//! Source: contract, codedeploy section 6.1.

use super::reader::{self, AppSpecError, Read, required, required_text};
use crate::aws::Arn;
use crate::engine::build::buildspec::yaml::Node;
use serde::{Deserialize, Serialize};

/// An AppSpec that was understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LambdaSpec {
    /// Name or ARN, as it is written.
    pub function: String,
    pub alias: String,
    /// Numbers of published versions.
    pub current: String,
    pub target: String,
    /// Functions, by name or ARN.
    pub before_allow_traffic: Option<String>,
    pub after_allow_traffic: Option<String>,
}

/// Reads an AppSpec, JSON or YAML.
pub fn lambda(bytes: &[u8]) -> Read<LambdaSpec> {
    let root = reader::root(bytes)?;
    let (path, properties) = reader::resource(&root, "AWS::Lambda::Function")?;
    let text = |key: &str| required_text(properties, key, &path);
    let function = text("Name")?.to_owned();
    let alias = text("Alias")?.to_owned();
    let current = version(properties, "CurrentVersion", &path)?;
    let target = version(properties, "TargetVersion", &path)?;
    let [before_allow_traffic, after_allow_traffic] =
        reader::hooks(&root, ["BeforeAllowTraffic", "AfterAllowTraffic"])?;
    Ok(LambdaSpec {
        function,
        alias,
        current,
        target,
        before_allow_traffic,
        after_allow_traffic,
    })
}

/// The number of a published version, `$LATEST` is none.
fn version(properties: &Node, key: &str, path: &str) -> Read<String> {
    let node = required(properties, key, path)?;
    let path = format!("{path}.{key}");
    let text = reader::text(node, &path)?;
    let number = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    match number {
        true => Ok(text.to_owned()),
        false => Err(AppSpecError::at(
            &path,
            format!("expected the number of a published version, found {text}"),
            node,
        )),
    }
}

/// The plain name of a function that is given by name or ARN.
pub fn function_name(text: &str) -> &str {
    if Arn::parse(text).is_none() {
        return text;
    }
    let mut parts = text.split(':').skip_while(|part| *part != "function");
    parts.nth(1).unwrap_or(text)
}

impl LambdaSpec {
    /// `<function>:<alias>`.
    pub fn target_id(&self) -> String {
        format!("{}:{}", function_name(&self.function), self.alias)
    }
}
