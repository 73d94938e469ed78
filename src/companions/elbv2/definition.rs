//! Target groups as they were asked for, made complete: what is absent has AWS's default.

use super::errors;
use super::settings::codes_of;
use elbv2_api::input::{CreateTargetGroupInput, ModifyTargetGroupInput};
use elbv2_api::model::{
    Matcher, ProtocolEnum, TargetGroup, TargetGroupIpAddressTypeEnum, TargetTypeEnum,
};
use slipway_runtime::CommonError;

/// The group that a request describes.
pub fn complete(input: &CreateTargetGroupInput) -> Result<TargetGroup, CommonError> {
    let kind = input.target_type.unwrap_or(TargetTypeEnum::Instance);
    if matches!(kind, TargetTypeEnum::Lambda | TargetTypeEnum::Alb) {
        return Err(errors::configuration(format!(
            "Target type '{kind}' is not offered: slipway's load balancers forward to instances and addresses"
        )));
    }
    let protocol = input.protocol;
    let protocol = protocol.ok_or_else(|| errors::invalid("A protocol must be specified"))?;
    check_protocol(protocol)?;
    let port = input.port;
    let port = port.ok_or_else(|| errors::invalid("A port must be specified"))?;
    if input.vpc_id.is_none() {
        return Err(errors::invalid("A VPC ID must be specified"));
    }
    if input.ip_address_type == Some(TargetGroupIpAddressTypeEnum::Ipv6)
        && kind != TargetTypeEnum::Ip
    {
        return Err(errors::configuration(
            "IP address type 'ipv6' is not supported for this target type",
        ));
    }
    let version = version(input, protocol)?;
    let mut group = TargetGroup {
        target_group_name: Some(input.name.clone()),
        protocol: Some(protocol),
        port: Some(port),
        vpc_id: input.vpc_id.clone(),
        target_type: Some(kind),
        protocol_version: version,
        ip_address_type: Some(
            input
                .ip_address_type
                .unwrap_or(TargetGroupIpAddressTypeEnum::Ipv4),
        ),
        target_control_port: input.target_control_port,
        health_check_protocol: Some(input.health_check_protocol.unwrap_or(protocol)),
        health_check_port: Some("traffic-port".to_owned()),
        health_check_enabled: Some(true),
        health_check_interval_seconds: Some(30),
        healthy_threshold_count: Some(5),
        unhealthy_threshold_count: Some(2),
        ..TargetGroup::default()
    };
    let checks = Checks {
        protocol: input.health_check_protocol,
        port: given(input.health_check_port.as_ref()),
        path: given(input.health_check_path.as_ref()),
        enabled: input.health_check_enabled,
        interval: input.health_check_interval_seconds,
        timeout: input.health_check_timeout_seconds,
        healthy: input.healthy_threshold_count,
        unhealthy: input.unhealthy_threshold_count,
        matcher: input.matcher.clone(),
    };
    checks.apply(&mut group)?;
    Ok(group)
}

/// The group as a request changes it.
pub fn change(group: &mut TargetGroup, input: &ModifyTargetGroupInput) -> Result<(), CommonError> {
    let checks = Checks {
        protocol: input.health_check_protocol,
        port: given(input.health_check_port.as_ref()),
        path: given(input.health_check_path.as_ref()),
        enabled: input.health_check_enabled,
        interval: input.health_check_interval_seconds,
        timeout: input.health_check_timeout_seconds,
        healthy: input.healthy_threshold_count,
        unhealthy: input.unhealthy_threshold_count,
        matcher: input.matcher.clone(),
    };
    checks.apply(group)
}

fn check_protocol(protocol: ProtocolEnum) -> Result<(), CommonError> {
    match protocol {
        ProtocolEnum::Http | ProtocolEnum::Tcp => Ok(()),
        ProtocolEnum::Https | ProtocolEnum::Tls => Err(errors::configuration(format!(
            "Protocol '{protocol}' is not offered for target groups: slipway has no TLS of its own; use HTTP or TCP"
        ))),
        other => Err(errors::configuration(format!(
            "Protocol '{other}' is not offered for target groups; slipway forwards HTTP and TCP"
        ))),
    }
}

fn version(
    input: &CreateTargetGroupInput,
    protocol: ProtocolEnum,
) -> Result<Option<String>, CommonError> {
    let given = given(input.protocol_version.as_ref());
    match (protocol, given.as_deref()) {
        (ProtocolEnum::Http, None | Some("HTTP1")) => Ok(Some("HTTP1".to_owned())),
        (ProtocolEnum::Http, Some(other @ ("HTTP2" | "GRPC"))) => {
            Err(errors::configuration(format!(
                "Protocol version '{other}' is not offered: slipway's load balancers speak HTTP1 to targets"
            )))
        }
        (ProtocolEnum::Http, Some(other)) => Err(errors::invalid(format!(
            "Protocol version '{other}' must be one of '[HTTP1, HTTP2, GRPC]'"
        ))),
        (_, None) => Ok(None),
        (_, Some(_)) => Err(errors::invalid(
            "Protocol version cannot be specified for this protocol",
        )),
    }
}

