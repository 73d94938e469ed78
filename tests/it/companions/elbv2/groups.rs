//! Target groups and the targets in them.

use super::stand::{ARN, Balancer, ELB, group};
use super::{element, fault};
use crate::support::Server;

const BASE: [(&str, &str); 5] = [
    ("Name", "blue"),
    ("Protocol", "HTTP"),
    ("Port", "80"),
    ("VpcId", "vpc-1"),
    ("TargetType", "ip"),
];

#[tokio::test]
async fn a_target_group_is_created_with_aws_defaults_changed_and_deleted() {
    let server = Server::start().await;
    let created = ELB.ok(&server, "CreateTargetGroup", &BASE).await;
    let arn = element(&created, "TargetGroupArn");
    assert!(arn.starts_with(&format!("{ARN}targetgroup/blue/")), "{arn}");
    for (name, value) in [
        ("HealthCheckProtocol", "HTTP"),
        ("HealthCheckPort", "traffic-port"),
        ("HealthCheckEnabled", "true"),
        ("HealthCheckIntervalSeconds", "30"),
        ("HealthCheckTimeoutSeconds", "5"),
        ("HealthyThresholdCount", "5"),
        ("UnhealthyThresholdCount", "2"),
        ("HealthCheckPath", "/"),
        ("HttpCode", "200"),
        ("ProtocolVersion", "HTTP1"),
        ("TargetType", "ip"),
        ("IpAddressType", "ipv4"),
    ] {
        assert_eq!(element(&created, name), value, "{name}");
    }
    let again = ELB.ok(&server, "CreateTargetGroup", &BASE).await;
    assert_eq!(element(&again, "TargetGroupArn"), arn);
    let mut other = BASE.to_vec();
    other[2].1 = "81";
    let refused = fault(
        400,
        "DuplicateTargetGroupName",
        "A target group with the same name 'blue' exists, but with different settings",
    );
    assert_eq!(
        ELB.error(&server, "CreateTargetGroup", &other).await,
        refused
    );
    let own = ("TargetGroupArn", arn.as_str());
    let changed = [
        own,
        ("HealthCheckPath", "/up"),
        ("Matcher.HttpCode", "200-299"),
        ("HealthCheckIntervalSeconds", "10"),
    ];
    let text = ELB.ok(&server, "ModifyTargetGroup", &changed).await;
    assert_eq!(element(&text, "HealthCheckPath"), "/up");
    assert_eq!(element(&text, "HttpCode"), "200-299");
    for way in [
        ("TargetGroupArns.member.1", arn.as_str()),
        ("Names.member.1", "blue"),
        ("PageSize", "9"),
    ] {
        let shown = ELB.ok(&server, "DescribeTargetGroups", &[way]).await;
        assert_eq!(element(&shown, "HealthCheckIntervalSeconds"), "10");
    }
    ELB.ok(&server, "DeleteTargetGroup", &[own]).await;
    let absent = fault(
        400,
        "TargetGroupNotFound",
        "One or more target groups not found",
    );
    let way = [("TargetGroupArns.member.1", arn.as_str())];
    assert_eq!(
        ELB.error(&server, "DescribeTargetGroups", &way).await,
        absent
    );
    assert_eq!(
        ELB.error(&server, "DescribeTargetHealth", &[own]).await,
        absent
    );
}

#[tokio::test]
async fn what_is_not_offered_is_refused_by_name() {
    let server = Server::start().await;
    for (name, value, code, part) in [
        (
            "TargetType",
            "lambda",
            "InvalidConfigurationRequest",
            "'lambda'",
        ),
        ("Protocol", "HTTPS", "InvalidConfigurationRequest", "TLS"),
        ("Protocol", "UDP", "InvalidConfigurationRequest", "'UDP'"),
        ("HealthCheckPath", "up", "ValidationError", "'up'"),
        (
            "HealthCheckTimeoutSeconds",
            "30",
            "ValidationError",
            "smaller than the interval",
        ),
        ("Matcher.HttpCode", "99", "ValidationError", "'99'"),
        (
            "ProtocolVersion",
            "GRPC",
            "InvalidConfigurationRequest",
            "'GRPC'",
        ),
        (
            "HealthCheckIntervalSeconds",
            "1",
            "ValidationError",
            "healthCheckIntervalSeconds",
        ),
    ] {
        let mut fields: Vec<_> = BASE
            .iter()
            .copied()
            .filter(|(known, _)| *known != name)
            .collect();
        fields.push((name, value));
        let (_, found, text) = ELB.error(&server, "CreateTargetGroup", &fields).await;
        assert_eq!(found, code, "{name} {value}: {text}");
        assert!(text.contains(part), "{text}");
    }
}

