//! Rules: their conditions, priorities and actions, and which of them a request meets.

use super::stand::{self, Backend, Balancer, ELB, group, header, text};
use super::{element, fault};
use crate::support::Server;
use slipway::server::client::{self, Answer};

/// A load balancer whose default action is a fixed answer, with its listener.
async fn with_default(server: &Server) -> (Balancer, String) {
    let web = Balancer::new(server, "web", "application").await;
    let fields = [
        ("LoadBalancerArn", web.arn.as_str()),
        ("Protocol", "HTTP"),
        ("Port", "8080"),
        ("DefaultActions.member.1.Type", "fixed-response"),
        (
            "DefaultActions.member.1.FixedResponseConfig.StatusCode",
            "404",
        ),
        (
            "DefaultActions.member.1.FixedResponseConfig.ContentType",
            "text/plain",
        ),
        (
            "DefaultActions.member.1.FixedResponseConfig.MessageBody",
            "nothing here",
        ),
    ];
    let text = ELB.ok(server, "CreateListener", &fields).await;
    (web, element(&text, "ListenerArn"))
}

/// A rule with a path and a fixed answer.
fn fixed<'a>(
    listener: &'a str,
    priority: &'a str,
    path: &'a str,
    body: &'a str,
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("ListenerArn", listener),
        ("Priority", priority),
        ("Conditions.member.1.Field", "path-pattern"),
        ("Conditions.member.1.Values.member.1", path),
        ("Actions.member.1.Type", "fixed-response"),
        ("Actions.member.1.FixedResponseConfig.StatusCode", "200"),
        ("Actions.member.1.FixedResponseConfig.MessageBody", body),
    ]
}

async fn ask(web: &Balancer, path: &str, headers: &[(&str, &str)]) -> Answer {
    stand::ask(&web.url(path), headers).await
}

#[tokio::test]
async fn rules_are_met_in_the_order_of_their_priorities() {
    let server = Server::start().await;
    let (web, listener) = with_default(&server).await;
    let all = ELB
        .ok(
            &server,
            "CreateRule",
            &fixed(&listener, "20", "/a*", "wide"),
        )
        .await;
    let narrow = ELB
        .ok(
            &server,
            "CreateRule",
            &fixed(&listener, "10", "/ab", "narrow"),
        )
        .await;
    assert_eq!(text(&ask(&web, "/ab", &[]).await), "narrow");
    assert_eq!(text(&ask(&web, "/ac", &[]).await), "wide");
    let answer = ask(&web, "/z", &[]).await;
    assert_eq!(
        (answer.status, text(&answer).as_str()),
        (404, "nothing here")
    );
    assert_eq!(header(&answer, "server"), "awselb/2.0");
    assert_eq!(header(&answer, "content-type"), "text/plain; charset=utf-8");
    let again = ELB
        .error(&server, "CreateRule", &fixed(&listener, "10", "/x", "x"))
        .await;
    assert_eq!(
        again,
        fault(400, "PriorityInUse", "Priority '10' is currently in use")
    );
    // The two change places at once.
    let (wide, narrow) = (element(&all, "RuleArn"), element(&narrow, "RuleArn"));
    let fields = [
        ("RulePriorities.member.1.RuleArn", wide.as_str()),
        ("RulePriorities.member.1.Priority", "10"),
        ("RulePriorities.member.2.RuleArn", &narrow),
        ("RulePriorities.member.2.Priority", "20"),
    ];
    ELB.ok(&server, "SetRulePriorities", &fields).await;
    assert_eq!(text(&ask(&web, "/ab", &[]).await), "wide");
    let (_, code, _) = ELB
        .error(
            &server,
            "SetRulePriorities",
            &[fields[0], ("RulePriorities.member.1.Priority", "20")],
        )
        .await;
    assert_eq!(code, "PriorityInUse");
    let shown = ELB
        .ok(&server, "DescribeRules", &[("ListenerArn", &listener)])
        .await;
    let order: Vec<_> = shown
        .split("<Priority>")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap())
        .collect();
    assert_eq!(order, ["10", "20", "default"]);
    assert!(
        shown.contains(
            "<PathPatternConfig><Values><member>/a*</member></Values></PathPatternConfig>"
        ),
        "{shown}"
    );
}

#[tokio::test]
async fn rules_are_changed_and_deleted_but_for_the_default_one() {
    let server = Server::start().await;
    let (web, listener) = with_default(&server).await;
    let created = ELB
        .ok(&server, "CreateRule", &fixed(&listener, "1", "/a", "a"))
        .await;
    let arn = element(&created, "RuleArn");
    let own = ("RuleArn", arn.as_str());
    let fields = [
        own,
        ("Conditions.member.1.Field", "host-header"),
        (
            "Conditions.member.1.HostHeaderConfig.Values.member.1",
            "*.example.com",
        ),
    ];
    ELB.ok(&server, "ModifyRule", &fields).await;
    assert_eq!(ask(&web, "/a", &[]).await.status, 404);
    assert_eq!(
        text(&ask(&web, "/b", &[("host", "x.Example.com:81")]).await),
        "a"
    );
    ELB.ok(&server, "DeleteRule", &[own]).await;
    assert_eq!(
        ask(&web, "/b", &[("host", "x.example.com")]).await.status,
        404
    );
    let absent = fault(400, "RuleNotFound", "One or more rules not found");
    assert_eq!(
        ELB.error(&server, "DescribeRules", &[("RuleArns.member.1", &arn)])
            .await,
        absent
    );
    let shown = ELB
        .ok(&server, "DescribeRules", &[("ListenerArn", &listener)])
        .await;
    let default = element(&shown, "RuleArn");
    for action in ["DeleteRule", "ModifyRule"] {
        let (_, code, text) = ELB.error(&server, action, &[("RuleArn", &default)]).await;
        assert_eq!(code, "OperationNotPermitted", "{text}");
    }
}

