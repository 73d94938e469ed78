//! Resource policies of projects and report groups, and whom they share them with.
//!
//! Invariant: a policy's text is kept as it was given; it goes with its resource.
//!
//! Source: contract, codebuild sections 3.6 and 12.6.

// Differs from AWS: what another account shares is listed by ListSharedProjects and ListSharedReportGroups, but read by its owner alone.

use super::errors::{self, invalid};
use super::names::{self, PROJECT, REPORT_GROUP};
use super::pages::{List, Page};
use super::store::Tables;
use crate::aws::{Account, Arn, Region, Scope, Time};
use crate::store::{Builder, Index, Table, Txn};
use codebuild_api::error::InvalidInputException;
use codebuild_api::model::SharedResourceSortByType;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// Scope and the resource's ARN.
pub type PolicyKey = (Scope, String);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    pub text: String,
    pub changed: Time,
    /// Other accounts that it allows something.
    pub shared_with: BTreeSet<Account>,
}

/// Account and region of whoever looks, the word for the resources, and their ARN.
type ByArn = (Account, Region, String, String);
type ByTime = (Account, Region, String, Time, String);

/// The table and the lists of what is shared with an account; cheap to clone.
#[derive(Clone)]
pub struct Policies {
    pub rows: Table<PolicyKey, Policy>,
    shared_by_arn: Index<ByArn, PolicyKey>,
    shared_by_time: Index<ByTime, PolicyKey>,
}

/// A resource that can have a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resource {
    Project(String),
    ReportGroup(String),
}

impl Policies {
    pub fn declare(b: &mut Builder) -> Self {
        let rows = b.table("codebuild.policies");
        Self {
            shared_by_arn: b.index(&rows, |key: &PolicyKey, policy: &Policy| {
                let (region, kind, arn) = (&key.0.region, kind(&key.1), &key.1);
                let at =
                    |account: &Account| (account.clone(), region.clone(), kind.into(), arn.clone());
                policy.shared_with.iter().map(at).collect()
            }),
            shared_by_time: b.index(&rows, |key: &PolicyKey, policy: &Policy| {
                let (region, kind, arn) = (&key.0.region, kind(&key.1), &key.1);
                let changed = policy.changed;
                let at = |account: &Account| {
                    let (region, arn) = (region.clone(), arn.clone());
                    (account.clone(), region, kind.into(), changed, arn)
                };
                policy.shared_with.iter().map(at).collect()
            }),
            rows,
        }
    }

    /// A page of the ARNs of other accounts' resources that are shared with the caller. `word` is that of their kind.
    pub fn shared(
        &self,
        caller: &Scope,
        kind: names::Kind,
        by: SharedResourceSortByType,
        list: &List<'_>,
    ) -> Page<String> {
        let (account, region) = (&caller.account, &caller.region);
        let word = || kind.word.to_owned();
        match by {
            SharedResourceSortByType::Arn => {
                let at = |arn: &str| (account.clone(), region.clone(), word(), arn.to_owned());
                list.page(at(""), at(super::named::LAST), |range, direction, limit| {
                    let rows = self.shared_by_arn.range(range, direction, limit);
                    rows.into_iter().map(|(at, (_, arn))| (at, arn)).collect()
                })
            }
            SharedResourceSortByType::ModifiedTime => {
                let at = |millis, arn: &str| {
                    let time = Time::from_millis(millis);
                    (
                        account.clone(),
                        region.clone(),
                        word(),
                        time,
                        arn.to_owned(),
                    )
                };
                let (first, last) = (at(i64::MIN, ""), at(i64::MAX, super::named::LAST));
                list.page(first, last, |range, direction, limit| {
                    let rows = self.shared_by_time.range(range, direction, limit);
                    rows.into_iter().map(|(at, (_, arn))| (at, arn)).collect()
                })
            }
        }
    }
}

fn kind(arn: &str) -> &'static str {
    match names::scoped(arn, PROJECT) {
        Some(_) => PROJECT.word,
        None => REPORT_GROUP.word,
    }
}

