//! Health checks: real looks at real servers, by the server's clock.

use super::element;
use super::stand::{Backend, Balancer, ELB, fast, get, group, register, text, until};
use crate::support::Server;
use std::sync::atomic::Ordering;

#[tokio::test]
async fn a_target_that_answers_badly_becomes_unhealthy_and_recovers() {
    let server = fast().await;
    let web = Balancer::new(&server, "web", "application").await;
    let blue = group(&server, "blue").await;
    web.listen(&server, &[(&blue, 1)]).await;
    let backend = Backend::healthy(&server, &blue, "blue").await;
    backend.status.store(500, Ordering::SeqCst);
    let said = until(&server, &blue, "unhealthy").await;
    assert_eq!(element(&said, "Reason"), "Target.ResponseCodeMismatch");
    assert_eq!(
        element(&said, "Description"),
        "Health checks failed with these codes: [500]"
    );
    backend.status.store(200, Ordering::SeqCst);
    until(&server, &blue, "healthy").await;
    // Another matcher, and the same answer is no longer good.
    let fields = [
        ("TargetGroupArn", blue.as_str()),
        ("Matcher.HttpCode", "204"),
    ];
    ELB.ok(&server, "ModifyTargetGroup", &fields).await;
    until(&server, &blue, "unhealthy").await;
}

#[tokio::test]
async fn a_target_that_is_not_there_becomes_unhealthy() {
    let server = fast().await;
    let web = Balancer::new(&server, "web", "application").await;
    let blue = group(&server, "blue").await;
    web.listen(&server, &[(&blue, 1)]).await;
    let at = "127.0.0.1:1".parse().unwrap();
    register(&server, &blue, at).await;
    let said = until(&server, &blue, "unhealthy").await;
    assert_eq!(element(&said, "Reason"), "Target.FailedHealthChecks");
    // With no healthy target, requests go to those there are.
    assert_eq!(get(&web.url("/")).await.status, 502);
}

#[tokio::test]
async fn requests_go_to_healthy_targets_in_turn() {
    let server = fast().await;
    let web = Balancer::new(&server, "web", "application").await;
    let blue = group(&server, "blue").await;
    web.listen(&server, &[(&blue, 1)]).await;
    register(&server, &blue, "127.0.0.1:1".parse().unwrap()).await;
    until(&server, &blue, "unhealthy").await;
    let one = Backend::healthy(&server, &blue, "one").await;
    let two = Backend::new("two").await;
    register(&server, &blue, two.at).await;
    let fields = [("TargetGroupArn", blue.as_str())];
    crate::support::wait_for("both healthy", || async {
        let said = ELB.ok(&server, "DescribeTargetHealth", &fields).await;
        (said.matches("<State>healthy</State>").count() == 2).then_some(())
    })
    .await;
    let mut names = Vec::new();
    for _ in 0..6 {
        let answer = get(&web.url("/")).await;
        assert_eq!(answer.status, 200);
        names.push(text(&answer));
    }
    assert_eq!(
        names.iter().filter(|name| *name == "one").count(),
        3,
        "{names:?}"
    );
    drop(one);
}

#[tokio::test]
async fn nobody_looks_at_targets_of_a_group_that_is_not_in_use() {
    let server = Server::start().await;
    let blue = group(&server, "blue").await;
    let backend = Backend::new("blue").await;
    register(&server, &blue, backend.at).await;
    let said = until(&server, &blue, "unused").await;
    assert_eq!(element(&said, "Reason"), "Target.NotInUse");
    let web = Balancer::new(&server, "web", "application").await;
    let listener = web.listen(&server, &[(&blue, 1)]).await;
    until(&server, &blue, "healthy").await;
    ELB.ok(&server, "DeleteListener", &[("ListenerArn", &listener)])
        .await;
    until(&server, &blue, "unused").await;
}
