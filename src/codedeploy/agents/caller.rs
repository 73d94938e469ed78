//! Which instance an agent speaks for, and why it is not heard.
//!
//! Invariant: an agent reaches instances of its own account and region only, and on premises only those that are registered.

use crate::aws::{Arn, Scope};
use crate::codedeploy::CodeDeploy;

/// Why an agent's request does nothing; the texts are for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The request is wrong.
    #[error("{0}")]
    Client(String),
    /// The server cannot, for now.
    #[error("{0}")]
    Server(String),
}

/// Whether callers of this scope may speak for this host.
pub fn check(service: &CodeDeploy, scope: &Scope, host: &str) -> Result<(), Refused> {
    let arn = Arn::parse(host).ok_or_else(|| strange(host))?;
    if arn.account != scope.account.as_str() {
        return Err(foreign(host));
    }
    match arn.service.as_str() {
        "ec2" if arn.region == scope.region.as_str() => Ok(()),
        "ec2" => Err(foreign(host)),
        "iam" | "sts" => {
            let known = service
                .tables
                .instance_of(&(scope.clone(), host.to_owned()));
            known.map(drop).ok_or_else(|| unregistered(host))
        }
        _ => Err(strange(host)),
    }
}

fn strange(host: &str) -> Refused {
    Refused::Client(format!(
        "The host identifier '{host}' is not valid: it is the ARN of an EC2 instance, or of the IAM user or session of an \
         on-premises instance"
    ))
}

fn foreign(host: &str) -> Refused {
    Refused::Client(format!(
        "The credentials are of another account or region than the host {host}"
    ))
}

fn unregistered(host: &str) -> Refused {
    Refused::Client(format!(
        "No on-premises instance is registered with the IAM ARN {host}"
    ))
}

/// The command or the deployment that the request names is not there.
pub(super) fn unknown(what: &str, name: &str) -> Refused {
    Refused::Client(format!("The {what} '{name}' does not exist"))
}