/// The resource an ARN names; `None` when it belongs to another account or region. Other ARNs are refused.
pub fn resource(scope: &Scope, arn: &str) -> Result<Option<Resource>, InvalidInputException> {
    let (of, resource) = match (
        names::scoped(arn, PROJECT),
        names::scoped(arn, REPORT_GROUP),
    ) {
        (Some((of, name)), _) => (of, Resource::Project(name.to_owned())),
        (_, Some((of, name))) => (of, Resource::ReportGroup(name.to_owned())),
        _ => return Err(errors::no_policy_here(arn)),
    };
    Ok((of == *scope).then_some(resource))
}

impl Tables {
    /// Whether the resource is there.
    pub fn has(&self, tx: &Txn, scope: &Scope, resource: &Resource) -> bool {
        match resource {
            Resource::Project(name) => tx.contains(&self.projects, &(scope.clone(), name.clone())),
            Resource::ReportGroup(name) => {
                tx.contains(&self.report_groups, &(scope.clone(), name.clone()))
            }
        }
    }
}

/// The policy of `arn`, when its text is one: JSON, with statements about this resource only.
pub fn parsed(
    now: Time,
    scope: &Scope,
    arn: &str,
    text: String,
) -> Result<Policy, InvalidInputException> {
    let document: Value = serde_json::from_str(&text)
        .map_err(|error| invalid(format!("Invalid resource policy: it is not JSON: {error}")))?;
    let statements = many(document.get("Statement").unwrap_or(&Value::Null));
    if statements.is_empty() {
        return Err(invalid("Invalid resource policy: it has no Statement"));
    }
    let mut shared_with = BTreeSet::new();
    for statement in statements {
        let about = many(statement.get("Resource").unwrap_or(&Value::Null));
        if about.is_empty() || about.iter().any(|about| about.as_str() != Some(arn)) {
            return Err(invalid(format!(
                "Invalid resource policy: the Resource of each statement should be {arn}"
            )));
        }
        if statement.get("Effect").and_then(Value::as_str) == Some("Allow") {
            shared_with.extend(accounts(statement));
        }
    }
    shared_with.remove(&scope.account);
    Ok(Policy {
        text,
        changed: now,
        shared_with,
    })
}

/// The accounts a statement names, by id or by an ARN of theirs. Everybody is nobody in particular.
fn accounts(statement: &Value) -> Vec<Account> {
    let named = statement.pointer("/Principal/AWS").unwrap_or(&Value::Null);
    let account = |name: &Value| {
        let name = name.as_str()?;
        Account::parse(name).or_else(|| Account::parse(&Arn::parse(name)?.account))
    };
    many(named).into_iter().filter_map(account).collect()
}

/// One or several, as policies write them.
fn many(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(principal: &str, effect: &str) -> Vec<String> {
        let account = Account::parse("000000000000").expect("an account");
        let scope = Scope::new(account, Region::parse("us-east-1").expect("a region"));
        let text = format!(
            r#"{{"Statement": {{"Effect": "{effect}", "Principal": {principal}, "Action": "*", "Resource": "arn"}}}}"#
        );
        let policy = parsed(Time::from_millis(0), &scope, "arn", text).expect("a policy");
        let accounts = policy.shared_with.into_iter();
        accounts.map(|account| account.to_string()).collect()
    }

    /// Witness: contract, codebuild section 12.6: `ListShared*` lists what names the caller.
    #[test]
    fn a_policy_shares_with_the_other_accounts_it_allows_by_name() {
        let both = r#"{"AWS": ["111111111111", "arn:aws:iam::222222222222:root", "000000000000"]}"#;
        assert_eq!(shared(both, "Allow"), ["111111111111", "222222222222"]);
        assert_eq!(shared(both, "Deny"), [""; 0]);
        for nobody in [
            r#""*""#,
            r#"{"AWS": "*"}"#,
            r#"{"Service": "codebuild.amazonaws.com"}"#,
            "7",
        ] {
            assert_eq!(shared(nobody, "Allow"), [""; 0], "{nobody}");
        }
    }
}
