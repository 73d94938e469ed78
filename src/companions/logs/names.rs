//! ARNs of groups and streams, and the identifiers that requests carry: a name, or an ARN with or without `:*`.

use super::errors;
use super::store::GroupKey;
use crate::aws::{Scope, arn::Arn};
use crate::server::fault;
use slipway_runtime::CommonError;

/// `arn:…:log-group:<name>`, as in `logGroupArn` and in tags' operations.
pub fn group_arn(scope: &Scope, group: &str) -> String {
    Arn::regional("logs", scope, format!("log-group:{group}")).to_string()
}

/// With `:*`, as in `arn` and in policies.
pub fn wildcard_arn(scope: &Scope, group: &str) -> String {
    format!("{}:*", group_arn(scope, group))
}

pub fn stream_arn(scope: &Scope, group: &str, stream: &str) -> String {
    format!("{}:log-stream:{stream}", group_arn(scope, group))
}

/// The group that one of `logGroupName` and `logGroupIdentifier` names. Groups of other accounts and regions are not seen.
pub fn group_of<E>(
    scope: &Scope,
    name: Option<String>,
    identifier: Option<String>,
) -> Result<GroupKey, E>
where
    E: From<CommonError> + From<logs_api::error::ResourceNotFoundException>,
{
    match (name, identifier) {
        (Some(name), None) => Ok((scope.clone(), name)),
        (None, Some(identifier)) => {
            let found = identified(scope, &identifier);
            Ok(found.ok_or_else(errors::no_group)?)
        }
        (Some(_), Some(_)) => Err(invalid(
            "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
        )),
        (None, None) => Err(invalid(
            "Either LogGroup name or LogGroup ARN must be specified.",
        )),
    }
}

fn invalid<E: From<CommonError>>(text: &str) -> E {
    CommonError::from(fault::Invalid::new(text)).into()
}

/// A name, or the ARN of a group in this scope.
pub fn identified(scope: &Scope, identifier: &str) -> Option<GroupKey> {
    if !identifier.starts_with("arn:") {
        return Some((scope.clone(), identifier.to_owned()));
    }
    let arn = Arn::parse(identifier)?;
    let name = arn.resource.strip_prefix("log-group:")?;
    let name = name.strip_suffix(":*").unwrap_or(name);
    let ours = arn.service == "logs" && arn.scope().as_ref() == Some(scope);
    let whole = !name.is_empty() && !name.contains(':');
    (ours && whole).then(|| (scope.clone(), name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{Account, Region};

    #[test]
    fn a_group_is_identified_by_name_and_by_both_forms_of_its_arn() {
        let account = Account::parse("123456789012").unwrap();
        let scope = Scope::new(account, Region::parse("eu-west-1").unwrap());
        let name = "/aws/codebuild/p#1";
        let key = Some((scope.clone(), name.to_owned()));
        assert_eq!(identified(&scope, name), key);
        assert_eq!(identified(&scope, &group_arn(&scope, name)), key);
        assert_eq!(identified(&scope, &wildcard_arn(&scope, name)), key);
        for other in [
            "arn:aws:logs:eu-west-2:123456789012:log-group:a",
            "arn:aws:logs:eu-west-1:123456789012:log-group:a:log-stream:s",
            "arn:aws:logs:eu-west-1:123456789012:destination:a",
            "arn:aws:s3:eu-west-1:123456789012:log-group:a",
            "arn:aws:logs",
        ] {
            assert_eq!(identified(&scope, other), None, "{other}");
        }
    }
}
