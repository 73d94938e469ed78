//! Tags, by name and by ARN.

use super::*;
use std::collections::BTreeMap;

const ARN: &str = "arn:aws:logs:us-east-1:000000000000:log-group:g";

fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

async fn by_name(desk: &Desk) -> BTreeMap<String, String> {
    let input = ListTagsLogGroupInput::new("g");
    let output = list_tags_log_group(input, desk.call()).await;
    output.unwrap().tags.unwrap()
}

async fn by_arn(desk: &Desk, arn: &str) -> BTreeMap<String, String> {
    let input = ListTagsForResourceInput::new(arn);
    let output = list_tags_for_resource(input, desk.call()).await;
    output.unwrap().tags.unwrap()
}

// The steps of a recorded conversation.
#[tokio::test]
async fn both_families_of_operations_see_the_same_tags() {
    let desk = Desk::new();
    let input = CreateLogGroupInput {
        tags: Some(tags(&[("env", "testing1")])),
        ..CreateLogGroupInput::new("g")
    };
    create_log_group(input, desk.call()).await.unwrap();
    let input = TagResourceInput::new(ARN, tags(&[("test1", "val1"), ("test2", "val2")]));
    tag_resource(input, desk.call()).await.unwrap();
    let input = TagLogGroupInput::new("g", tags(&[("test1", "new"), ("test3", "val3")]));
    tag_log_group(input, desk.call()).await.unwrap();
    let all = tags(&[
        ("env", "testing1"),
        ("test1", "new"),
        ("test2", "val2"),
        ("test3", "val3"),
    ]);
    assert_eq!(by_name(&desk).await, all);
    assert_eq!(by_arn(&desk, ARN).await, all);
    assert_eq!(by_arn(&desk, &format!("{ARN}:*")).await, all);
    let names = vec!["env".to_owned(), "test1".to_owned(), "absent".to_owned()];
    let input = UntagLogGroupInput::new("g", names);
    untag_log_group(input, desk.call()).await.unwrap();
    let input = UntagResourceInput::new(ARN, vec!["test3".to_owned()]);
    untag_resource(input, desk.call()).await.unwrap();
    assert_eq!(by_name(&desk).await, tags(&[("test2", "val2")]));
}

// Documented: 50 tags at most. The texts are our reading.
#[tokio::test]
async fn a_group_has_fifty_tags_at_most() {
    let desk = Desk::new();
    desk.group("g").await;
    let many = |from: u32, to: u32| {
        (from..to)
            .map(|n| (n.to_string(), "v".to_owned()))
            .collect()
    };
    let input = TagResourceInput::new(ARN, many(0, 50));
    tag_resource(input, desk.call()).await.unwrap();
    let input = TagResourceInput::new(ARN, many(50, 51));
    let refused = tag_resource(input, desk.call()).await;
    assert!(matches!(
        refused,
        Err(TagResourceError::TooManyTagsException(_))
    ));
    let input = TagLogGroupInput::new("g", many(50, 51));
    let refused = tag_log_group(input, desk.call()).await;
    assert!(matches!(
        refused,
        Err(TagLogGroupError::InvalidParameterException(_))
    ));
    assert_eq!(by_name(&desk).await.len(), 50);
}

#[tokio::test]
async fn tags_of_nothing_are_refused() {
    let desk = Desk::new();
    let resource = ResourceNotFoundException::new("The specified resource does not exist.");
    let group = ResourceNotFoundException::new("The specified log group does not exist.");
    for arn in [ARN, "g", "arn:aws:s3:::bucket"] {
        let listed = list_tags_for_resource(ListTagsForResourceInput::new(arn), desk.call()).await;
        assert_eq!(listed.err(), Some(resource.clone().into()));
        let input = TagResourceInput::new(arn, tags(&[("a", "b")]));
        assert_eq!(
            tag_resource(input, desk.call()).await.err(),
            Some(resource.clone().into())
        );
        let input = UntagResourceInput::new(arn, vec!["a".to_owned()]);
        assert_eq!(
            untag_resource(input, desk.call()).await.err(),
            Some(resource.clone().into())
        );
    }
    let listed = list_tags_log_group(ListTagsLogGroupInput::new("g"), desk.call()).await;
    assert_eq!(listed.err(), Some(group.clone().into()));
    let input = UntagLogGroupInput::new("g", vec!["a".to_owned()]);
    assert_eq!(
        untag_log_group(input, desk.call()).await.err(),
        Some(group.into())
    );
}
