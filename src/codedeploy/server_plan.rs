//! Stored definition → what a deployment to instances does.
//!
//! Parse, don't validate: what the engine gets needs no further check. Source: contract, codedeploy sections 4, 8.1, 8.3 and 8.4.

use super::plan::minutes;
use super::tag_filters::Filter;
use crate::companions::{LoadBalancers, TagFilter};
use crate::engine::deployment::plan::Work;
use crate::engine::deployment::server::batch::Minimum;
use crate::engine::deployment::server::plan::{BlueGreen, Selection, ServerWork, Style, Zones};
use codedeploy_api::input::CreateDeploymentInput;
use codedeploy_api::model::{
    BlueGreenDeploymentConfiguration, DeploymentConfigInfo, DeploymentGroupInfo, DeploymentOption,
    DeploymentReadyAction, DeploymentType, InstanceAction, MinimumHealthyHosts,
    MinimumHealthyHostsPerZoneType, MinimumHealthyHostsType, TargetInstances, ZonalConfig,
};

/// What a deployment to instances does.
pub fn work(
    group: &DeploymentGroupInfo,
    config: &DeploymentConfigInfo,
    input: &CreateDeploymentInput,
) -> Work {
    let style = group.deployment_style.as_ref();
    let option = style.and_then(|style| style.deployment_option);
    let with_traffic = option == Some(DeploymentOption::WithTrafficControl);
    let kind = style.and_then(|style| style.deployment_type);
    let style = match kind {
        Some(DeploymentType::BlueGreen) => Style::BlueGreen(blue_green(group, input)),
        _ => Style::InPlace,
    };
    let zones = config.zonal_config.as_ref().map(zones);
    Work::Server(Box::new(ServerWork {
        selection: selection(group),
        minimum: minimum(config.minimum_healthy_hosts.as_ref()),
        zones: zones.filter(|_| style == Style::InPlace),
        balancers: with_traffic.then(|| balancers(group)),
        ignore_stop_failures: input.ignore_application_stop_failures == Some(true),
        outdated_only: input.update_outdated_instances_only == Some(true),
        style,
    }))
}

/// How instances take the place of the group's, as far as the group says it.
fn blue_green(group: &DeploymentGroupInfo, input: &CreateDeploymentInput) -> Option<BlueGreen> {
    let configuration = group.blue_green_deployment_configuration.as_ref()?;
    let green = input.target_instances.as_ref().map(replacements);
    Some(BlueGreen {
        green: green.unwrap_or_default(),
        ready_wait: ready_wait(configuration),
        termination_wait: termination_wait(configuration),
        back: false,
    })
}

fn ready_wait(of: &BlueGreenDeploymentConfiguration) -> Option<u32> {
    let ready = of.deployment_ready_option.as_ref()?;
    let stops = ready.action_on_timeout == Some(DeploymentReadyAction::StopDeployment);
    stops.then(|| minutes(ready.wait_time_in_minutes))
}

/// Nothing is ended that nobody has asked to end.
fn termination_wait(of: &BlueGreenDeploymentConfiguration) -> Option<u32> {
    let end = of.terminate_blue_instances_on_deployment_success.as_ref()?;
    let terminates = end.action == Some(InstanceAction::Terminate);
    terminates.then(|| minutes(end.termination_wait_time_in_minutes))
}

fn replacements(of: &TargetInstances) -> Selection {
    let set = of.ec2_tag_set.as_ref();
    let set = set.and_then(|set| set.ec2_tag_set_list.as_deref());
    Selection {
        ec2: groups(set, of.tag_filters.as_deref(), Filter::of_ec2),
        ..Selection::default()
    }
}

