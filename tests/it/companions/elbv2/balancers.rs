//! Load balancers themselves.

use super::stand::{ARN, Balancer, ELB};
use super::{element, fault};
use crate::support::Server;

const SUBNETS: [(&str, &str); 2] = [
    ("Subnets.member.1", "subnet-1"),
    ("Subnets.member.2", "subnet-2"),
];

#[tokio::test]
async fn a_load_balancer_is_created_shown_listed_and_deleted() {
    let server = Server::start().await;
    let fields = [
        ("Name", "web"),
        SUBNETS[0],
        SUBNETS[1],
        ("SecurityGroups.member.1", "sg-1"),
    ];
    let created = ELB.ok(&server, "CreateLoadBalancer", &fields).await;
    let arn = element(&created, "LoadBalancerArn");
    assert!(
        arn.starts_with(&format!("{ARN}loadbalancer/app/web/")),
        "{arn}"
    );
    assert_eq!(arn.rsplit('/').next().unwrap().len(), 16);
    for (name, value) in [
        ("LoadBalancerName", "web"),
        ("Scheme", "internet-facing"),
        ("Type", "application"),
        ("IpAddressType", "ipv4"),
        ("Code", "active"),
        ("ZoneName", "us-east-1a"),
        ("SubnetId", "subnet-1"),
    ] {
        assert_eq!(element(&created, name), value);
    }
    let address: std::net::Ipv4Addr = element(&created, "DNSName").parse().unwrap();
    assert!(address.is_loopback());
    // The same again is the same one; something else of this name is refused.
    let again = ELB.ok(&server, "CreateLoadBalancer", &fields).await;
    assert_eq!(element(&again, "LoadBalancerArn"), arn);
    let other = [
        ("Name", "web"),
        SUBNETS[0],
        SUBNETS[1],
        ("Scheme", "internal"),
    ];
    let refused = fault(
        400,
        "DuplicateLoadBalancerName",
        "A load balancer with the same name 'web' exists, but with different settings",
    );
    assert_eq!(
        ELB.error(&server, "CreateLoadBalancer", &other).await,
        refused
    );
    for way in [
        ("LoadBalancerArns.member.1", arn.as_str()),
        ("Names.member.1", "web"),
        ("PageSize", "1"),
    ] {
        let shown = ELB.ok(&server, "DescribeLoadBalancers", &[way]).await;
        assert_eq!(element(&shown, "LoadBalancerArn"), arn);
    }
    ELB.ok(&server, "DeleteLoadBalancer", &[("LoadBalancerArn", &arn)])
        .await;
    ELB.ok(&server, "DeleteLoadBalancer", &[("LoadBalancerArn", &arn)])
        .await;
    let absent = fault(
        400,
        "LoadBalancerNotFound",
        "One or more load balancers not found",
    );
    let way = [("Names.member.1", "web")];
    assert_eq!(
        ELB.error(&server, "DescribeLoadBalancers", &way).await,
        absent
    );
}

#[tokio::test]
async fn what_makes_no_load_balancer_is_refused_in_aws_words() {
    let server = Server::start().await;
    for (fields, code, message) in [
        (
            vec![("Name", "a b"), SUBNETS[0], SUBNETS[1]],
            "ValidationError",
            "alphanumeric",
        ),
        (
            vec![("Name", "web"), SUBNETS[0]],
            "ValidationError",
            "At least two subnets in two different Availability Zones must be specified",
        ),
        (
            vec![("Name", "web"), ("Type", "gateway"), SUBNETS[0]],
            "InvalidConfigurationRequest",
            "gateway",
        ),
        (
            vec![("Name", "web"), ("Subnets.member.1", "x"), SUBNETS[1]],
            "InvalidSubnet",
            "'x'",
        ),
    ] {
        let (status, found, text) = ELB.error(&server, "CreateLoadBalancer", &fields).await;
        assert_eq!((status, found.as_str()), (400, code), "{text}");
        assert!(text.contains(message), "{text}");
    }
    let (_, code, text) = ELB
        .error(&server, "DeleteLoadBalancer", &[("LoadBalancerArn", "x")])
        .await;
    assert_eq!(
        (code.as_str(), text.as_str()),
        ("ValidationError", "'x' is not a valid load balancer ARN")
    );
}

#[tokio::test]
async fn attributes_have_their_defaults_until_they_are_set() {
    let server = Server::start().await;
    let web = Balancer::new(&server, "web", "application").await;
    let own = ("LoadBalancerArn", web.arn.as_str());
    let shown = ELB
        .ok(&server, "DescribeLoadBalancerAttributes", &[own])
        .await;
    assert!(
        shown.contains("<Key>idle_timeout.timeout_seconds</Key><Value>60</Value>"),
        "{shown}"
    );
    assert!(
        shown.contains("<Key>access_logs.s3.bucket</Key><Value></Value>"),
        "{shown}"
    );
    let set = |key, value| {
        [
            own,
            ("Attributes.member.1.Key", key),
            ("Attributes.member.1.Value", value),
        ]
    };
    let protected = set("deletion_protection.enabled", "true");
    ELB.ok(&server, "ModifyLoadBalancerAttributes", &protected)
        .await;
    let (_, code, text) = ELB.error(&server, "DeleteLoadBalancer", &[own]).await;
    assert_eq!(code, "OperationNotPermitted");
    assert_eq!(
        text,
        format!(
            "Load balancer '{}' cannot be deleted because deletion protection is enabled",
            web.arn
        )
    );
    for (key, value) in [
        ("no.such", "1"),
        ("idle_timeout.timeout_seconds", "0"),
        ("deletion_protection.enabled", "maybe"),
    ] {
        let (_, code, text) = ELB
            .error(&server, "ModifyLoadBalancerAttributes", &set(key, value))
            .await;
        assert_eq!(code, "InvalidConfigurationRequest", "{text}");
    }
    let reserved = ELB.ok(&server, "DescribeCapacityReservation", &[own]).await;
    assert!(reserved.contains("CapacityReservationState"), "{reserved}");
    let limits = ELB.ok(&server, "DescribeAccountLimits", &[]).await;
    assert!(
        limits.contains("<Name>target-groups</Name><Max>3000</Max>"),
        "{limits}"
    );
}

#[tokio::test]
async fn subnets_security_groups_and_address_types_are_changed_in_place() {
    let server = Server::start().await;
    let web = Balancer::new(&server, "web", "application").await;
    let own = ("LoadBalancerArn", web.arn.as_str());
    let fields = [
        own,
        ("Subnets.member.1", "subnet-3"),
        ("Subnets.member.2", "subnet-4"),
    ];
    let text = ELB.ok(&server, "SetSubnets", &fields).await;
    assert!(text.contains("<SubnetId>subnet-4</SubnetId>"), "{text}");
    ELB.ok(
        &server,
        "SetSecurityGroups",
        &[own, ("SecurityGroups.member.1", "sg-9")],
    )
    .await;
    ELB.ok(
        &server,
        "SetIpAddressType",
        &[own, ("IpAddressType", "dualstack")],
    )
    .await;
    let shown = ELB.ok(&server, "DescribeLoadBalancers", &[]).await;
    for part in [
        "subnet-3",
        "<member>sg-9</member>",
        "<IpAddressType>dualstack</IpAddressType>",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}
