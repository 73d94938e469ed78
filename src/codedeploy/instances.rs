//! On-premises instances.
//!
//! Source: contract, codedeploy section 3.6.

use super::tags::{self, Tags};
use crate::aws::Time;
use codedeploy_api::model::InstanceInfo;
use serde::{Deserialize, Serialize};

/// An instance that is or was registered; its name is in its key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    pub arn: String,
    pub iam: Iam,
    pub registered: Time,
    pub deregistered: Option<Time>,
    pub tags: Tags,
}

/// Who the instance is to IAM.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Iam {
    User(String),
    Session(String),
}

impl Iam {
    pub fn arn(&self) -> &str {
        match self {
            Self::User(arn) | Self::Session(arn) => arn,
        }
    }
}

impl Instance {
    pub fn is_registered(&self) -> bool {
        self.deregistered.is_none()
    }

    /// The instance as the wire shows it: tags always, one of the two ARNs.
    pub fn info(&self, name: &str) -> InstanceInfo {
        let (user, session) = match &self.iam {
            Iam::User(arn) => (Some(arn.clone()), None),
            Iam::Session(arn) => (None, Some(arn.clone())),
        };
        InstanceInfo {
            instance_name: Some(name.to_owned()),
            iam_session_arn: session,
            iam_user_arn: user,
            instance_arn: Some(self.arn.clone()),
            register_time: Some(self.registered.wire()),
            deregister_time: self.deregistered.map(Time::wire),
            tags: Some(tags::list(&self.tags)),
        }
    }
}
