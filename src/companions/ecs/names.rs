//! Names and ARNs: what callers write, and what is shown.
//!
//! Invariant: a name that leads to another account or region leads nowhere.

use super::rows::{ClusterKey, DefinitionKey, ServiceKey, TaskKey};
use crate::aws::{Arn, Scope, ids};

pub const DEFAULT_CLUSTER: &str = "default";

fn arn(scope: &Scope, resource: String) -> String {
    Arn::regional("ecs", scope, resource).to_string()
}

pub fn cluster_arn(key: &ClusterKey) -> String {
    arn(&key.0, format!("cluster/{}", key.1))
}

pub fn cluster_of(scope: &Scope, cluster: &str) -> String {
    arn(scope, format!("cluster/{cluster}"))
}

pub fn service_arn(key: &ServiceKey) -> String {
    arn(&key.0, format!("service/{}/{}", key.1, key.2))
}

pub fn task_arn(key: &TaskKey) -> String {
    arn(&key.0, format!("task/{}/{}", key.1, key.2))
}

pub fn container_arn(key: &TaskKey, id: &str) -> String {
    arn(&key.0, format!("container/{}/{}/{id}", key.1, key.2))
}

pub fn set_arn(key: &ServiceKey, id: &str) -> String {
    arn(&key.0, format!("task-set/{}/{}/{id}", key.1, key.2))
}

pub fn definition_arn(key: &DefinitionKey) -> String {
    arn(&key.0, format!("task-definition/{}:{}", key.1, key.2))
}

/// The resource behind `kind/`, when the ARN is one of ours in this scope; a text that is no ARN as it is.
fn resource<'a>(scope: &Scope, kind: &str, text: &'a str) -> Option<&'a str> {
    if !text.starts_with("arn:") {
        return Some(text);
    }
    let arn = Arn::parse(text)?;
    let ours = arn.service == "ecs" && arn.scope().as_ref() == Some(scope);
    let resource = text.splitn(6, ':').nth(5)?;
    let rest = resource.strip_prefix(kind)?.strip_prefix('/')?;
    ours.then_some(rest)
}

/// The cluster that a name or an ARN means; the default one when there is neither.
pub fn cluster(scope: &Scope, asked: Option<&str>) -> Option<ClusterKey> {
    let asked = asked.filter(|asked| !asked.is_empty());
    let name = resource(scope, "cluster", asked.unwrap_or(DEFAULT_CLUSTER))?;
    Some((scope.clone(), name.to_owned()))
}

/// The service that a name or an ARN means within a cluster.
pub fn service(cluster: &ClusterKey, asked: &str) -> Option<ServiceKey> {
    let rest = resource(&cluster.0, "service", asked)?;
    let name = match rest.split_once('/') {
        None => rest,
        Some((of, name)) => (of == cluster.1).then_some(name)?,
    };
    Some((cluster.0.clone(), cluster.1.clone(), name.to_owned()))
}

/// The task that an id or an ARN means within a cluster.
pub fn task(cluster: &ClusterKey, asked: &str) -> Option<TaskKey> {
    let rest = resource(&cluster.0, "task", asked)?;
    let id = match rest.split_once('/') {
        None => rest,
        Some((of, id)) => (of == cluster.1).then_some(id)?,
    };
    Some((cluster.0.clone(), cluster.1.clone(), id.to_owned()))
}

/// The id of the task set that an id or an ARN means.
pub fn set<'a>(service: &ServiceKey, asked: &'a str) -> &'a str {
    let within = format!("{}/{}/", service.1, service.2);
    let rest = resource(&service.0, "task-set", asked);
    let id = rest.and_then(|rest| rest.strip_prefix(&within));
    id.unwrap_or(asked)
}

/// Family and revision that a text means: `family`, `family:revision` or an ARN.
pub fn definition(scope: &Scope, asked: &str) -> Option<(String, Option<u32>)> {
    let rest = resource(scope, "task-definition", asked)?;
    match rest.split_once(':') {
        None => Some((rest.to_owned(), None)),
        Some((family, revision)) => Some((family.to_owned(), Some(revision.parse().ok()?))),
    }
}

/// What an ARN for tags names.
#[derive(Debug, PartialEq, Eq)]
pub enum Tagged {
    Cluster(ClusterKey),
    Definition(DefinitionKey),
    Service(ServiceKey),
    Set(ServiceKey, String),
    Task(TaskKey),
}