#[tokio::test]
async fn attributes_of_target_groups_have_their_defaults_until_they_are_set() {
    let server = Server::start().await;
    let blue = group(&server, "blue").await;
    let own = ("TargetGroupArn", blue.as_str());
    let shown = ELB
        .ok(&server, "DescribeTargetGroupAttributes", &[own])
        .await;
    for (key, value) in [
        ("deregistration_delay.timeout_seconds", "300"),
        ("stickiness.type", "lb_cookie"),
        ("load_balancing.algorithm.type", "round_robin"),
    ] {
        assert!(
            shown.contains(&format!("<Key>{key}</Key><Value>{value}</Value>")),
            "{key}: {shown}"
        );
    }
    let set = |key, value| {
        [
            own,
            ("Attributes.member.1.Key", key),
            ("Attributes.member.1.Value", value),
        ]
    };
    let text = ELB
        .ok(
            &server,
            "ModifyTargetGroupAttributes",
            &set("deregistration_delay.timeout_seconds", "7"),
        )
        .await;
    assert!(text.contains("<Value>7</Value>"), "{text}");
    let (_, code, _) = ELB
        .error(
            &server,
            "ModifyTargetGroupAttributes",
            &set("deregistration_delay.timeout_seconds", "3601"),
        )
        .await;
    assert_eq!(code, "InvalidConfigurationRequest");
}

#[tokio::test]
async fn a_group_in_use_is_not_deleted_and_its_targets_are_unused_before() {
    let server = Server::start().await;
    let (blue, green) = (group(&server, "blue").await, group(&server, "green").await);
    let own = ("TargetGroupArn", blue.as_str());
    let target = [
        own,
        ("Targets.member.1.Id", "127.0.0.1"),
        ("Targets.member.1.Port", "9"),
    ];
    ELB.ok(&server, "RegisterTargets", &target).await;
    let text = ELB.ok(&server, "DescribeTargetHealth", &[own]).await;
    assert_eq!(element(&text, "State"), "unused");
    assert_eq!(element(&text, "Reason"), "Target.NotInUse");
    assert_eq!(element(&text, "HealthCheckPort"), "9");
    // Where nothing is on its way nothing drains.
    ELB.ok(&server, "DeregisterTargets", &target).await;
    let text = ELB.ok(&server, "DescribeTargetHealth", &[own]).await;
    assert!(!text.contains("<State>"), "{text}");
    let text = ELB.ok(&server, "DescribeTargetHealth", &target).await;
    assert_eq!(element(&text, "Reason"), "Target.NotRegistered");
    let web = Balancer::new(&server, "web", "application").await;
    web.listen(&server, &[(&blue, 1), (&green, 0)]).await;
    let shown = ELB
        .ok(
            &server,
            "DescribeTargetGroups",
            &[("LoadBalancerArn", &web.arn)],
        )
        .await;
    assert!(
        shown.contains(&blue) && shown.contains(&green) && shown.contains(&web.arn),
        "{shown}"
    );
    for arn in [&blue, &green] {
        let refused = fault(
            400,
            "ResourceInUse",
            &format!("Target group '{arn}' is currently in use by a listener or a rule"),
        );
        assert_eq!(
            ELB.error(&server, "DeleteTargetGroup", &[("TargetGroupArn", arn)])
                .await,
            refused
        );
    }
    ELB.ok(
        &server,
        "DeleteLoadBalancer",
        &[("LoadBalancerArn", &web.arn)],
    )
    .await;
    ELB.ok(&server, "DeleteTargetGroup", &[own]).await;
}

#[tokio::test]
async fn targets_are_what_their_group_takes() {
    let server = Server::start().await;
    let blue = group(&server, "blue").await;
    let odd = [
        ("TargetGroupArn", blue.as_str()),
        ("Targets.member.1.Id", "i-1"),
    ];
    let (_, code, text) = ELB.error(&server, "RegisterTargets", &odd).await;
    assert_eq!(code, "ValidationError", "{text}");
    let mut fields = BASE.to_vec();
    (fields[0].1, fields[4].1) = ("machines", "instance");
    let machines = element(
        &ELB.ok(&server, "CreateTargetGroup", &fields).await,
        "TargetGroupArn",
    );
    let odd = [
        ("TargetGroupArn", machines.as_str()),
        ("Targets.member.1.Id", "127.0.0.1"),
    ];
    let (_, code, text) = ELB.error(&server, "RegisterTargets", &odd).await;
    assert_eq!(code, "InvalidTarget", "{text}");
    let good = [
        ("TargetGroupArn", machines.as_str()),
        ("Targets.member.1.Id", "i-0123456789abcdef0"),
    ];
    ELB.ok(&server, "RegisterTargets", &good).await;
    let text = ELB.ok(&server, "DescribeTargetHealth", &good[..1]).await;
    assert_eq!(element(&text, "Port"), "80");
}
