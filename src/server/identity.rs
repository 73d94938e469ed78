//! From credentials to an account, a region and a principal.
//!
//! Invariant: any credentials are accepted, signed by whomever; only keys that we issued and that have expired are refused.

use super::call::Principal;
use super::credential::Credential;
use super::fault::{AccessDenied, ExpiredToken};
use crate::app::App;
use crate::aws::{Account, Region, Scope, Time};
use crate::companions::SessionLimits;
use crate::companions::sts::Session;

/// Whose call it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub scope: Scope,
    pub principal: Principal,
    /// What the session may do, where that is less than its role may.
    pub limits: Option<SessionLimits>,
}

impl Identity {
    /// Whether the caller may do this at all: service and operation. S3 is not asked here; it knows which objects.
    pub fn may(&self, (service, operation): (&str, &str)) -> Result<(), AccessDenied> {
        if self.limits.is_none() || (service, operation) == ("sts", "GetCallerIdentity") {
            return Ok(());
        }
        let (who, action) = (self.principal.arn(), format!("{service}:{operation}"));
        Err(AccessDenied::new(format!(
            "User: {who} is not authorized to perform: {action} on resource: * because no session policy allows the {action} action"
        )))
    }
}

/// A twelve-digit key id names its account, a key of ours its session, any other key the default account.
pub fn of(app: &App, credential: Option<&Credential>, now: Time) -> Result<Identity, ExpiredToken> {
    let region = credential.and_then(|credential| Region::parse(&credential.region));
    let region = region.unwrap_or_else(|| app.config.region.clone());
    if let Some(session) =
        credential.and_then(|credential| app.sts.session(&credential.access_key_id))
    {
        return of_session(&session, region, now);
    }
    let named = credential.and_then(|credential| Account::parse(&credential.access_key_id));
    let account = named.unwrap_or_else(|| app.config.account.clone());
    Ok(Identity {
        principal: Principal::user(&account),
        scope: Scope::new(account, region),
        limits: None,
    })
}

fn of_session(session: &Session, region: Region, now: Time) -> Result<Identity, ExpiredToken> {
    if session.expires <= now {
        return Err(ExpiredToken::new(
            "The security token included in the request is expired",
        ));
    }
    Ok(Identity {
        principal: Principal::session(
            &session.account,
            &session.role,
            &session.role_id,
            &session.name,
        ),
        scope: Scope::new(session.account.clone(), region),
        limits: session.limits.clone(),
    })
}
