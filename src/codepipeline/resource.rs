//! Resources that carry tags, named by ARN: pipelines, custom action types and webhooks.
//!
//! Source: contract, codepipeline sections 2.1 and 2.2.

use super::errors;
use super::store::Tables;
use crate::aws::{Arn, Scope};
use crate::store::{Committed, Read};
use codepipeline_api::error::{InvalidArnException, ResourceNotFoundException};

/// What an ARN of this account and region names; whether it is there is another question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    scope: Scope,
    /// The ARN's resource part.
    name: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Pipeline,
    ActionType {
        category: String,
        provider: String,
        version: String,
    },
    Webhook {
        name: String,
    },
}

impl Resource {
    /// ARNs of other accounts, regions and kinds are not usable.
    pub fn parse(scope: &Scope, arn: &str) -> Result<Self, InvalidArnException> {
        let parsed = Arn::parse(arn).filter(|arn| arn.service == "codepipeline");
        let ours = parsed.filter(|arn| arn.scope().as_ref() == Some(scope));
        let named = ours.and_then(|arn| Kind::of(&arn.resource).map(|kind| (arn.resource, kind)));
        let (name, kind) = named.ok_or_else(|| errors::invalid_arn(arn))?;
        let scope = scope.clone();
        Ok(Self { scope, name, kind })
    }

    /// The resource of that ARN, which everybody sees.
    pub fn find<E>(tables: &Tables, scope: &Scope, arn: &str) -> Result<Self, E>
    where
        E: From<InvalidArnException> + From<ResourceNotFoundException>,
    {
        let resource = Self::parse(scope, arn)?;
        resource.exists(&Committed, tables)?;
        Ok(resource)
    }

    /// The exception of its kind unless the resource is there.
    pub fn exists(
        &self,
        rows: &impl Read,
        tables: &Tables,
    ) -> Result<(), ResourceNotFoundException> {
        let account = &self.scope.account;
        let scope = self.scope.clone();
        match &self.kind {
            Kind::Pipeline => {
                let found = rows.row(&tables.pipelines, &(scope, self.name.clone()));
                found
                    .map(drop)
                    .ok_or_else(|| errors::resource_not_found(account, &self.name))
            }
            Kind::ActionType {
                category,
                provider,
                version,
            } => {
                let key = (scope, category.clone(), provider.clone(), version.clone());
                let found = rows.row(&tables.action_types, &key).map(drop);
                found.ok_or_else(|| {
                    errors::action_type_not_in_account(account, category, provider, version)
                })
            }
            Kind::Webhook { name } => {
                let found = rows.row(&tables.webhooks, &(scope, name.clone()));
                found
                    .map(drop)
                    .ok_or_else(|| errors::webhook_not_in_account(account, name))
            }
        }
    }

    /// The key of its tags.
    pub fn key(&self) -> (Scope, String) {
        (self.scope.clone(), self.name.clone())
    }
}

impl Kind {
    /// By the ARN's resource part; stages, actions and AWS's own types have no tags.
    fn of(resource: &str) -> Option<Self> {
        match resource.split_once(':') {
            Some(("actiontype", id)) => Self::action_type(id),
            Some(("webhook", name)) if !name.is_empty() => Some(Self::Webhook {
                name: name.to_owned(),
            }),
            None if !resource.contains('/') => Some(Self::Pipeline),
            Some(_) | None => None,
        }
    }

    /// `Custom/<category>/<provider>/<version>`.
    fn action_type(id: &str) -> Option<Self> {
        let parts: Vec<&str> = id.split('/').collect();
        let ["Custom", category, provider, version] = parts[..] else {
            return None;
        };
        Some(Self::ActionType {
            category: category.to_owned(),
            provider: provider.to_owned(),
            version: version.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{Account, Region};

    /// Witness: contract, codepipeline section 2.1.
    #[test]
    fn pipelines_custom_types_and_webhooks_have_tags() {
        let account = Account::parse("000000000000").expect("well-formed");
        let scope = Scope::new(account, Region::parse("us-east-1").expect("well-formed"));
        let usable = |resource: &str| {
            let arn = format!("arn:aws:codepipeline:us-east-1:000000000000:{resource}");
            Resource::parse(&scope, &arn).is_ok()
        };
        for good in ["p", "actiontype:Custom/Build/Forge/1", "webhook:w"] {
            assert!(usable(good), "{good}");
        }
        for bad in [
            "p/Stage",
            "p/Stage/Action",
            "webhook/w",
            "webhook:",
            "actiontype:AWS/Source/S3/1",
            "actiontype:Custom/Build/Forge",
            "actiontype:Custom/Build/Forge/1/2",
            "thing:x",
        ] {
            assert!(!usable(bad), "{bad}");
        }
    }
}
