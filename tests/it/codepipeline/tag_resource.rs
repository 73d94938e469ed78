//! TagResource (contract codepipeline §2.2).

use super::sample::{created, custom_type, pipeline};
use super::webhook::{only, put, webhook};
use crate::support::caller::{CODEPIPELINE, Caller, both, tags};
use serde_json::{Value, json};

const ARN: &str = "arn:aws:codepipeline:us-east-1:000000000000:p";

/// ARNs that no tag operation takes, with code and text.
pub fn unusable() -> Vec<(&'static str, &'static str, String)> {
    let invalid = |arn: &str| {
        format!("The ARN '{arn}' does not name a CodePipeline resource of this account and region")
    };
    let ours = |arn: &'static str| (arn, "InvalidArnException", invalid(arn));
    vec![
        ours("arn:aws:codepipeline:us-east-1:111111111111:p"),
        ours("arn:aws:codepipeline:eu-west-1:000000000000:p"),
        ours("arn:aws:codepipeline:us-east-1:000000000000:p/Stage"),
        ours("arn:aws:codepipeline:us-east-1:000000000000:webhook/w"),
        ours("arn:aws:codepipeline:us-east-1:000000000000:actiontype:AWS/Source/S3/1"),
        (
            "arn:aws:codepipeline:us-east-1:000000000000:actiontype:Custom/Build/Forge/1",
            "ResourceNotFoundException",
            "The account with id '000000000000' does not include a custom action type with the category 'Build', the provider 'Forge' and the version '1'".to_owned(),
        ),
        (
            "arn:aws:codepipeline:us-east-1:000000000000:webhook:w",
            "ResourceNotFoundException",
            "The account with id '000000000000' does not include a webhook with the name 'w'".to_owned(),
        ),
        (ARN, "ResourceNotFoundException", "The account with id '000000000000' does not include a pipeline with the name 'p'".to_owned()),
        ("arn:aws:s3:::p", "ValidationException", r"1 validation error detected: Value at 'resourceArn' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:aws(-[\w]+)*:codepipeline:.+:[0-9]{12}:.+".to_owned()),
    ]
}

async fn listed(caller: &Caller) -> Value {
    caller
        .ok("ListTagsForResource", json!({"resourceArn": ARN}))
        .await["tags"]
        .clone()
}

#[tokio::test]
async fn tags_are_added_or_overwritten_and_the_answer_is_an_empty_structure() {
    // contract codepipeline §1.1, §2.2
    let shown = both(CODEPIPELINE, async |caller| {
        created(&caller, "p").await;
        for given in [
            tags(&[("a", "1"), ("b", "2")]),
            tags(&[("b", "3"), ("c", "")]),
        ] {
            let answer = caller
                .ok("TagResource", json!({"resourceArn": ARN, "tags": given}))
                .await;
            assert_eq!(answer, json!({}));
        }
        listed(&caller).await
    });
    let expected = crate::support::normal::normalised(tags(&[("a", "1"), ("b", "3"), ("c", "")]));
    assert_eq!(shown.await, expected);
}

#[tokio::test]
async fn tagging_changes_neither_version_nor_date() {
    // contract codepipeline §2.2 (our reading)
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let before = caller.ok("GetPipeline", json!({"name": "p"})).await;
    caller
        .ok(
            "TagResource",
            json!({"resourceArn": ARN, "tags": tags(&[("a", "1")])}),
        )
        .await;
    assert_eq!(caller.ok("GetPipeline", json!({"name": "p"})).await, before);
}

#[tokio::test]
async fn system_tags_twins_and_odd_characters_are_refused() {
    // contract codepipeline §2.2; the texts but the first are ours
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let cases = [
        (
            tags(&[("b", "1"), ("aws:x", "1")]),
            "Not allowed to modify system tags. System tags start with 'aws:'. msg=[Caller is an end user and not allowed to mutate system tags]",
        ),
        (
            tags(&[("a", "1"), ("a", "2")]),
            "The tag key 'a' is given more than once",
        ),
        (
            tags(&[("a?", "1")]),
            "The tag key 'a?' contains the character '?'; letters, digits, spaces and + - = . _ : / @ are allowed",
        ),
        (
            tags(&[("a", "\u{1f600}")]),
            "The tag value '\u{1f600}' contains the character '\u{1f600}'; letters, digits, spaces and + - = . _ : / @ are allowed",
        ),
        (
            tags(&[("a", "1 ")]),
            "The tag value '1 ' must not consist of spaces only or end with one",
        ),
        (
            tags(&[("  ", "1")]),
            "The tag key '  ' must not consist of spaces only or end with one",
        ),
    ];
    for (given, said) in cases {
        let body = json!({"resourceArn": ARN, "tags": given});
        caller
            .expect_refusal("TagResource", body, "InvalidTagsException", said)
            .await;
    }
    assert_eq!(listed(&caller).await, json!([]));
}

