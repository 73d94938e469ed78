//! What engines and neighbours in the same process ask of load balancers.

use super::element;
use super::stand::{Backend, Balancer, ELB, fast, get, group, text};
use crate::support::Server;
use elbv2_api::model::TargetDescription;
use slipway::aws::Scope;
use slipway::companions::LoadBalancers;
use slipway::companions::balancing::{BalancerError, Forward, GroupWeight};
use slipway::companions::elbv2::{State, Target};
use slipway::server::Call;

fn shares(of: &[(&str, u32)]) -> Forward {
    let weight = |(arn, weight): &(&str, u32)| GroupWeight {
        target_group_arn: (*arn).to_owned(),
        weight: *weight,
    };
    Forward {
        groups: of.iter().map(weight).collect(),
    }
}

fn scope(server: &Server) -> Scope {
    Call::new(&server.app).scope
}

#[tokio::test]
async fn deployments_read_groups_listeners_and_rules_and_shift_weights() {
    // contract codedeploy §7.3, §7.5
    let server = Server::start().await;
    let scope = scope(&server);
    let web = Balancer::new(&server, "web", "application").await;
    let (blue, green) = (group(&server, "blue").await, group(&server, "green").await);
    let listener = web.listen(&server, &[(&blue, 1)]).await;
    let fields = [
        ("ListenerArn", listener.as_str()),
        ("Priority", "7"),
        ("Conditions.member.1.Field", "path-pattern"),
        ("Conditions.member.1.Values.member.1", "/api/*"),
        ("Actions.member.1.Type", "forward"),
        ("Actions.member.1.TargetGroupArn", &blue),
    ];
    let rule = element(&ELB.ok(&server, "CreateRule", &fields).await, "RuleArn");
    let _one = Backend::healthy(&server, &blue, "blue").await;
    let balancers = server.app.companions.balancers();
    let names = ["green".to_owned(), "blue".to_owned()];
    let groups = balancers.target_groups(&scope, &names).await.unwrap();
    assert_eq!(
        (&groups[0].arn, groups[1].target_type.as_str()),
        (&green, "ip")
    );
    let absent = balancers.target_groups(&scope, &["red".to_owned()]).await;
    assert_eq!(
        absent,
        Err(BalancerError::NoSuchTargetGroup("red".to_owned()))
    );
    let seen = balancers.listener(&scope, &listener).await.unwrap();
    assert_eq!(
        (seen.kind.as_str(), seen.forward),
        ("application", Some(shares(&[(&blue, 1)])))
    );
    let rules = balancers.rules(&scope, &listener).await.unwrap();
    assert_eq!((rules.len(), &rules[0].arn), (1, &rule));
    let _two = {
        balancers
            .set_listener_forward(&scope, &listener, shares(&[(&blue, 100), (&green, 0)]))
            .await
            .unwrap();
        Backend::healthy(&server, &green, "green").await
    };
    balancers
        .set_listener_forward(&scope, &listener, shares(&[(&blue, 0), (&green, 100)]))
        .await
        .unwrap();
    assert_eq!(text(&get(&web.url("/")).await), "green");
    assert_eq!(text(&get(&web.url("/api/x")).await), "blue");
    balancers
        .set_rule_forward(&scope, &rule, shares(&[(&green, 1)]))
        .await
        .unwrap();
    assert_eq!(text(&get(&web.url("/api/x")).await), "green");
    let shown = ELB
        .ok(
            &server,
            "DescribeListeners",
            &[("ListenerArns.member.1", &listener)],
        )
        .await;
    let action = element(&shown, "DefaultActions");
    // Both groups are kept, so there is none at the top; nobody sticks to one of them.
    assert!(
        action.starts_with("<member><Type>forward</Type><ForwardConfig>"),
        "{action}"
    );
    let config = element(&action, "ForwardConfig");
    assert!(
        !action.replace(&config, "").contains("TargetGroupArn"),
        "{action}"
    );
    for arn in [&blue, &green] {
        assert!(config.contains(arn.as_str()), "{config}");
    }
    let sticky = element(&config, "TargetGroupStickinessConfig");
    assert!(sticky.starts_with("<Enabled>false</Enabled>"), "{sticky}");
    let refused = balancers
        .set_rule_forward(&scope, &rule, shares(&[(&format!("{green}0"), 1)]))
        .await;
    assert_eq!(
        refused,
        Err(BalancerError::Refused(
            "One or more target groups not found".to_owned()
        ))
    );
    let absent = balancers.listener(&scope, "x").await;
    assert_eq!(absent, Err(BalancerError::NoSuchListener("x".to_owned())));
}