/// Clients send empty texts for what they do not mean.
fn given(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.is_empty()).cloned()
}

/// What a request says of health checks.
struct Checks {
    protocol: Option<ProtocolEnum>,
    port: Option<String>,
    path: Option<String>,
    enabled: Option<bool>,
    interval: Option<i32>,
    timeout: Option<i32>,
    healthy: Option<i32>,
    unhealthy: Option<i32>,
    matcher: Option<Matcher>,
}

impl Checks {
    fn apply(self, group: &mut TargetGroup) -> Result<(), CommonError> {
        if self.enabled == Some(false) {
            return Err(errors::invalid(
                "Health check enabled must be true for target groups with target type 'instance' or 'ip'",
            ));
        }
        if let Some(protocol) = self.protocol {
            check_protocol(protocol)?;
            group.health_check_protocol = Some(protocol);
        }
        if let Some(port) = self.port {
            let known = port == "traffic-port" || port.parse::<u16>().is_ok_and(|port| port > 0);
            if !known {
                return Err(errors::invalid(format!(
                    "Health check port '{port}' must be in the range 1-65535 or 'traffic-port'"
                )));
            }
            group.health_check_port = Some(port);
        }
        let application = group.protocol == Some(ProtocolEnum::Http);
        if application && group.health_check_protocol == Some(ProtocolEnum::Tcp) {
            return Err(errors::invalid(
                "Health check protocol 'TCP' is not supported for target groups with the protocol 'HTTP'",
            ));
        }
        group.health_check_interval_seconds = self.interval.or(group.health_check_interval_seconds);
        group.healthy_threshold_count = self.healthy.or(group.healthy_threshold_count);
        group.unhealthy_threshold_count = self.unhealthy.or(group.unhealthy_threshold_count);
        let http = group.health_check_protocol == Some(ProtocolEnum::Http);
        let usual = match (application, http) {
            (true, _) => 5,
            (false, true) => 6,
            (false, false) => 10,
        };
        let timeout = self.timeout.or(group.health_check_timeout_seconds);
        let timeout = timeout.unwrap_or(usual);
        group.health_check_timeout_seconds = Some(timeout);
        let interval = group.health_check_interval_seconds.unwrap_or(30);
        // Network load balancers may wait for as long as they pause.
        if timeout > interval || (application && timeout == interval) {
            return Err(errors::invalid(format!(
                "Health check timeout '{timeout}' must be smaller than the interval '{interval}'"
            )));
        }
        match http {
            true => in_http(group, application, self.path, self.matcher),
            false => without_http(group, self.path, self.matcher),
        }
    }
}

fn in_http(
    group: &mut TargetGroup,
    application: bool,
    path: Option<String>,
    matcher: Option<Matcher>,
) -> Result<(), CommonError> {
    let path = path.or(group.health_check_path.take());
    let path = path.unwrap_or_else(|| "/".to_owned());
    let plain = |byte: u8| byte.is_ascii_graphic();
    if !path.starts_with('/') || !path.bytes().all(plain) {
        return Err(errors::invalid(format!(
            "Health check path '{path}' must begin with a '/' character, and can only contain printable ASCII characters, without spaces"
        )));
    }
    group.health_check_path = Some(path);
    let given = matcher.or(group.matcher.take());
    let codes = given.and_then(|matcher| matcher.http_code);
    let codes = codes.filter(|codes| !codes.is_empty());
    let usual = if application { "200" } else { "200-399" };
    let codes = codes.unwrap_or_else(|| usual.to_owned());
    if codes_of(&codes).is_none() {
        return Err(errors::invalid(format!(
            "Health check matcher HTTP code '{codes}' must be within '200-499' inclusive"
        )));
    }
    group.matcher = Some(Matcher {
        http_code: Some(codes),
        grpc_code: None,
    });
    Ok(())
}

fn without_http(
    group: &mut TargetGroup,
    path: Option<String>,
    matcher: Option<Matcher>,
) -> Result<(), CommonError> {
    if path.is_some() || matcher.is_some_and(|matcher| given(matcher.http_code.as_ref()).is_some())
    {
        return Err(errors::invalid(
            "Health check path and matcher cannot be specified for TCP health checks",
        ));
    }
    (group.health_check_path, group.matcher) = (None, None);
    Ok(())
}
