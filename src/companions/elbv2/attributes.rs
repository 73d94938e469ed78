//! Attributes of load balancers, target groups and listeners: their defaults, and what they may be.
//!
//! Invariant: an attribute that is not in the lists is refused; those that were never set are shown with AWS's defaults.

use super::errors;
use super::rows::{Attributes, Balancer, Group, Kind};
use elbv2_api::model::{ProtocolEnum, TargetTypeEnum};
use slipway_runtime::CommonError;

type Defaults = &'static [(&'static str, &'static str)];

const APPLICATION: Defaults = &[
    ("access_logs.s3.enabled", "false"),
    ("access_logs.s3.bucket", ""),
    ("access_logs.s3.prefix", ""),
    ("client_keep_alive.seconds", "3600"),
    ("connection_logs.s3.bucket", ""),
    ("connection_logs.s3.enabled", "false"),
    ("connection_logs.s3.prefix", ""),
    ("deletion_protection.enabled", "false"),
    ("health_check_logs.s3.bucket", ""),
    ("health_check_logs.s3.enabled", "false"),
    ("health_check_logs.s3.prefix", ""),
    ("idle_timeout.timeout_seconds", "60"),
    ("load_balancing.cross_zone.enabled", "true"),
    ("routing.http.desync_mitigation_mode", "defensive"),
    ("routing.http.drop_invalid_header_fields.enabled", "false"),
    ("routing.http.preserve_host_header.enabled", "false"),
    (
        "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
        "false",
    ),
    ("routing.http.xff_client_port.enabled", "false"),
    ("routing.http.xff_header_processing.mode", "append"),
    ("routing.http2.enabled", "true"),
    ("waf.fail_open.enabled", "false"),
    ("zonal_shift.config.enabled", "false"),
];

const NETWORK: Defaults = &[
    ("access_logs.s3.bucket", ""),
    ("access_logs.s3.enabled", "false"),
    ("access_logs.s3.prefix", ""),
    ("deletion_protection.enabled", "false"),
    ("dns_record.client_routing_policy", "any_availability_zone"),
    ("ipv6.deny_all_igw_traffic", "false"),
    ("load_balancing.cross_zone.enabled", "false"),
    ("secondary_ips.auto_assigned.per_subnet", "0"),
    ("zonal_shift.config.enabled", "false"),
];

const GROUP: Defaults = &[
    ("deregistration_delay.timeout_seconds", "300"),
    (
        "load_balancing.cross_zone.enabled",
        "use_load_balancer_configuration",
    ),
    ("stickiness.enabled", "false"),
    (
        "target_group_health.dns_failover.minimum_healthy_targets.count",
        "1",
    ),
    (
        "target_group_health.dns_failover.minimum_healthy_targets.percentage",
        "off",
    ),
    (
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count",
        "1",
    ),
    (
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage",
        "off",
    ),
];

const APPLICATION_GROUP: Defaults = &[
    ("load_balancing.algorithm.anomaly_mitigation", "off"),
    ("load_balancing.algorithm.type", "round_robin"),
    ("slow_start.duration_seconds", "0"),
    ("stickiness.app_cookie.cookie_name", ""),
    ("stickiness.app_cookie.duration_seconds", "86400"),
    ("stickiness.lb_cookie.duration_seconds", "86400"),
    ("stickiness.type", "lb_cookie"),
];

const NETWORK_GROUP: Defaults = &[
    (
        "deregistration_delay.connection_termination.enabled",
        "false",
    ),
    ("proxy_protocol_v2.enabled", "false"),
    ("stickiness.type", "source_ip"),
    (
        "target_health_state.unhealthy.connection_termination.enabled",
        "true",
    ),
    (
        "target_health_state.unhealthy.draining_interval_seconds",
        "0",
    ),
];

const APPLICATION_LISTENER: Defaults = &[("routing.http.response.server.enabled", "true")];
const SECURE_LISTENER: Defaults = &[
    (
        "routing.http.request.x_amzn_mtls_clientcert.header_name",
        "",
    ),
    (
        "routing.http.request.x_amzn_mtls_clientcert_issuer.header_name",
        "",
    ),
    (
        "routing.http.request.x_amzn_mtls_clientcert_leaf.header_name",
        "",
    ),
    (
        "routing.http.request.x_amzn_mtls_clientcert_serial_number.header_name",
        "",
    ),
    (
        "routing.http.request.x_amzn_mtls_clientcert_subject.header_name",
        "",
    ),
    (
        "routing.http.request.x_amzn_mtls_clientcert_validity.header_name",
        "",
    ),
    (
        "routing.http.request.x_amzn_tls_cipher_suite.header_name",
        "",
    ),
    ("routing.http.request.x_amzn_tls_version.header_name", ""),
];
/// Headers of answers that listeners may set.
const RESPONSE_HEADERS: Defaults = &[
    (
        "routing.http.response.access_control_allow_credentials.header_value",
        "",
    ),
    (
        "routing.http.response.access_control_allow_headers.header_value",
        "",
    ),
    (
        "routing.http.response.access_control_allow_methods.header_value",
        "",
    ),
    (
        "routing.http.response.access_control_allow_origin.header_value",
        "",
    ),
    (
        "routing.http.response.access_control_expose_headers.header_value",
        "",
    ),
    (
        "routing.http.response.access_control_max_age.header_value",
        "",
    ),
    (
        "routing.http.response.content_security_policy.header_value",
        "",
    ),
    (
        "routing.http.response.strict_transport_security.header_value",
        "",
    ),
    (
        "routing.http.response.x_content_type_options.header_value",
        "",
    ),
    ("routing.http.response.x_frame_options.header_value", ""),
];
const NETWORK_LISTENER: Defaults = &[("tcp.idle_timeout.seconds", "350")];

