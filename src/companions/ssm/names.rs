//! Rules for names of parameters, and their ARNs.

use super::errors::{invalid, reserved};
use crate::aws::{Scope, arn::Arn};
use slipway_runtime::CommonError;
use ssm_api::error::HierarchyLevelLimitExceededException;

/// Levels of a hierarchy, at most.
const LEVELS: usize = 15;

const RULES: &str = "If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed \
    as a mix of letters, numbers and the following 3 symbols .-_";

const PATH_RULES: &str = "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a \
    forward slash \"/\". It can't be prefixed with \"aws\" or \"ssm\" (case-insensitive). It must use only letters, numbers, or \
    the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if \
    specified, must use the forward slash symbol \"/\". Valid example: /get/parameters2-/by1./path0_.";

/// Checks the name of a parameter to be written.
pub fn check_new<E>(name: &str) -> Result<(), E>
where
    E: From<CommonError> + From<HierarchyLevelLimitExceededException>,
{
    let first = name.trim_start_matches('/').to_ascii_lowercase();
    if first.starts_with("aws") {
        return Err(reserved(name));
    }
    if first.starts_with("ssm") {
        return Err(invalid(format!(
            "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). {RULES}"
        )));
    }
    if name.contains('/') && !name.starts_with('/') {
        return Err(invalid("Parameter name must be a fully qualified name."));
    }
    let path = name.strip_prefix('/').unwrap_or(name);
    let mut steps = path.split('/');
    if !steps.all(|step| !step.is_empty() && step.chars().all(is_allowed)) {
        return Err(invalid(format!("Parameter name: {RULES}")));
    }
    match path.split('/').count() > LEVELS {
        true => Err(HierarchyLevelLimitExceededException::new(format!(
            "A parameter name can't have more than {LEVELS} levels: {name}"
        ))
        .into()),
        false => Ok(()),
    }
}

/// Checks a path that parameters are asked by; yields it with a slash at its end.
pub fn check_path<E: From<CommonError>>(path: &str) -> Result<String, E> {
    let rest = path.strip_prefix('/');
    let fits = |rest: &str| {
        rest.chars()
            .all(|letter| letter == '/' || is_allowed(letter))
    };
    match rest.is_some_and(fits) && !path.contains("//") {
        true => Ok(format!("{}/", path.trim_end_matches('/'))),
        false => Err(invalid(PATH_RULES)),
    }
}

fn is_allowed(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_')
}

pub fn arn(scope: &Scope, name: &str) -> String {
    let slash = if name.starts_with('/') { "" } else { "/" };
    Arn::regional("ssm", scope, format!("parameter{slash}{name}")).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ssm_api::error::PutParameterError;

    // Documented: the API reference's page of PutParameter, `Name`.
    #[test]
    fn names_are_words_or_paths_of_at_most_fifteen_levels() {
        let check = |name: &str| check_new::<PutParameterError>(name).is_ok();
        for good in [
            "a",
            "/a",
            "/a/b-c/d_e.f",
            "A1",
            &format!("{}/x", "/l".repeat(14)),
        ] {
            assert!(check(good), "{good}");
        }
        let deep = "/l".repeat(16);
        for bad in [
            "", "/", "a/b", "/a//b", "/a/", "a b", "aws-x", "/aws/x", "AWSx", "ssm", "/SSM/x", "ä",
            &deep,
        ] {
            assert!(!check(bad), "{bad}");
        }
    }

    #[test]
    fn a_path_begins_with_a_slash() {
        let check = |path: &str| check_path::<ssm_api::error::GetParametersByPathError>(path).ok();
        assert_eq!(check("/a/b").as_deref(), Some("/a/b/"));
        assert_eq!(check("/a/").as_deref(), Some("/a/"));
        assert_eq!(check("/").as_deref(), Some("/"));
        assert_eq!(check("a"), None);
        assert_eq!(check("/a b"), None);
        assert_eq!(check("//"), None);
    }
}