#[tokio::test]
async fn every_kind_of_condition_leads_real_requests() {
    let server = Server::start().await;
    let (web, listener) = with_default(&server).await;
    let condition = |field: &'static str, more: Vec<(&'static str, &'static str)>| {
        [vec![("Conditions.member.1.Field", field)], more].concat()
    };
    let conditions = [
        condition(
            "http-header",
            vec![
                (
                    "Conditions.member.1.HttpHeaderConfig.HttpHeaderName",
                    "X-Team",
                ),
                (
                    "Conditions.member.1.HttpHeaderConfig.Values.member.1",
                    "deliv*",
                ),
            ],
        ),
        condition(
            "http-request-method",
            vec![(
                "Conditions.member.1.HttpRequestMethodConfig.Values.member.1",
                "POST",
            )],
        ),
        condition(
            "query-string",
            vec![
                (
                    "Conditions.member.1.QueryStringConfig.Values.member.1.Key",
                    "v",
                ),
                (
                    "Conditions.member.1.QueryStringConfig.Values.member.1.Value",
                    "2",
                ),
            ],
        ),
        condition(
            "source-ip",
            vec![
                (
                    "Conditions.member.1.SourceIpConfig.Values.member.1",
                    "127.0.0.0/8",
                ),
                ("Conditions.member.2.Field", "path-pattern"),
                ("Conditions.member.2.Values.member.1", "/here"),
            ],
        ),
    ];
    for (at, condition) in conditions.iter().enumerate() {
        let (priority, body) = ((at + 1).to_string(), format!("rule {}", at + 1));
        let mut fields = fixed(&listener, &priority, "", &body);
        fields.retain(|(name, _)| !name.starts_with("Conditions"));
        fields.extend(condition);
        ELB.ok(&server, "CreateRule", &fields).await;
    }
    assert_eq!(
        text(&ask(&web, "/", &[("x-team", "Delivery")]).await),
        "rule 1"
    );
    let posted = client::post(&web.url("/"), &[], "x").await.unwrap();
    assert_eq!(text(&posted), "rule 2");
    assert_eq!(text(&ask(&web, "/?a=1&v=2", &[]).await), "rule 3");
    assert_eq!(text(&ask(&web, "/here", &[]).await), "rule 4");
    assert_eq!(ask(&web, "/?v=1", &[("x-team", "other")]).await.status, 404);
    for (name, value) in [
        ("Conditions.member.1.Field", "weather"),
        ("Conditions.member.1.Values.member.1", ""),
        ("Priority", "0"),
        ("Priority", "50001"),
    ] {
        let mut fields = fixed(&listener, "9", "/x", "x");
        fields.retain(|(known, _)| *known != name);
        fields.push((name, value));
        let (_, code, text) = ELB.error(&server, "CreateRule", &fields).await;
        assert_eq!(code, "ValidationError", "{name}={value}: {text}");
    }
}

#[tokio::test]
async fn redirects_fill_in_what_the_request_has() {
    let server = Server::start().await;
    let (web, listener) = with_default(&server).await;
    let redirect = "Actions.member.1.RedirectConfig";
    let (protocol, port, path, status) = (
        format!("{redirect}.Protocol"),
        format!("{redirect}.Port"),
        format!("{redirect}.Path"),
        format!("{redirect}.StatusCode"),
    );
    let fields = [
        ("ListenerArn", listener.as_str()),
        ("Priority", "1"),
        ("Conditions.member.1.Field", "path-pattern"),
        ("Conditions.member.1.Values.member.1", "/old/*"),
        ("Actions.member.1.Type", "redirect"),
        (&protocol, "HTTPS"),
        (&port, "443"),
        (&path, "/new/#{path}"),
        (&status, "HTTP_301"),
    ];
    let shown = ELB.ok(&server, "CreateRule", &fields).await;
    assert_eq!(element(&shown, "Query"), "#{query}");
    let answer = ask(&web, "/old/a?x=1", &[("host", "shop.example.com")]).await;
    assert_eq!(answer.status, 301);
    assert_eq!(
        header(&answer, "location"),
        "https://shop.example.com/new/old/a?x=1"
    );
    let looping = [&fields[..5], &[(status.as_str(), "HTTP_302")]].concat();
    let looping: Vec<_> = looping
        .into_iter()
        .map(|(name, value)| {
            if name == "Priority" {
                (name, "2")
            } else {
                (name, value)
            }
        })
        .collect();
    let (_, code, _) = ELB.error(&server, "CreateRule", &looping).await;
    assert_eq!(code, "InvalidLoadBalancerAction");
}

#[tokio::test]
async fn a_rule_forwards_to_another_group_than_the_listener() {
    let server = Server::start().await;
    let (web, listener) = with_default(&server).await;
    let green = group(&server, "green").await;
    let fields = [
        ("ListenerArn", listener.as_str()),
        ("Priority", "1"),
        ("Conditions.member.1.Field", "path-pattern"),
        ("Conditions.member.1.Values.member.1", "/green"),
        ("Actions.member.1.Type", "forward"),
        ("Actions.member.1.TargetGroupArn", &green),
    ];
    ELB.ok(&server, "CreateRule", &fields).await;
    let _backend = Backend::healthy(&server, &green, "green").await;
    assert_eq!(text(&ask(&web, "/green", &[]).await), "green");
    assert_eq!(ask(&web, "/", &[]).await.status, 404);
}
