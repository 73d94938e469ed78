//! Resources that carry tags, named by ARN: applications, deployment groups and configurations.
//!
//! Source: contract, codedeploy sections 2.1 and 3.7.

use super::store::Tables;
use super::{configs, errors};
use crate::aws::{Arn, Scope};
use crate::store::Read;
use codedeploy_api::error::{
    ApplicationDoesNotExistException, ArnNotSupportedException,
    DeploymentConfigDoesNotExistException, DeploymentGroupDoesNotExistException,
    InvalidArnException,
};

/// What an ARN of this account and region names; whether it is there is another question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resource {
    Application(String),
    /// Its application's name, and its own.
    Group(String, String),
    Config(String),
}

impl Resource {
    pub fn parse<E>(scope: &Scope, text: &str) -> Result<Self, E>
    where
        E: From<InvalidArnException> + From<ArnNotSupportedException>,
    {
        let arn = Arn::parse(text).ok_or_else(|| errors::invalid_arn(text))?;
        let unsupported = || errors::arn_not_supported(text);
        if arn.service != "codedeploy" {
            return Err(unsupported().into());
        }
        if arn.scope().as_ref() != Some(scope) {
            return Err(errors::invalid_arn(text).into());
        }
        let resource = match arn.resource.split_once(':') {
            Some(("application", name)) => Some(Self::Application(name.to_owned())),
            Some(("deploymentconfig", name)) => Some(Self::Config(name.to_owned())),
            Some(("deploymentgroup", names)) => names
                .split_once('/')
                .map(|(application, name)| Self::Group(application.to_owned(), name.to_owned())),
            _ => None,
        };
        Ok(resource.ok_or_else(unsupported)?)
    }

    /// The id that its tags are kept under, or the exception of its kind.
    pub fn id<E>(&self, rows: &impl Read, tables: &Tables, scope: &Scope) -> Result<String, E>
    where
        E: From<ApplicationDoesNotExistException>
            + From<DeploymentGroupDoesNotExistException>
            + From<DeploymentConfigDoesNotExistException>,
    {
        Ok(match self {
            Self::Application(name) => tables.find_application(rows, scope, name)?.id.clone(),
            Self::Group(application, name) => {
                let application = tables.find_application(rows, scope, application)?;
                let key = (scope.clone(), application.id.clone(), name.clone());
                tables.find_group(rows, &key)?.id.clone()
            }
            Self::Config(name) => {
                let config = configs::find(tables, rows, scope, name)?;
                config.deployment_config_id.unwrap_or_default()
            }
        })
    }
}