/// Filters of a list are alternatives, lists of a set conditions.
fn selection(group: &DeploymentGroupInfo) -> Selection {
    let ec2 = group.ec2_tag_set.as_ref();
    let ec2 = ec2.and_then(|set| set.ec2_tag_set_list.as_deref());
    let ec2 = groups(ec2, group.ec2_tag_filters.as_deref(), Filter::of_ec2);
    let here = group.on_premises_tag_set.as_ref();
    let here = here.and_then(|set| set.on_premises_tag_set_list.as_deref());
    let filters = group.on_premises_instance_tag_filters.as_deref();
    Selection {
        ec2,
        on_premises: groups(here, filters, Filter::of_instances),
        only: None,
    }
}

/// Empty groups say nothing.
fn groups<'a, T>(
    set: Option<&'a [Vec<T>]>,
    filters: Option<&'a [T]>,
    read: fn(&'a T) -> Result<Filter<'a>, &'static str>,
) -> Vec<Vec<TagFilter>> {
    let set = set.unwrap_or_default().iter().map(Vec::as_slice);
    let all = set.chain(filters);
    let all = all.map(|group| {
        let filters = group.iter().filter_map(|filter| read(filter).ok());
        filters.map(TagFilter::from).collect::<Vec<_>>()
    });
    all.filter(|group| !group.is_empty()).collect()
}

impl From<Filter<'_>> for TagFilter {
    fn from(of: Filter<'_>) -> Self {
        match of {
            Filter::Key(key) => Self::Key(key.to_owned()),
            Filter::Value(value) => Self::Value(value.to_owned()),
            Filter::Both(key, value) => Self::Both(key.to_owned(), value.to_owned()),
        }
    }
}

/// A configuration without one asks for what the usual one does.
fn minimum(of: Option<&MinimumHealthyHosts>) -> Minimum {
    let Some(of) = of else {
        return Minimum::AllButOne;
    };
    let value = of.value.and_then(|value| u32::try_from(value).ok());
    match of.r#type {
        Some(MinimumHealthyHostsType::HostCount) => Minimum::Hosts(value.unwrap_or(0)),
        Some(MinimumHealthyHostsType::FleetPercent) => Minimum::Percent(value.unwrap_or(0)),
        _ => Minimum::AllButOne,
    }
}

fn zones(of: &ZonalConfig) -> Zones {
    let seconds = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok());
    let others = seconds(of.monitor_duration_in_seconds).unwrap_or(0);
    let least = of.minimum_healthy_hosts_per_zone.as_ref();
    let value = least.and_then(|least| least.value);
    let value = value
        .and_then(|value| u32::try_from(value).ok())
        .unwrap_or(0);
    Zones {
        first: seconds(of.first_zone_monitor_duration_in_seconds).unwrap_or(others),
        others,
        minimum: match least.and_then(|least| least.r#type) {
            Some(MinimumHealthyHostsPerZoneType::HostCount) => Minimum::Hosts(value),
            _ => Minimum::Percent(value),
        },
    }
}

fn balancers(group: &DeploymentGroupInfo) -> LoadBalancers {
    let info = group.load_balancer_info.as_ref();
    let groups = info.and_then(|info| info.target_group_info_list.as_deref());
    let classic = info.and_then(|info| info.elb_info_list.as_deref());
    LoadBalancers {
        target_groups: names(groups.unwrap_or_default().iter().map(|of| &of.name)),
        classic: names(classic.unwrap_or_default().iter().map(|of| &of.name)),
    }
}

