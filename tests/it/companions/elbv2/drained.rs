//! Deregistered targets get nothing new, finish what they have, and then are gone.

use super::stand::{Backend, Balancer, ELB, deregister, fast, get, group, register, text, until};
use crate::support::{Server, wait_for};
use std::sync::atomic::Ordering;

#[tokio::test]
async fn a_deregistered_target_finishes_what_it_has_and_gets_nothing_new() {
    // User guide, "Deregistration delay".
    let server = Server::start().await;
    let web = Balancer::new(&server, "web", "application").await;
    let blue = group(&server, "blue").await;
    web.listen(&server, &[(&blue, 1)]).await;
    let old = Backend::healthy(&server, &blue, "old").await;
    let url = web.url("/slow");
    let slow = tokio::spawn(async move { get(&url).await });
    wait_for("the request at the target", || async {
        (old.seen.load(Ordering::SeqCst) == 1).then_some(())
    })
    .await;
    let new = Backend::new("new").await;
    register(&server, &blue, new.at).await;
    deregister(&server, &blue, old.at).await;
    let said = until(&server, &blue, "draining").await;
    assert!(
        said.contains("<Reason>Target.DeregistrationInProgress</Reason>"),
        "{said}"
    );
    for _ in 0..6 {
        assert_eq!(text(&get(&web.url("/")).await), "new");
    }
    old.allowed.add_permits(1);
    let answer = slow.await.unwrap();
    assert_eq!((answer.status, text(&answer).as_str()), (200, "old"));
    // Registered again it is as good as new.
    register(&server, &blue, old.at).await;
    let fields = [("TargetGroupArn", blue.as_str())];
    let said = ELB.ok(&server, "DescribeTargetHealth", &fields).await;
    assert!(!said.contains("draining"), "{said}");
}

#[tokio::test]
async fn a_target_that_has_drained_is_gone() {
    let server = fast().await;
    let web = Balancer::new(&server, "web", "application").await;
    let blue = group(&server, "blue").await;
    web.listen(&server, &[(&blue, 1)]).await;
    let old = Backend::healthy(&server, &blue, "old").await;
    deregister(&server, &blue, old.at).await;
    assert_eq!(get(&web.url("/")).await.status, 503);
    let fields = [("TargetGroupArn", blue.as_str())];
    wait_for("the end of draining", || async {
        let said = ELB.ok(&server, "DescribeTargetHealth", &fields).await;
        (!said.contains("<State>")).then_some(())
    })
    .await;
}
