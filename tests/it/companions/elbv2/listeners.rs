//! Listeners: what they are asked to be, where they are, what is said when they are elsewhere.

use super::stand::{Balancer, ELB, PORT, get, group, text};
use super::{element, fault};
use crate::support::Server;

#[tokio::test]
async fn a_listener_is_created_shown_changed_and_deleted() {
    let server = Server::start().await;
    let web = Balancer::new(&server, "web", "application").await;
    let blue = group(&server, "blue").await;
    let port = PORT.to_string();
    let fields = [
        ("LoadBalancerArn", web.arn.as_str()),
        ("Protocol", "HTTP"),
        ("Port", &port),
        ("DefaultActions.member.1.Type", "forward"),
        ("DefaultActions.member.1.TargetGroupArn", &blue),
    ];
    let created = ELB.ok(&server, "CreateListener", &fields).await;
    let arn = element(&created, "ListenerArn");
    assert!(arn.contains("listener/app/web/"), "{arn}");
    // One group stands at the top too, with weight 1 below.
    let action = element(&created, "DefaultActions");
    assert!(
        action.contains(&format!("<TargetGroupArn>{blue}</TargetGroupArn>")),
        "{action}"
    );
    assert_eq!(element(&action, "Weight"), "1");
    assert_eq!(element(&action, "Enabled"), "false");
    let refused = fault(
        400,
        "DuplicateListener",
        &format!(
            "A listener already exists on this port for this load balancer '{}'",
            web.arn
        ),
    );
    assert_eq!(ELB.error(&server, "CreateListener", &fields).await, refused);
    let own = ("ListenerArn", arn.as_str());
    for way in [
        ("LoadBalancerArn", web.arn.as_str()),
        ("ListenerArns.member.1", &arn),
    ] {
        let shown = ELB.ok(&server, "DescribeListeners", &[way]).await;
        assert_eq!(element(&shown, "Port"), port);
    }
    // Another port: there, and no longer here.
    ELB.ok(&server, "ModifyListener", &[own, ("Port", "8081")])
        .await;
    let other = format!("http://{}:8081/", web.dns);
    assert_eq!(get(&other).await.status, 503);
    assert!(
        tokio::net::TcpStream::connect((web.dns.as_str(), PORT))
            .await
            .is_err()
    );
    let shown = ELB.ok(&server, "DescribeListenerAttributes", &[own]).await;
    assert!(
        shown.contains("<Key>routing.http.response.server.enabled</Key><Value>true</Value>"),
        "{shown}"
    );
    let set = [
        own,
        (
            "Attributes.member.1.Key",
            "routing.http.response.server.enabled",
        ),
        ("Attributes.member.1.Value", "false"),
    ];
    let shown = ELB.ok(&server, "ModifyListenerAttributes", &set).await;
    assert!(shown.contains("<Value>false</Value>"), "{shown}");
    let shown = ELB
        .ok(&server, "DescribeListenerCertificates", &[own])
        .await;
    assert!(!shown.contains("CertificateArn"), "{shown}");
    ELB.ok(&server, "DeleteListener", &[own]).await;
    assert!(
        tokio::net::TcpStream::connect((web.dns.as_str(), 8081))
            .await
            .is_err()
    );
    let absent = fault(400, "ListenerNotFound", "One or more listeners not found");
    assert_eq!(ELB.error(&server, "DeleteListener", &[own]).await, absent);
}

#[tokio::test]
async fn what_makes_no_listener_is_refused_in_aws_words() {
    let server = Server::start().await;
    let web = Balancer::new(&server, "web", "application").await;
    let other = Balancer::new(&server, "other", "application").await;
    let (blue, tcp) = (group(&server, "blue").await, group(&server, "tcp").await);
    other.listen(&server, &[(&blue, 1)]).await;
    let base = |protocol| {
        [
            ("LoadBalancerArn", web.arn.as_str()),
            ("Protocol", protocol),
            ("Port", "8080"),
        ]
    };
    let kind = |kind| ("DefaultActions.member.1.Type", kind);
    let to = |arn| ("DefaultActions.member.1.TargetGroupArn", arn);
    let gone = format!("{blue}0");
    for (protocol, more, code) in [
        (
            "TCP",
            vec![kind("forward"), to(blue.as_str())],
            "ValidationError",
        ),
        ("HTTPS", vec![kind("forward"), to(&blue)], "ValidationError"),
        ("HTTP", vec![kind("forward")], "ValidationError"),
        ("HTTP", vec![kind("redirect")], "ValidationError"),
        (
            "HTTP",
            vec![kind("forward"), to(&tcp)],
            "IncompatibleProtocols",
        ),
        (
            "HTTP",
            vec![kind("forward"), to(&blue)],
            "TargetGroupAssociationLimit",
        ),
        (
            "HTTP",
            vec![kind("forward"), to(&gone)],
            "TargetGroupNotFound",
        ),
        (
            "HTTP",
            vec![kind("authenticate-oidc")],
            "InvalidLoadBalancerAction",
        ),
    ] {
        let fields = [base(protocol).to_vec(), more].concat();
        let (_, found, text) = ELB.error(&server, "CreateListener", &fields).await;
        assert_eq!(found, code, "{protocol}: {text}");
    }
}

#[tokio::test]
async fn a_listener_whose_port_is_taken_listens_elsewhere_and_says_where() {
    let server = Server::start().await;
    let web = Balancer::new(&server, "web", "application").await;
    let _taken = tokio::net::TcpListener::bind((web.dns.as_str(), PORT))
        .await
        .unwrap();
    let blue = group(&server, "blue").await;
    web.listen(&server, &[(&blue, 1)]).await;
    let shown = ELB.ok(&server, "DescribeLoadBalancers", &[]).await;
    let reason = element(&shown, "Reason");
    let at = reason.rsplit(' ').next().unwrap();
    assert!(
        reason.starts_with("the listener of port 8080 listens at 127."),
        "{reason}"
    );
    assert_eq!(get(&format!("http://{at}/")).await.status, 503);
}

#[tokio::test]
async fn a_listener_of_https_listens_without_tls_and_says_so() {
    let server = Server::start().await;
    let web = Balancer::new(&server, "web", "application").await;
    let fields = [
        ("LoadBalancerArn", web.arn.as_str()),
        ("Protocol", "HTTPS"),
        ("Port", "8443"),
        (
            "Certificates.member.1.CertificateArn",
            "arn:aws:acm:us-east-1:000000000000:certificate/c",
        ),
        ("DefaultActions.member.1.Type", "fixed-response"),
        (
            "DefaultActions.member.1.FixedResponseConfig.StatusCode",
            "200",
        ),
        (
            "DefaultActions.member.1.FixedResponseConfig.MessageBody",
            "here",
        ),
    ];
    let created = ELB.ok(&server, "CreateListener", &fields).await;
    assert_eq!(element(&created, "SslPolicy"), "ELBSecurityPolicy-2016-08");
    let shown = ELB.ok(&server, "DescribeLoadBalancers", &[]).await;
    assert_eq!(
        element(&shown, "Reason"),
        "the listener of port 8443 speaks no TLS"
    );
    let answer = get(&format!("http://{}:8443/", web.dns)).await;
    assert_eq!(text(&answer), "here");
    let own = [("ListenerArn", element(&created, "ListenerArn"))];
    let own = [("ListenerArn", own[0].1.as_str())];
    let shown = ELB.ok(&server, "DescribeListenerCertificates", &own).await;
    assert_eq!(element(&shown, "IsDefault"), "true");
}
