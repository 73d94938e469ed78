//! Who calls, when and with which request: every handler's second argument.
//!
//! Invariant: every call has a scope and a principal, signed or not.

use crate::app::App;
use crate::aws::{Account, Scope, Time};
use slipway_runtime::Violation;
use std::sync::Arc;

/// One call of an operation.
#[derive(Clone)]
pub struct Call {
    pub scope: Scope,
    pub principal: Principal,
    /// A lower-case UUID; the answer carries it in `x-amzn-RequestId`.
    pub request_id: String,
    /// When the request arrived, by the server's clock.
    pub now: Time,
    pub app: Arc<App>,
    /// Broken constraints that this operation answers itself, after its existence checks. Empty for most operations.
    pub deferred: Vec<Violation>,
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call")
            .field("scope", &self.scope)
            .field("principal", &self.principal)
            .field("request_id", &self.request_id)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

impl Call {
    /// A call by the default principal of the application's own account and region.
    pub fn new(app: &Arc<App>) -> Self {
        let scope = Scope::new(app.config.account.clone(), app.config.region.clone());
        Self {
            principal: Principal::user(&scope.account),
            scope,
            request_id: crate::aws::ids::uuid(),
            now: app.now(),
            app: app.clone(),
            deferred: Vec::new(),
        }
    }

    /// A call to an application that keeps nothing, for tests of handlers.
    pub fn test() -> Self {
        Self::new(&App::in_memory())
    }

    /// The same call in another account or region.
    pub fn within(mut self, scope: Scope) -> Self {
        self.principal = Principal::user(&scope.account);
        self.scope = scope;
        self
    }

    pub fn account(&self) -> &Account {
        &self.scope.account
    }
}

/// Who calls, by ARN: `arn:aws:iam::<account>:user/slipway`, or `arn:aws:sts::<account>:assumed-role/<role>/<session>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    arn: String,
    /// `AROA…:<session>`; a user's follows from its ARN.
    session_id: Option<String>,
}

/// The user that callers with unknown or no credentials are. A user, not root: root may not assume roles.
pub const DEFAULT_USER: &str = "slipway";

impl Principal {
    /// The default user of an account.
    pub fn user(account: &Account) -> Self {
        Self {
            arn: format!("arn:aws:iam::{account}:user/{DEFAULT_USER}"),
            session_id: None,
        }
    }

    /// A session of a role.
    pub fn session(account: &Account, role: &str, role_id: &str, session: &str) -> Self {
        Self {
            arn: format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"),
            session_id: Some(format!("{role_id}:{session}")),
        }
    }

    /// The unique identifier that `GetCallerIdentity` shows.
    pub fn id(&self) -> String {
        let of_user = || crate::companions::iam::id_of("AIDA", &self.arn);
        self.session_id.clone().unwrap_or_else(of_user)
    }

    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// What CodeBuild shows as a build's initiator: the user's name, or `role/session` (contract codebuild §3.2.2).
    pub fn initiator(&self) -> &str {
        let resource = self.arn.splitn(6, ':').last().unwrap_or(&self.arn);
        let name = resource.strip_prefix("assumed-role/");
        name.unwrap_or_else(|| resource.rsplit('/').next().unwrap_or(resource))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_initiator_is_the_users_name_or_role_and_session() {
        // contract codebuild §3.2.2
        let account = Account::parse("123456789012").unwrap();
        assert_eq!(Principal::user(&account).initiator(), "slipway");
        assert_eq!(
            Principal::session(&account, "deployer", "AROA1", "ci-1").initiator(),
            "deployer/ci-1"
        );
    }
}
