//! The builds' own network, where containers reach the server.
//!
//! Invariant: one network for each data folder; when it vanishes it is made again with the same addresses.

use super::errors::{message, status};
use super::sandboxes::ownership;
use crate::sandbox::SandboxError;
use bollard::Docker;
use bollard::models::{Ipam, IpamConfig, NetworkCreateRequest, NetworkInspect};
use std::net::IpAddr;

/// How containers reach this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkInfo {
    pub name: String,
    /// This machine's address in the network, where the server can listen for builds.
    pub gateway: IpAddr,
    /// As the engine writes it: `172.18.0.0/16`.
    pub subnet: String,
}

/// Finds the instance's network or makes it; with the addresses of `before` if given.
pub async fn ensure(
    docker: &Docker,
    instance: &str,
    before: Option<&NetworkInfo>,
) -> Result<NetworkInfo, SandboxError> {
    let name = name(instance);
    for _ in 0..2 {
        match docker.inspect_network(&name, None).await {
            Ok(found) => return info(name, found),
            Err(e) if status(&e) == Some(404) => create(docker, instance, &name, before).await?,
            Err(e) => return Err(failed(&e)),
        }
    }
    Err(SandboxError::Failed(format!(
        "the Docker network {name} vanishes as soon as it is made"
    )))
}

fn name(instance: &str) -> String {
    format!("slipway-{instance}")
}

async fn create(
    docker: &Docker,
    instance: &str,
    name: &str,
    before: Option<&NetworkInfo>,
) -> Result<(), SandboxError> {
    let request = NetworkCreateRequest {
        name: name.to_owned(),
        driver: Some("bridge".to_owned()),
        labels: Some(ownership(instance)),
        ipam: before.map(same_addresses),
        ..Default::default()
    };
    match docker.create_network(request).await {
        // Made by another build at the same moment.
        Err(e) if status(&e) == Some(409) => Ok(()),
        Err(e) => Err(failed(&e)),
        Ok(_) => Ok(()),
    }
}

fn same_addresses(before: &NetworkInfo) -> Ipam {
    let config = IpamConfig {
        subnet: Some(before.subnet.clone()),
        gateway: Some(before.gateway.to_string()),
        ..Default::default()
    };
    Ipam {
        config: Some(vec![config]),
        ..Default::default()
    }
}

fn info(name: String, found: NetworkInspect) -> Result<NetworkInfo, SandboxError> {
    let configs = found.ipam.and_then(|ipam| ipam.config).unwrap_or_default();
    let addresses = configs.into_iter().find_map(|config| {
        let gateway = config.gateway?;
        let gateway = gateway.split('/').next()?.parse().ok()?;
        Some((gateway, config.subnet?))
    });
    match addresses {
        Some((gateway, subnet)) => Ok(NetworkInfo {
            name,
            gateway,
            subnet,
        }),
        None => Err(SandboxError::Failed(format!(
            "the Docker network {name} has no gateway"
        ))),
    }
}

fn failed(e: &bollard::errors::Error) -> SandboxError {
    SandboxError::Failed(format!("the builds' Docker network: {}", message(e)))
}
