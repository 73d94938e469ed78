//! `CreateLoadBalancer`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html>

use crate::companions::elbv2::companion::{Elbv2, Rows};
use crate::companions::elbv2::rows::{Balancer, Kind};
use crate::companions::elbv2::{address, errors, names, tags};
use crate::server::Call;
use elbv2_api::error::CreateLoadBalancerError;
use elbv2_api::input::CreateLoadBalancerInput;
use elbv2_api::model::{IpAddressType, LoadBalancerSchemeEnum, LoadBalancerTypeEnum};
use elbv2_api::output::CreateLoadBalancerOutput;
use slipway_runtime::CommonError;

use std::sync::Arc;

/// Load balancers of all accounts together.
const MOST: usize = 200;

/// The load balancer, new or as it is; one that differs in what the request says of it is refused.
pub async fn create_load_balancer(
    input: CreateLoadBalancerInput,
    call: Call,
) -> Result<CreateLoadBalancerOutput, CreateLoadBalancerError> {
    let elbv2 = &call.app.elbv2;
    names::check_balancer(&input.name)?;
    let wanted = wanted(&input, elbv2, &call).await?;
    let key = (call.scope.clone(), input.name);
    let own = key.clone();
    let write = elbv2.write(&call.scope, move |tables, scope, tx| {
        let rows = Rows::inside(tables, scope, tx);
        if let Some((_, row)) = rows.balancer_named(&own.1) {
            return match same(&row, &wanted) {
                true => Ok((row, Vec::new())),
                false => Err(errors::balancer_exists(&own.1)),
            };
        }
        if tables.balancers.len() >= MOST {
            return Err(errors::too_many_balancers());
        }
        tx.put(&tables.balancers, own, wanted.clone());
        Ok((Arc::new(wanted), Vec::new()))
    });
    let row = write.await?;
    Ok(CreateLoadBalancerOutput {
        load_balancers: Some(vec![elbv2.shown_balancer(&key, &row)]),
    })
}

async fn wanted(
    input: &CreateLoadBalancerInput,
    elbv2: &Elbv2,
    call: &Call,
) -> Result<Balancer, CommonError> {
    let kind = match input.r#type {
        None | Some(LoadBalancerTypeEnum::Application) => Kind::Application,
        Some(LoadBalancerTypeEnum::Network) => Kind::Network,
        Some(other) => {
            return Err(errors::configuration(format!(
                "Load balancers of type '{other}' are not offered; slipway has those of type application and network"
            )));
        }
    };
    let subnets = subnets(input, kind)?;
    let id = names::id();
    Ok(Balancer {
        kind,
        address: address::find(elbv2, &id).await,
        id,
        created: call.now,
        scheme: input
            .scheme
            .unwrap_or(LoadBalancerSchemeEnum::InternetFacing),
        ip_address_type: input.ip_address_type.unwrap_or(IpAddressType::Ipv4),
        subnets,
        security_groups: input.security_groups.clone().unwrap_or_default(),
        attributes: Default::default(),
        tags: tags::of(input.tags.clone())?,
    })
}

fn subnets(input: &CreateLoadBalancerInput, kind: Kind) -> Result<Vec<String>, CommonError> {
    let mapped = input.subnet_mappings.as_deref();
    let plain = input.subnets.as_deref();
    if plain.is_some() && mapped.is_some() {
        return Err(errors::invalid(
            "You cannot specify both subnets and subnet mappings",
        ));
    }
    names::subnets(plain, mapped, kind)
}

/// Whether a request for a load balancer that is there asks for what it is.
fn same(row: &Balancer, wanted: &Balancer) -> bool {
    let sorted = |names: &[String]| {
        let mut names = names.to_vec();
        names.sort();
        names
    };
    (row.kind, row.scheme, row.ip_address_type)
        == (wanted.kind, wanted.scheme, wanted.ip_address_type)
        && sorted(&row.subnets) == sorted(&wanted.subnets)
        && sorted(&row.security_groups) == sorted(&wanted.security_groups)
        && row.tags == wanted.tags
}
