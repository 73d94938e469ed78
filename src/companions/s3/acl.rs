//! Access control lists: stored and shown, never enforced.
//!
//! Differs from AWS: ACLs, bucket policies and public access blocks are stored and shown; access is decided by the account alone.

use super::errors;
use crate::aws::Account;
use s3s::S3Error;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";
const MOST_GRANTS: usize = 100;

/// What the customer asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Acl {
    #[default]
    Private,
    Canned(String),
    Grants(Vec<Grant>),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub grantee: Grantee,
    /// `FULL_CONTROL`, `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP`.
    pub permission: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grantee {
    /// A canonical user id.
    User(String),
    Email(String),
    /// A URI.
    Group(String),
}

/// What a canned ACL may be applied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Bucket,
    Object,
}

impl Acl {
    pub fn canned(name: &str, target: Target) -> Result<Self, S3Error> {
        let known = match target {
            Target::Bucket => &[
                "private",
                "public-read",
                "public-read-write",
                "authenticated-read",
                "log-delivery-write",
            ][..],
            Target::Object => &[
                "private",
                "public-read",
                "public-read-write",
                "authenticated-read",
                "aws-exec-read",
                "bucket-owner-read",
                "bucket-owner-full-control",
            ],
        };
        match known.contains(&name) {
            true if name == "private" => Ok(Self::Private),
            true => Ok(Self::Canned(name.to_owned())),
            false => Err(errors::invalid_argument(
                "The canned ACL is not one that exists",
            )),
        }
    }

    pub fn of_grants(grants: Vec<Grant>) -> Result<Self, S3Error> {
        match grants.len() {
            0..=MOST_GRANTS => Ok(Self::Grants(grants)),
            _ => Err(errors::invalid_request("An ACL can have up to 100 grants.")),
        }
    }

    /// Whether a bucket that enforces its owner's ownership takes it.
    pub fn fits_enforced_ownership(&self) -> bool {
        matches!(self, Self::Canned(name) if name == "bucket-owner-full-control")
    }

    /// The list as it is shown.
    pub fn grants(&self, owner: &Account) -> Vec<Grant> {
        match self {
            Self::Private => vec![owners(owner)],
            Self::Canned(name) => canned_grants(name, owner),
            Self::Grants(grants) => grants.clone(),
        }
    }
}

fn owners(owner: &Account) -> Grant {
    Grant {
        grantee: Grantee::User(canonical_id(owner)),
        permission: "FULL_CONTROL".to_owned(),
    }
}

fn canned_grants(name: &str, owner: &Account) -> Vec<Grant> {
    let others: &[(&str, &str)] = match name {
        "public-read" => &[(ALL_USERS, "READ")],
        "public-read-write" => &[(ALL_USERS, "READ"), (ALL_USERS, "WRITE")],
        "authenticated-read" => &[(AUTHENTICATED, "READ")],
        "log-delivery-write" => &[(LOG_DELIVERY, "WRITE"), (LOG_DELIVERY, "READ_ACP")],
        _ => &[],
    };
    let grant = |(group, permission): &(&str, &str)| Grant {
        grantee: Grantee::Group((*group).to_owned()),
        permission: (*permission).to_owned(),
    };
    std::iter::once(owners(owner))
        .chain(others.iter().map(grant))
        .collect()
}

/// From an `x-amz-grant-…` header: `id="…", uri="…", emailAddress="…"`.
pub fn grants_of_header(header: &str, permission: &str) -> Result<Vec<Grant>, S3Error> {
    let one = |text: &str| {
        let (kind, value) = text.trim().split_once('=')?;
        let value = value.trim().trim_matches('"').to_owned();
        let grantee = match kind.trim() {
            "id" => Grantee::User(value),
            "emailAddress" => Grantee::Email(value),
            "uri" => Grantee::Group(value),
            _ => return None,
        };
        Some(Grant {
            grantee,
            permission: permission.to_owned(),
        })
    };
    let grants: Option<Vec<Grant>> = header.split(',').map(one).collect();
    grants.ok_or_else(|| errors::invalid_argument("Argument format not recognized"))
}

/// The 64-letter id by which S3 names an account.
pub fn canonical_id(account: &Account) -> String {
    hex::encode(Sha256::digest(account.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> Account {
        Account::parse("111122223333").unwrap()
    }

    /// Witness: AWS, "Access control list (ACL) overview", canned ACLs.
    #[test]
    fn canned_lists_are_shown_as_grants() {
        let shown = |name| {
            Acl::canned(name, Target::Bucket)
                .unwrap()
                .grants(&account())
                .len()
        };
        assert_eq!(shown("private"), 1);
        assert_eq!(shown("public-read"), 2);
        assert_eq!(shown("log-delivery-write"), 3);
        assert!(Acl::canned("bucket-owner-read", Target::Bucket).is_err());
        assert!(Acl::canned("nonsense", Target::Object).is_err());
    }

    #[test]
    fn grant_headers_name_grantees_of_three_kinds() {
        let grants =
            grants_of_header(r#"id="abc", uri="http://x", emailAddress=a@b"#, "READ").unwrap();
        assert_eq!(grants.len(), 3);
        assert!(grants_of_header("nobody", "READ").is_err());
    }
}