fn names<'a>(of: impl Iterator<Item = &'a Option<String>>) -> Vec<String> {
    of.filter_map(Clone::clone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use codedeploy_api::model::{
        DeploymentStyle, EC2TagFilter, LoadBalancerInfo, MinimumHealthyHostsPerZone,
        OnPremisesTagSet, TagFilter as Tag, TargetGroupInfo,
    };
    use std::collections::BTreeMap;

    fn tag(key: &str, value: &str) -> Tag {
        Tag {
            key: Some(key.to_owned()),
            value: Some(value.to_owned()),
            r#type: None,
        }
    }

    /// Witness: contract codedeploy §8.1: OR within a list, AND between the lists of a set; no filter selects nothing.
    #[test]
    fn filters_are_alternatives_and_lists_of_a_set_are_conditions() {
        let bare = DeploymentGroupInfo::default();
        let selects = |group: &DeploymentGroupInfo, tags: &[(&str, &str)]| {
            let tags = tags
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
            selection(group).takes_on_premises(&tags.collect::<BTreeMap<_, _>>())
        };
        assert!(!selects(&bare, &[("a", "1")]));
        let filters = DeploymentGroupInfo {
            on_premises_instance_tag_filters: Some(vec![tag("a", "1"), tag("b", "")]),
            ..bare.clone()
        };
        assert!(selects(&filters, &[("a", "1")]));
        assert!(selects(&filters, &[("b", "7")]));
        assert!(!selects(&filters, &[("a", "2")]));
        let set = DeploymentGroupInfo {
            on_premises_tag_set: Some(OnPremisesTagSet {
                on_premises_tag_set_list: Some(vec![
                    vec![tag("a", "1"), tag("a", "2")],
                    vec![tag("c", "")],
                ]),
            }),
            ec2_tag_filters: Some(vec![EC2TagFilter {
                value: Some("x".to_owned()),
                ..EC2TagFilter::default()
            }]),
            ..bare
        };
        assert!(selects(&set, &[("a", "2"), ("c", "")]));
        assert!(!selects(&set, &[("a", "2")]));
        assert_eq!(selection(&set).ec2, [[TagFilter::Value("x".to_owned())]]);
    }

    /// Witness: contract codedeploy §8.3, "Zonal config (in-place EC2 only)"; §8.2: several load balancers.
    #[test]
    fn zones_are_for_deployments_in_place_and_every_balancer_counts() {
        let of = |kind: DeploymentType| {
            let named = |name: &str| TargetGroupInfo {
                name: Some(name.to_owned()),
            };
            let group = DeploymentGroupInfo {
                deployment_style: Some(DeploymentStyle {
                    deployment_type: Some(kind),
                    deployment_option: Some(DeploymentOption::WithTrafficControl),
                }),
                load_balancer_info: Some(LoadBalancerInfo {
                    target_group_info_list: Some(vec![named("one"), named("two")]),
                    ..LoadBalancerInfo::default()
                }),
                ..DeploymentGroupInfo::default()
            };
            let config = DeploymentConfigInfo {
                zonal_config: Some(ZonalConfig::default()),
                ..DeploymentConfigInfo::default()
            };
            match work(&group, &config, &CreateDeploymentInput::new("a")) {
                Work::Server(work) => *work,
                other => panic!("{other:?}"),
            }
        };
        let in_place = of(DeploymentType::InPlace);
        assert!(in_place.zones.is_some());
        assert_eq!(in_place.balancers.unwrap().target_groups, ["one", "two"]);
        assert_eq!(of(DeploymentType::BlueGreen).zones, None);
    }

    /// Witness: contract codedeploy §8.3, "Zonal config": what is not said.
    #[test]
    fn what_zones_do_not_say_has_its_usual_value() {
        let said = ZonalConfig {
            monitor_duration_in_seconds: Some(60),
            ..ZonalConfig::default()
        };
        let read = zones(&said);
        assert_eq!((read.first, read.others), (60, 60));
        assert_eq!(read.minimum, Minimum::Percent(0));
        let said = ZonalConfig {
            first_zone_monitor_duration_in_seconds: Some(5),
            minimum_healthy_hosts_per_zone: Some(MinimumHealthyHostsPerZone {
                r#type: Some(MinimumHealthyHostsPerZoneType::HostCount),
                value: Some(2),
            }),
            ..said
        };
        let read = zones(&said);
        assert_eq!((read.first, read.others), (5, 60));
        assert_eq!(read.minimum, Minimum::Hosts(2));
    }
}
