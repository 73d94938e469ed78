//! ARNs and identifiers of roles and policies.

use crate::aws::{Account, Arn, ids};
use sha2::{Digest, Sha256};

/// How ARNs of policies that AWS offers to every account begin.
pub const POLICIES_OF_AWS: &str = "arn:aws:iam::aws:policy/";

/// The ARN of a role, in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleArn {
    pub account: Account,
    /// Begins and ends with `/`.
    pub path: String,
    pub name: String,
}

impl RoleArn {
    /// `None` for everything that is no role's ARN.
    pub fn parse(text: &str) -> Option<Self> {
        let arn = Arn::parse(text).filter(|arn| arn.service == "iam" && arn.region.is_empty())?;
        let (path, name) = arn.resource.strip_prefix("role")?.rsplit_once('/')?;
        (path.is_empty() || path.starts_with('/')).then_some(())?;
        Some(Self {
            account: Account::parse(&arn.account)?,
            path: format!("{path}/"),
            name: (!name.is_empty()).then(|| name.to_owned())?,
        })
    }
}

pub fn role_arn(account: &Account, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:role{path}{name}")
}

pub fn policy_arn(account: &Account, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:policy{path}{name}")
}

/// Path and name inside the ARN of a policy. `None` for everything else.
pub fn policy_parts(arn: &str) -> Option<(String, String)> {
    let arn = Arn::parse(arn).filter(|arn| arn.service == "iam" && arn.region.is_empty())?;
    let (path, name) = arn.resource.strip_prefix("policy")?.rsplit_once('/')?;
    let valid = !name.is_empty() && (path.is_empty() || path.starts_with('/'));
    valid.then(|| (format!("{path}/"), name.to_owned()))
}

/// An identifier such as `AROA` and 17 more characters.
pub fn id(prefix: &str) -> String {
    format!("{prefix}{}", ids::alphanumeric(17).to_uppercase())
}

/// The identifier of something that has none stored: always the same for the same text.
pub fn id_of(prefix: &str, text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let letters = digest
        .iter()
        .take(17)
        .map(|byte| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[usize::from(byte % 32)]));
    letters.fold(prefix.to_owned(), |mut id, letter| {
        id.push(letter);
        id
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_arns_with_and_without_a_path_are_understood() {
        let of = |text: &str| RoleArn::parse(text).map(|arn| (arn.path, arn.name));
        let parts = |path: &str, name: &str| Some((path.to_owned(), name.to_owned()));
        assert_eq!(of("arn:aws:iam::123456789012:role/r"), parts("/", "r"));
        let service_role = "arn:aws:iam::123456789012:role/service-role/r";
        assert_eq!(of(service_role), parts("/service-role/", "r"));
    }

    #[test]
    fn other_texts_are_no_role_arns() {
        for text in [
            "r",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:role",
            "arn:aws:iam::123456789012:rolex/r",
            "arn:aws:iam::12:role/r",
            "arn:aws:iam::123456789012:user/r",
            "arn:aws:iam:us-east-1:123456789012:role/r",
        ] {
            assert_eq!(RoleArn::parse(text), None, "{text}");
        }
    }

    #[test]
    fn policy_arns_give_path_and_name() {
        let of = |path: &str, name: &str| Some((path.to_owned(), name.to_owned()));
        assert_eq!(
            policy_parts("arn:aws:iam::aws:policy/service-role/X"),
            of("/service-role/", "X")
        );
        assert_eq!(
            policy_parts("arn:aws:iam::123456789012:policy/X"),
            of("/", "X")
        );
        assert_eq!(policy_parts("arn:aws:iam::aws:policy/"), None);
        assert_eq!(policy_parts("X"), None);
    }
}
