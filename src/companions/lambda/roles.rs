//! The roles that functions run with.
//!
//! Invariant: a function is only kept, and only runs, with a role that trusts Lambda.

use super::companion::Lambda;
use super::errors;
use crate::companions::iam::RoleArn;
use crate::companions::sts::Assumed;
use crate::companions::{RoleError, SessionCredentials};
use lambda_api::error::InvalidParameterValueException;
use std::time::Duration;

const SERVICE: &str = "lambda.amazonaws.com";
/// How long the credentials of an environment are good.
const SESSION: Duration = Duration::from_secs(12 * 60 * 60);

impl Lambda {
    pub(super) fn check_role(&self, arn: &str) -> Result<(), InvalidParameterValueException> {
        let trusting = self.outside.iam.trusting_role(arn, SERVICE);
        trusting.map(drop).map_err(|_| errors::role_not_assumed())
    }

    /// Credentials of a session of the role, called like the function.
    pub(super) async fn assume(
        &self,
        role_arn: &str,
        function: &str,
    ) -> Result<SessionCredentials, RoleError> {
        let absent = || RoleError::NoSuchRole(role_arn.to_owned());
        let arn = RoleArn::parse(role_arn).ok_or_else(absent)?;
        let role = self.outside.iam.trusting_role(role_arn, SERVICE)?;
        let begun = self.outside.sts.begin(Assumed {
            account: arn.account,
            role: role.name.clone(),
            role_id: role.id.clone(),
            name: function.to_owned(),
            begins: (self.outside.now)(),
            lasts: SESSION,
            limits: None,
        });
        begun
            .await
            .map_err(|error| RoleError::Failed(error.to_string()))
    }
}