#[tokio::test]
async fn a_pipeline_has_fifty_tags_at_most_and_may_overwrite_them() {
    // contract codepipeline §2.2, M5
    let caller = Caller::new(CODEPIPELINE).await;
    let full: Vec<Value> = (0..50)
        .map(|at| json!({"key": format!("k{at}"), "value": "v"}))
        .collect();
    caller
        .ok(
            "CreatePipeline",
            json!({"pipeline": pipeline("p"), "tags": full}),
        )
        .await;
    let body = json!({"resourceArn": ARN, "tags": tags(&[("k7", "new"), ("more", "")])});
    let said = format!("Tag limit exceeded for resource [{ARN}].");
    caller
        .expect_refusal("TagResource", body, "TooManyTagsException", &said)
        .await;
    caller
        .ok(
            "TagResource",
            json!({"resourceArn": ARN, "tags": tags(&[("k7", "new")])}),
        )
        .await;
    let listed = listed(&caller).await;
    let seventh = listed
        .as_array()
        .unwrap()
        .iter()
        .find(|tag| tag["key"] == "k7");
    assert_eq!(seventh.unwrap()["value"], "new");
}

#[tokio::test]
async fn arns_that_name_nothing_of_ours_are_refused() {
    // contract codepipeline §2.2
    let caller = Caller::new(CODEPIPELINE).await;
    for (arn, code, said) in unusable() {
        let body = json!({"resourceArn": arn, "tags": tags(&[("a", "1")])});
        caller
            .expect_refusal("TagResource", body, code, &said)
            .await;
    }
}

#[tokio::test]
async fn custom_action_types_are_tagged_by_the_same_rules() {
    // contract codepipeline §2.1, §2.2, F30
    let shown = both(CODEPIPELINE, async |caller| {
        caller
            .ok("CreateCustomActionType", custom_type("Forge"))
            .await;
        let arn = "arn:aws:codepipeline:us-east-1:000000000000:actiontype:Custom/Build/Forge/1";
        let given = tags(&[("b", "2"), ("a", "1")]);
        let tagged = caller
            .ok("TagResource", json!({"resourceArn": arn, "tags": given}))
            .await;
        let untagged = caller
            .ok(
                "UntagResource",
                json!({"resourceArn": arn, "tagKeys": ["b", "none"]}),
            )
            .await;
        let listed = caller
            .ok("ListTagsForResource", json!({"resourceArn": arn}))
            .await;
        json!([tagged, untagged, listed])
    });
    let expected = json!([{}, {}, {"tags": tags(&[("a", "1")])}]);
    assert_eq!(shown.await, format!("{expected:#}\n"));
}

#[tokio::test]
async fn webhooks_are_tagged_by_the_same_rules() {
    // contract codepipeline §2.1, §2.2, F30
    let shown = both(CODEPIPELINE, async |caller| {
        created(&caller, "p").await;
        put(&caller, webhook("w")).await;
        let arn = "arn:aws:codepipeline:us-east-1:000000000000:webhook:w";
        let given = tags(&[("b", "2"), ("a", "1")]);
        let tagged = caller
            .ok("TagResource", json!({"resourceArn": arn, "tags": given}))
            .await;
        let untagged = caller
            .ok(
                "UntagResource",
                json!({"resourceArn": arn, "tagKeys": ["b", "none"]}),
            )
            .await;
        let listed = caller
            .ok("ListTagsForResource", json!({"resourceArn": arn}))
            .await;
        assert_eq!(only(&caller).await["tags"], listed["tags"]);
        caller.ok("DeleteWebhook", json!({"name": "w"})).await;
        put(&caller, webhook("w")).await;
        assert_eq!(only(&caller).await["tags"], Value::Null);
        json!([tagged, untagged, listed])
    });
    let expected = json!([{}, {}, {"tags": tags(&[("a", "1")])}]);
    assert_eq!(shown.await, format!("{expected:#}\n"));
}