/// What `DescribeLoadBalancerAttributes` shows.
pub fn of_balancer(row: &Balancer) -> Attributes {
    over(&[balancer_defaults(row.kind)], &row.attributes)
}

pub fn of_group(row: &Group) -> Attributes {
    let mut shown = over(&group_defaults(row), &row.attributes);
    if row.definition.protocol == Some(ProtocolEnum::Tcp) {
        let instance = row.definition.target_type == Some(TargetTypeEnum::Instance);
        let usual = || instance.to_string();
        shown
            .entry("preserve_client_ip.enabled".to_owned())
            .or_insert_with(usual);
    }
    shown
}

pub fn of_listener(kind: Kind, secure: bool, set: &Attributes) -> Attributes {
    over(&listener_defaults(kind, secure), set)
}

pub fn set_balancer(
    row: &mut Balancer,
    given: Vec<(Option<String>, Option<String>)>,
) -> Result<(), CommonError> {
    set(
        &mut row.attributes,
        &[balancer_defaults(row.kind)],
        "load balancer",
        given,
    )
}

pub fn set_group(
    row: &mut Group,
    given: Vec<(Option<String>, Option<String>)>,
) -> Result<(), CommonError> {
    let mut defaults = group_defaults(row).to_vec();
    if row.definition.protocol == Some(ProtocolEnum::Tcp) {
        defaults.push(&[("preserve_client_ip.enabled", "false")]);
    }
    set(&mut row.attributes, &defaults, "target group", given)
}

pub fn set_listener(
    kind: Kind,
    secure: bool,
    attributes: &mut Attributes,
    given: Vec<(Option<String>, Option<String>)>,
) -> Result<(), CommonError> {
    set(
        attributes,
        &listener_defaults(kind, secure),
        "listener",
        given,
    )
}

fn balancer_defaults(kind: Kind) -> Defaults {
    match kind {
        Kind::Application => APPLICATION,
        Kind::Network => NETWORK,
    }
}

fn group_defaults(row: &Group) -> [Defaults; 2] {
    match row.definition.protocol {
        Some(ProtocolEnum::Http) => [GROUP, APPLICATION_GROUP],
        _ => [GROUP, NETWORK_GROUP],
    }
}

fn listener_defaults(kind: Kind, secure: bool) -> Vec<Defaults> {
    match (kind, secure) {
        (Kind::Application, false) => vec![APPLICATION_LISTENER, RESPONSE_HEADERS],
        (Kind::Application, true) => {
            vec![APPLICATION_LISTENER, RESPONSE_HEADERS, SECURE_LISTENER]
        }
        (Kind::Network, _) => vec![NETWORK_LISTENER],
    }
}

fn over(defaults: &[Defaults], set: &Attributes) -> Attributes {
    let defaults = defaults.iter().flat_map(|defaults| defaults.iter());
    let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    let mut shown: Attributes = defaults.map(own).collect();
    shown.extend(set.clone());
    shown
}

fn set(
    attributes: &mut Attributes,
    defaults: &[Defaults],
    what: &str,
    given: Vec<(Option<String>, Option<String>)>,
) -> Result<(), CommonError> {
    for (key, value) in given {
        let key = key.unwrap_or_default();
        let value = value.unwrap_or_default();
        let mut all = defaults.iter().flat_map(|defaults| defaults.iter());
        let usual = all.find(|(known, _)| *known == key);
        let Some((_, usual)) = usual else {
            return Err(errors::configuration(format!(
                "{what} attribute key '{key}' is not recognized"
            )));
        };
        check(&key, &value, usual)?;
        attributes.insert(key, value);
    }
    Ok(())
}

fn check(key: &str, value: &str, usual: &str) -> Result<(), CommonError> {
    let refused = |rule: &str| {
        Err(errors::configuration(format!(
            "The value '{value}' of attribute '{key}' {rule}"
        )))
    };
    let range = match key {
        "deregistration_delay.timeout_seconds" => Some(0..=3600),
        "idle_timeout.timeout_seconds" => Some(1..=4000),
        "client_keep_alive.seconds" => Some(60..=604_800),
        "tcp.idle_timeout.seconds" => Some(60..=6000),
        "slow_start.duration_seconds" => Some(0..=900),
        key if key.ends_with("cookie.duration_seconds") => Some(1..=604_800),
        _ => None,
    };
    if let Some(range) = range {
        return match value
            .parse::<u32>()
            .is_ok_and(|number| range.contains(&number))
        {
            true => Ok(()),
            false => refused(&format!(
                "must be between {} and {}",
                range.start(),
                range.end()
            )),
        };
    }
    let known: &[&str] = match (key, usual) {
        ("load_balancing.cross_zone.enabled", "use_load_balancer_configuration") => {
            &["true", "false", "use_load_balancer_configuration"]
        }
        ("load_balancing.algorithm.type", _) => &[
            "round_robin",
            "least_outstanding_requests",
            "weighted_random",
        ],
        ("stickiness.type", "lb_cookie") => &["lb_cookie", "app_cookie"],
        ("stickiness.type", _) => &["source_ip"],
        ("load_balancing.algorithm.anomaly_mitigation", _) => &["on", "off"],
        (_, "true" | "false") => &["true", "false"],
        _ => return Ok(()),
    };
    match known.contains(&value) {
        true => Ok(()),
        false => refused(&format!("must be one of '{}'", known.join(", "))),
    }
}
