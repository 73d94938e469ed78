//! Resources that carry tags, named by ARN: pipelines; custom action types and webhooks when they come.
//!
//! Source: contract, codepipeline sections 2.1 and 2.2.

use super::errors;
use super::store::Tables;
use crate::aws::{Arn, Scope};
use codepipeline_api::error::{InvalidArnException, ResourceNotFoundException};

/// A resource that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    scope: Scope,
    /// The ARN's resource part.
    name: String,
}

impl Resource {
    /// The resource of that ARN; ARNs of other accounts, regions and kinds are not usable.
    pub fn find<E>(tables: &Tables, scope: &Scope, arn: &str) -> Result<Self, E>
    where
        E: From<InvalidArnException> + From<ResourceNotFoundException>,
    {
        let parsed = Arn::parse(arn).filter(|arn| arn.service == "codepipeline");
        let ours = parsed.filter(|arn| arn.scope().as_ref() == Some(scope));
        let pipeline = |name: &String| !name.contains([':', '/']);
        let Some(name) = ours.map(|arn| arn.resource).filter(pipeline) else {
            return Err(errors::invalid_arn(arn).into());
        };
        if !tables.pipelines.contains(&(scope.clone(), name.clone())) {
            return Err(errors::resource_not_found(&scope.account, &name).into());
        }
        Ok(Self {
            scope: scope.clone(),
            name,
        })
    }

    /// The key of its tags.
    pub fn key(&self) -> (Scope, String) {
        (self.scope.clone(), self.name.clone())
    }
}
