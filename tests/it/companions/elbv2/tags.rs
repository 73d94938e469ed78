//! Tags of everything that has some.

use super::element;
use super::stand::{Balancer, ELB, group};
use crate::support::Server;

#[tokio::test]
async fn tags_of_load_balancers_groups_listeners_and_rules_are_added_shown_and_removed() {
    let server = Server::start().await;
    let web = Balancer::new(&server, "web", "application").await;
    let blue = group(&server, "blue").await;
    let listener = web.listen(&server, &[(&blue, 1)]).await;
    let rules = ELB
        .ok(&server, "DescribeRules", &[("ListenerArn", &listener)])
        .await;
    let rule = element(&rules, "RuleArn");
    for arn in [&web.arn, &blue, &listener, &rule] {
        let own = ("ResourceArns.member.1", arn.as_str());
        let tag = [
            own,
            ("Tags.member.1.Key", "Team"),
            ("Tags.member.1.Value", "delivery"),
        ];
        ELB.ok(&server, "AddTags", &tag).await;
        let shown = ELB.ok(&server, "DescribeTags", &[own]).await;
        assert_eq!(element(&shown, "ResourceArn"), *arn);
        assert!(
            shown.contains("<Key>Team</Key><Value>delivery</Value>"),
            "{shown}"
        );
        ELB.ok(&server, "RemoveTags", &[own, ("TagKeys.member.1", "Team")])
            .await;
        let shown = ELB.ok(&server, "DescribeTags", &[own]).await;
        assert!(!shown.contains("<Key>"), "{shown}");
        let twice = [
            tag[0],
            tag[1],
            tag[2],
            ("Tags.member.2.Key", "Team"),
            ("Tags.member.2.Value", "x"),
        ];
        let (_, code, _) = ELB.error(&server, "AddTags", &twice).await;
        assert_eq!(code, "DuplicateTagKeys");
    }
    let (_, code, _) = ELB
        .error(&server, "DescribeTags", &[("ResourceArns.member.1", "x")])
        .await;
    assert_eq!(code, "ValidationError");
}
