//! Amazon Resource Names: `arn:<partition>:<service>:<region>:<account>:<resource>`.

use super::{Account, Region, Scope};
use std::fmt;

/// A parsed ARN. Region and account may be empty (IAM, S3); the resource may contain colons and slashes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Arn {
    pub partition: String,
    pub service: String,
    pub region: String,
    pub account: String,
    pub resource: String,
}

impl Arn {
    /// The ARN of a regional resource of ours.
    pub fn regional(service: &str, scope: &Scope, resource: impl Into<String>) -> Self {
        Self {
            partition: partition_of(scope.region.as_str()).to_owned(),
            service: service.to_owned(),
            region: scope.region.to_string(),
            account: scope.account.to_string(),
            resource: resource.into(),
        }
    }

    /// `None` when fewer than six parts, another prefix, or an empty partition, service or resource is given.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        if parts.next()? != "arn" {
            return None;
        }
        let mut next = || parts.next().map(str::to_owned);
        let arn = Self {
            partition: next()?,
            service: next()?,
            region: next()?,
            account: next()?,
            resource: next()?,
        };
        let named = !arn.partition.is_empty() && !arn.service.is_empty();
        (named && !arn.resource.is_empty()).then_some(arn)
    }

    /// Account and region, when both are there and well-formed.
    pub fn scope(&self) -> Option<Scope> {
        let account = Account::parse(&self.account)?;
        Some(Scope::new(account, Region::parse(&self.region)?))
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "arn:{}:{}:{}:{}:{}",
            self.partition, self.service, self.region, self.account, self.resource
        )
    }
}

/// The partition a region belongs to.
pub fn partition_of(region: &str) -> &'static str {
    match region {
        _ if region.starts_with("cn-") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parsing_and_printing_are_inverse() {
        for text in [
            "arn:aws:codebuild:us-east-1:000000000000:build/p:0000-11",
            "arn:aws:codepipeline:eu-west-1:123456789012:webhook:w",
            "arn:aws:iam::123456789012:role/service-role/r",
            "arn:aws:s3:::bucket/key:with:colons",
        ] {
            assert_eq!(
                Arn::parse(text).map(|arn| arn.to_string()).as_deref(),
                Some(text)
            );
        }
    }

    #[test]
    fn broken_names_are_refused() {
        for text in [
            "",
            "arn",
            "arn:aws:s3",
            "arn::s3:::b",
            "arn:aws::::b",
            "arn:aws:s3:::",
            "x:aws:s3:::b",
        ] {
            assert_eq!(Arn::parse(text), None, "{text}");
        }
    }

    #[test]
    fn only_well_formed_regional_names_have_a_scope() {
        let scoped = Arn::parse("arn:aws:codebuild:us-east-1:000000000000:project/p");
        assert!(scoped.and_then(|arn| arn.scope()).is_some());
        let global = Arn::parse("arn:aws:iam::123456789012:role/r");
        assert_eq!(global.and_then(|arn| arn.scope()), None);
    }
}
