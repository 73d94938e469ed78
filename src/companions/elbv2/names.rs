//! Names, ids and ARNs: `loadbalancer/app/NAME/ID`, `targetgroup/NAME/ID`, `listener/app/NAME/ID/ID`, `listener-rule/app/NAME/ID/ID/ID`.

use super::errors;
use super::rows::Kind;
use crate::aws::{Arn, Scope};
use elbv2_api::model::SubnetMapping;
use slipway_runtime::CommonError;
use uuid::Uuid;

const LONGEST: usize = 32;

impl Kind {
    /// As ARNs have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Application => "app",
            Self::Network => "net",
        }
    }

    fn of(word: &str) -> Option<Self> {
        match word {
            "app" => Some(Self::Application),
            "net" => Some(Self::Network),
            _ => None,
        }
    }
}

/// What an ARN names. Whether it is there, only rows tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    Balancer(Kind, String, String),
    Group(String, String),
    Listener(Kind, String, String, String),
    Rule(Kind, String, String, String, String),
}

impl Named {
    pub fn arn(&self, scope: &Scope) -> String {
        let resource = match self {
            Self::Balancer(kind, name, id) => format!("loadbalancer/{}/{name}/{id}", kind.word()),
            Self::Group(name, id) => format!("targetgroup/{name}/{id}"),
            Self::Listener(kind, name, id, listener) => {
                format!("listener/{}/{name}/{id}/{listener}", kind.word())
            }
            Self::Rule(kind, name, id, listener, rule) => {
                format!(
                    "listener-rule/{}/{name}/{id}/{listener}/{rule}",
                    kind.word()
                )
            }
        };
        Arn::regional("elasticloadbalancing", scope, resource).to_string()
    }

    /// What the ARN names, if it is well-formed and of this scope.
    pub fn parse(scope: &Scope, arn: &str) -> Option<Self> {
        let arn = Arn::parse(arn).filter(|arn| arn.service == "elasticloadbalancing")?;
        (arn.scope()? == *scope).then_some(())?;
        let steps: Vec<&str> = arn.resource.split('/').collect();
        let own = |step: &str| step.to_owned();
        Some(match steps[..] {
            ["targetgroup", name, id] => Self::Group(own(name), own(id)),
            ["loadbalancer", kind, name, id] => Self::Balancer(Kind::of(kind)?, own(name), own(id)),
            ["listener", kind, name, id, listener] => {
                Self::Listener(Kind::of(kind)?, own(name), own(id), own(listener))
            }
            ["listener-rule", kind, name, id, listener, rule] => Self::Rule(
                Kind::of(kind)?,
                own(name),
                own(id),
                own(listener),
                own(rule),
            ),
            _ => return None,
        })
    }
}

/// A new id: sixteen hexadecimal digits.
pub fn id() -> String {
    let mut text = Uuid::new_v4().simple().to_string();
    text.truncate(16);
    text
}

/// What load balancers may be called.
pub fn check_balancer(name: &str) -> Result<(), CommonError> {
    check(&format!("The load balancer name '{name}'"), name)?;
    match name.starts_with("internal-") {
        true => Err(errors::invalid(format!(
            "The load balancer name '{name}' cannot begin with 'internal-'"
        ))),
        false => Ok(()),
    }
}

/// What target groups may be called.
pub fn check_group(name: &str) -> Result<(), CommonError> {
    check(&format!("Target group name '{name}'"), name)
}

fn check(what: &str, name: &str) -> Result<(), CommonError> {
    let broken = |rule: &str| Err(errors::invalid(format!("{what} {rule}")));
    if name.is_empty() {
        return broken("cannot be empty");
    }
    if name.len() > LONGEST {
        return broken("cannot be longer than '32' characters");
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if !name.bytes().all(allowed) {
        return broken(
            "can only contain characters that are alphanumeric characters and hyphens(-)",
        );
    }
    match name.starts_with('-') || name.ends_with('-') {
        true => broken("cannot begin or end with a hyphen(-)"),
        false => Ok(()),
    }
}

/// The subnets that a request names, in its order.
pub fn subnets(
    plain: Option<&[String]>,
    mapped: Option<&[SubnetMapping]>,
    kind: Kind,
) -> Result<Vec<String>, CommonError> {
    let mapped = mapped.unwrap_or_default().iter();
    let mapped = mapped.filter_map(|mapping| mapping.subnet_id.clone());
    let plain = plain.unwrap_or_default().iter().cloned();
    let subnets: Vec<String> = plain.chain(mapped).collect();
    let least = match kind {
        Kind::Application => 2,
        Kind::Network => 1,
    };
    if subnets.len() < least {
        return Err(errors::invalid(match kind {
            Kind::Application => {
                "At least two subnets in two different Availability Zones must be specified"
            }
            Kind::Network => "At least one subnet must be specified",
        }));
    }
    let mut seen = subnets.clone();
    seen.sort();
    seen.dedup();
    if seen.len() < subnets.len() {
        return Err(errors::configuration(
            "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
        ));
    }
    let odd = |subnet: &&String| !subnet.starts_with("subnet-");
    match subnets.iter().find(odd) {
        Some(odd) => Err(errors::subnet(format!(
            "The subnet ID '{odd}' is not valid"
        ))),
        None => Ok(subnets),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{Account, Region};

    fn scope() -> Scope {
        let account = Account::parse("000000000000").unwrap();
        Scope::new(account, Region::parse("us-east-1").unwrap())
    }

    #[test]
    fn arns_and_what_they_name_are_inverse() {
        // Witness: API reference, examples of ARNs.
        for resource in [
            "loadbalancer/app/web/50dc6c495c0c9188",
            "loadbalancer/net/web/50dc6c495c0c9188",
            "targetgroup/blue/73e2d6bc24d8a067",
            "listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2",
            "listener-rule/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee",
        ] {
            let arn = format!("arn:aws:elasticloadbalancing:us-east-1:000000000000:{resource}");
            let named = Named::parse(&scope(), &arn).unwrap();
            assert_eq!(named.arn(&scope()), arn);
        }
        for arn in [
            "",
            "blue",
            "arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/a/1",
            "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/classic",
            "arn:aws:s3:us-east-1:000000000000:targetgroup/a/1",
        ] {
            assert_eq!(Named::parse(&scope(), arn), None, "{arn}");
        }
    }

    #[test]
    fn names_are_short_and_plain() {
        assert!(check_balancer("web-1").is_ok() && check_group("Blue-2").is_ok());
        let long = "a".repeat(33);
        for name in ["", "a b", "-a", "a-", "a_b", &long, "internal-a"] {
            assert!(check_balancer(name).is_err(), "{name}");
        }
        let refused = check_group("a.b").unwrap_err().to_string();
        assert!(
            refused.contains("Target group name 'a.b' can only contain"),
            "{refused}"
        );
    }
}