#[tokio::test]
async fn neighbours_register_targets_and_are_told_how_they_are() {
    let server = Server::start().await;
    let (scope, elbv2) = (scope(&server), server.app.elbv2.clone());
    let web = Balancer::new(&server, "web", "application").await;
    let blue = group(&server, "blue").await;
    web.listen(&server, &[(&blue, 1)]).await;
    let backend = Backend::new("blue").await;
    let target = || {
        let target = Target {
            id: backend.at.ip().to_string(),
            port: Some(backend.at.port()),
        };
        vec![TargetDescription::from(target)]
    };
    let mut changes = elbv2.changes();
    elbv2.register(&scope, &blue, target()).await.unwrap();
    loop {
        let states = elbv2.health(&scope, &blue).unwrap();
        if states[0].state == State::Healthy {
            break;
        }
        changes.changed().await.unwrap();
    }
    elbv2.deregister(&scope, &blue, target()).await.unwrap();
    let states = elbv2.health(&scope, &blue).unwrap();
    assert_eq!(states[0].state, State::Draining);
    assert_eq!(
        states[0].reason.as_deref(),
        Some("Target.DeregistrationInProgress")
    );
}

#[tokio::test]
async fn an_instance_of_a_deployment_is_taken_out_and_put_back() {
    // contract codedeploy §8.4
    let server = fast().await;
    let (scope, companions) = (scope(&server), server.app.companions.clone());
    let web = Balancer::new(&server, "web", "application").await;
    // An instance is this machine at the group's port, where this server itself says that it is well.
    let port = server.address.port().to_string();
    let fields = [
        ("Name", "front"),
        ("Protocol", "HTTP"),
        ("Port", port.as_str()),
        ("VpcId", "vpc-1"),
        ("TargetType", "instance"),
        ("HealthCheckPath", "/_slipway/health"),
    ];
    let made = ELB.ok(&server, "CreateTargetGroup", &fields).await;
    let front = element(&made, "TargetGroupArn");
    let of = |name: &str| LoadBalancers {
        target_groups: vec![name.to_owned()],
        ..LoadBalancers::default()
    };
    let health = async || {
        let fields = [("TargetGroupArn", front.as_str())];
        ELB.ok(&server, "DescribeTargetHealth", &fields).await
    };
    let in_none = companions.block_instance(&scope, &of("front"), "i-1").await;
    assert_eq!(in_none, Ok(()));
    let unused = companions.allow_instance(&scope, &of("front"), "i-1").await;
    assert!(unused.unwrap_err().contains("is in no listener"));
    web.listen(&server, &[(&front, 1)]).await;
    let back = companions.allow_instance(&scope, &of("front"), "i-1").await;
    assert_eq!(back, Ok(()));
    assert!(health().await.contains("<State>healthy</State>"));
    let out = companions.block_instance(&scope, &of("front"), "i-1").await;
    assert_eq!(out, Ok(()));
    assert!(!health().await.contains("<State>"));
    // §8.2: in every one of several target groups.
    let fields = fields.map(|(name, value)| match name {
        "Name" => (name, "side"),
        _ => (name, value),
    });
    let made = ELB.ok(&server, "CreateTargetGroup", &fields).await;
    let side = element(&made, "TargetGroupArn");
    let other = Balancer::new(&server, "other", "application").await;
    other.listen(&server, &[(&side, 1)]).await;
    let both = LoadBalancers {
        target_groups: vec!["front".to_owned(), "side".to_owned()],
        ..LoadBalancers::default()
    };
    let healthy = async || {
        let mut healthy = Vec::new();
        for arn in [&front, &side] {
            let fields = [("TargetGroupArn", arn.as_str())];
            let shown = ELB.ok(&server, "DescribeTargetHealth", &fields).await;
            healthy.push(shown.contains("<Id>i-1</Id>"));
        }
        healthy
    };
    let back = companions.allow_instance(&scope, &both, "i-1").await;
    assert_eq!((back, healthy().await), (Ok(()), vec![true, true]));
    let out = companions.block_instance(&scope, &both, "i-1").await;
    assert_eq!((out, healthy().await), (Ok(()), vec![false, false]));
    // §8.4: target groups of the type ip.
    group(&server, "addresses").await;
    let text = "The target group addresses is of the type ip: instances can only be registered with those of the type instance";
    for refused in [
        companions
            .block_instance(&scope, &of("addresses"), "i-1")
            .await,
        companions
            .allow_instance(&scope, &of("addresses"), "i-1")
            .await,
    ] {
        assert_eq!(refused, Err(text.to_owned()));
    }
    let absent = companions.block_instance(&scope, &of("back"), "i-1").await;
    assert!(absent.unwrap_err().contains("back"));
    let classic = LoadBalancers {
        classic: vec!["old".to_owned()],
        ..LoadBalancers::default()
    };
    let refused = companions.allow_instance(&scope, &classic, "i-1").await;
    assert!(refused.unwrap_err().contains("old"));
}
