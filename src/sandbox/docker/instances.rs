//! Containers that are labelled to be instances of EC2: `slipway.ec2.instance=i-…`, or `slipway.ec2=true`.
//!
//! Invariant: containers without such a label are never shown and never ended.

use super::engine;
use super::errors::{message, status};
use crate::aws::Time;
use crate::sandbox::machines::{Machine, Machines};
use async_trait::async_trait;
use bollard::Docker;
use bollard::models::{ContainerSummary, ContainerSummaryStateEnum};
use bollard::query_parameters::{
    InspectContainerOptions, ListContainersOptionsBuilder, RemoveContainerOptionsBuilder,
};
use std::collections::HashMap;
use std::net::IpAddr;
use tokio::sync::OnceCell;

const ID: &str = "slipway.ec2.instance";
const MARK: &str = "slipway.ec2";
const TAG: &str = "slipway.ec2.tag.";
const ZONE: &str = "slipway.ec2.zone";

/// The id of the instance that a container is, by the container's name or id; `None`: it is labelled to be none. The error is for
/// people.
pub async fn instance_of(container: &str) -> Result<Option<String>, String> {
    let (docker, _) = engine::connect(None).await?;
    let found = docker
        .inspect_container(container, None::<InspectContainerOptions>)
        .await;
    let found = found.map_err(|error| message(&error))?;
    let labels = found.config.and_then(|config| config.labels);
    let labels = labels.unwrap_or_default();
    let label = labels.get(ID).map(String::as_str);
    let is_marked = labels.get(MARK).is_some_and(|mark| mark == "true");
    let engine_id = found.id.unwrap_or_default();
    Ok((label.is_some() || is_marked).then(|| id(label, &engine_id)))
}

/// The engine is looked for when it is first asked, and again as long as none has answered.
#[derive(Default)]
pub struct LabelledContainers {
    engine: OnceCell<Docker>,
}

impl LabelledContainers {
    async fn engine(&self) -> Result<&Docker, String> {
        let connect = || async { Ok(engine::connect(None).await?.0) };
        self.engine.get_or_try_init(connect).await
    }
}

#[async_trait]
impl Machines for LabelledContainers {
    async fn all(&self) -> Result<Vec<Machine>, String> {
        let docker = match self.engine().await {
            Ok(docker) => docker,
            Err(error) => {
                tracing::debug!(error, "there are no instances");
                return Ok(Vec::new());
            }
        };
        let mut machines: Vec<Machine> = Vec::new();
        for label in [ID.to_owned(), format!("{MARK}=true")] {
            let filters = HashMap::from([("label", vec![label])]);
            let options = ListContainersOptionsBuilder::default().all(true);
            let options = options.filters(&filters).build();
            let found = docker.list_containers(Some(options)).await;
            let found = found.map_err(|error| message(&error))?;
            machines.extend(found.into_iter().filter_map(machine));
        }
        machines.sort_by(|one, other| one.engine_id.cmp(&other.engine_id));
        machines.dedup_by(|one, other| one.engine_id == other.engine_id);
        Ok(machines)
    }

    async fn end(&self, engine_id: &str) -> Result<(), String> {
        let docker = self.engine().await?;
        let options = RemoveContainerOptionsBuilder::default().force(true).v(true);
        let removed = docker
            .remove_container(engine_id, Some(options.build()))
            .await;
        match removed {
            Ok(()) => Ok(()),
            // It is gone, or somebody else is removing it.
            Err(error) if matches!(status(&error), Some(404 | 409)) => Ok(()),
            Err(error) => Err(message(&error)),
        }
    }
}

fn machine(found: ContainerSummary) -> Option<Machine> {
    let engine_id = found.id?;
    let labels = found.labels.unwrap_or_default();
    let networks = found
        .network_settings
        .and_then(|settings| settings.networks);
    let mut addresses = networks.iter().flat_map(HashMap::values);
    let address = addresses.find_map(|end| end.ip_address.as_deref()?.parse::<IpAddr>().ok());
    let tags = labels
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(TAG)?.to_owned(), value.clone())));
    Some(Machine {
        id: id(labels.get(ID).map(String::as_str), &engine_id),
        tags: tags.collect(),
        zone: labels.get(ZONE).filter(|zone| !zone.is_empty()).cloned(),
        image: found.image.unwrap_or_default(),
        running: found.state == Some(ContainerSummaryStateEnum::RUNNING),
        address,
        created: Time::from_millis(found.created.unwrap_or_default().saturating_mul(1000)),
        engine_id,
    })
}

/// The labelled id, if it looks like one; otherwise one made of the container's.
fn id(label: Option<&str>, engine_id: &str) -> String {
    let hex =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let given = label.filter(|label| label.strip_prefix("i-").is_some_and(hex));
    let own = || format!("i-{}", engine_id.get(..17).unwrap_or(engine_id));
    given.map_or_else(own, str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_labels_or_made_of_the_containers() {
        let container = "0123456789abcdef0123456789abcdef";
        assert_eq!(id(Some("i-0a1b"), container), "i-0a1b");
        for label in [None, Some(""), Some("true"), Some("i-xyz")] {
            assert_eq!(id(label, container), "i-0123456789abcdef0");
        }
    }
}