pub fn tagged(scope: &Scope, text: &str) -> Option<Tagged> {
    let arn = Arn::parse(text)?;
    if arn.service != "ecs" || arn.scope().as_ref() != Some(scope) {
        return None;
    }
    let (kind, rest) = arn.resource.split_once('/')?;
    let within = || {
        let (cluster, name) = rest.split_once('/')?;
        Some((scope.clone(), cluster.to_owned(), name.to_owned()))
    };
    match kind {
        "cluster" => Some(Tagged::Cluster((scope.clone(), rest.to_owned()))),
        "service" => Some(Tagged::Service(within()?)),
        "task" => Some(Tagged::Task(within()?)),
        "task-definition" => {
            let (family, revision) = definition(scope, text)?;
            Some(Tagged::Definition((scope.clone(), family, revision?)))
        }
        "task-set" => {
            let (scope, cluster, rest) = within()?;
            let (service, id) = rest.split_once('/')?;
            Some(Tagged::Set(
                (scope, cluster, service.to_owned()),
                id.to_owned(),
            ))
        }
        _ => None,
    }
}

/// Letters, digits, hyphens and underscores, 1 to 255 of them.
pub fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=255).contains(&text.len()) && text.bytes().all(plain)
}

/// 32 hexadecimal digits.
pub fn new_task_id() -> String {
    ids::uuid().replace('-', "")
}

/// `ecs-svc/` and 19 digits, the first of them not zero.
pub fn new_set_id() -> String {
    let bytes = uuid::Uuid::new_v4().into_bytes();
    let number = bytes
        .into_iter()
        .rev()
        .take(9)
        .fold(0_u128, |sum, byte| (sum << 8) | u128::from(byte));
    const LEAST: u128 = 1_000_000_000_000_000_000;
    format!("ecs-svc/{}", LEAST + number % (LEAST * 8))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{Account, Region};

    fn scope() -> Scope {
        let account = Account::parse("123456789012").unwrap();
        Scope::new(account, Region::parse("us-east-1").unwrap())
    }

    // Witness: contract codedeploy §7.6, `ecs-svc/<19-digit number>`.
    #[test]
    fn ids_of_task_sets_have_nineteen_digits() {
        for _ in 0..100 {
            let id = new_set_id();
            let digits = id.strip_prefix("ecs-svc/").unwrap();
            assert_eq!(digits.len(), 19, "{id}");
            assert!(!digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit()));
        }
    }

    // Witness: API reference, "the short name or full Amazon Resource Name".
    #[test]
    fn names_and_arns_mean_the_same() {
        let at = scope();
        let c = cluster(&at, Some("c")).unwrap();
        assert_eq!(cluster(&at, None).unwrap().1, "default");
        assert_eq!(cluster(&at, Some(&cluster_arn(&c))).unwrap(), c);
        let s = service(&c, "web").unwrap();
        assert_eq!(service(&c, &service_arn(&s)).unwrap(), s);
        let old = "arn:aws:ecs:us-east-1:123456789012:service/web";
        assert_eq!(service(&c, old).unwrap(), s);
        assert_eq!(service(&c, &service_arn(&s).replace("/c/", "/d/")), None);
        let t = task(&c, "0123").unwrap();
        assert_eq!(task(&c, &task_arn(&t)).unwrap(), t);
        let d = (at.clone(), "web".to_owned(), 7);
        assert_eq!(
            definition(&at, &definition_arn(&d)).unwrap(),
            ("web".to_owned(), Some(7))
        );
        assert_eq!(definition(&at, "web").unwrap(), ("web".to_owned(), None));
        assert_eq!(set(&s, &set_arn(&s, "ecs-svc/1")), "ecs-svc/1");
        assert_eq!(set(&s, "ecs-svc/1"), "ecs-svc/1");
        assert_eq!(
            tagged(&at, &set_arn(&s, "ecs-svc/1")),
            Some(Tagged::Set(s, "ecs-svc/1".to_owned()))
        );
        assert_eq!(
            tagged(&at, &definition_arn(&d)),
            Some(Tagged::Definition(d))
        );
        assert_eq!(
            cluster(&at, Some("arn:aws:ecs:eu-west-1:123456789012:cluster/c")),
            None
        );
        assert_eq!(definition(&at, "web:first"), None);
    }
}
