//! PutWebhook (contract codepipeline §8.1, F28).

use super::sample::{create, created, pipeline};
use super::webhook::{git_pipeline, only, put, signed, webhook, without_url};
use crate::support::caller::{CODEPIPELINE, Caller, both, tags, with};
use expect_test::expect;
use serde_json::{Value, json};

#[tokio::test]
async fn a_webhook_is_shown_with_its_url_arn_and_tags_and_without_its_secret() {
    // contract codepipeline §2.1, §8.1, F28
    let shown = both(CODEPIPELINE, async |caller| {
        git_pipeline(&caller).await;
        let webhook = with(signed("w", "hush"), "/targetAction", json!("Git"));
        let body = json!({"webhook": webhook, "tags": tags(&[("b", "2"), ("a", "1")])});
        let answer = caller.ok("PutWebhook", body).await;
        without_url(&caller, answer["webhook"].clone())
    });
    expect![[r#"
        {
          "arn": "arn:aws:codepipeline:us-east-1:000000000000:webhook:w",
          "definition": {
            "authentication": "GITHUB_HMAC",
            "authenticationConfiguration": {
              "SecretToken": "****"
            },
            "filters": [
              {
                "jsonPath": "$.ref",
                "matchEquals": "refs/heads/main"
              }
            ],
            "name": "w",
            "targetAction": "Git",
            "targetPipeline": "p"
          },
          "tags": [
            {
              "key": "a",
              "value": "1"
            },
            {
              "key": "b",
              "value": "2"
            }
          ],
          "url": "<url>"
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn an_empty_configuration_is_shown_empty() {
    // contract codepipeline §3.8: Terraform always sends authenticationConfiguration, {} for UNAUTHENTICATED
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let shown = put(&caller, webhook("w")).await;
    let definition = &shown["definition"];
    assert_eq!(definition["authenticationConfiguration"], json!({}));
    assert_eq!(*definition, webhook("w"));
    assert_eq!(shown.get("tags"), None);
    assert_eq!(shown.get("lastTriggered"), None);
}

#[tokio::test]
async fn putting_again_keeps_url_arn_and_tags() {
    // contract codepipeline §8.1, upsert
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let body = json!({"webhook": webhook("w"), "tags": tags(&[("a", "1")])});
    let first = caller.ok("PutWebhook", body).await["webhook"].clone();
    let other = with(webhook("w"), "/filters", json!([{"jsonPath": "$.after"}]));
    let body = json!({"webhook": other, "tags": tags(&[("a", "2"), ("b", "1")])});
    let second = caller.ok("PutWebhook", body).await["webhook"].clone();
    assert_eq!(second["url"], first["url"]);
    assert_eq!(second["arn"], first["arn"]);
    assert_eq!(second["tags"], first["tags"]);
    assert_eq!(second["definition"], other);
    assert_eq!(only(&caller).await, second);
}

#[tokio::test]
async fn made_anew_it_has_another_url() {
    // contract codepipeline §8.1, upsert
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let first = put(&caller, webhook("w")).await;
    caller.ok("DeleteWebhook", json!({"name": "w"})).await;
    let second = put(&caller, webhook("w")).await;
    assert_eq!(second["arn"], first["arn"]);
    assert_ne!(second["url"], first["url"]);
    assert_ne!(put(&caller, webhook("x")).await["url"], second["url"]);
}

#[tokio::test]
async fn a_pipeline_that_is_not_there_is_not_found() {
    // contract codepipeline §8.1
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller.in_region("eu-west-1"), "p").await;
    let said = "Account '000000000000' does not have a pipeline with name 'p'";
    let body = json!({"webhook": webhook("w")});
    let code = "PipelineNotFoundException";
    caller.expect_refusal("PutWebhook", body, code, said).await;
}

#[tokio::test]
async fn the_target_action_is_in_the_first_stage() {
    // contract codepipeline §8.1; the text is ours
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    for action in ["Nope", "Compile"] {
        let body = json!({"webhook": with(webhook("w"), "/targetAction", json!(action))});
        let said = format!(
            "The first stage of the pipeline 'p' does not have an action with the name '{action}'"
        );
        caller
            .expect_refusal("PutWebhook", body, "ValidationException", &said)
            .await;
    }
}

#[tokio::test]
async fn each_authentication_has_its_own_property_alone() {
    // contract codepipeline §8.1
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let (secret, range) = (json!("hush"), json!("203.0.113.0/24"));
    let neither = json!({});
    let secret_only = json!({"SecretToken": secret});
    let range_only = json!({"AllowedIPRange": range});
    let two = json!({"SecretToken": secret, "AllowedIPRange": range});
    let one = |name: &str| {
        format!("Optional['authenticationConfig' should contain only one property: '{name}']")
    };
    let empty = "Optional['authenticationConfig' should be empty]".to_owned();
    for (kind, configurations, said) in [
        (
            "GITHUB_HMAC",
            [&neither, &range_only, &two],
            one("SecretToken"),
        ),
        ("IP", [&neither, &secret_only, &two], one("AllowedIPRange")),
        ("UNAUTHENTICATED", [&secret_only, &range_only, &two], empty),
    ] {
        for configuration in configurations {
            let body = with(webhook("w"), "/authentication", json!(kind));
            let body = with(body, "/authenticationConfiguration", configuration.clone());
            let code = "InvalidWebhookAuthenticationParametersException";
            let body = json!({"webhook": body});
            caller.expect_refusal("PutWebhook", body, code, &said).await;
        }
    }
    for (kind, configuration) in [
        ("GITHUB_HMAC", secret_only),
        ("IP", range_only),
        ("UNAUTHENTICATED", neither),
    ] {
        let body = with(webhook(kind), "/authentication", json!(kind));
        put(
            &caller,
            with(body, "/authenticationConfiguration", configuration),
        )
        .await;
    }
}

#[tokio::test]
async fn a_range_of_addresses_is_one() {
    // contract codepipeline §8.1; the text is ours
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let body = with(webhook("w"), "/authentication", json!("IP"));
    let body = with(
        body,
        "/authenticationConfiguration",
        json!({"AllowedIPRange": "10.0.0.0/33"}),
    );
    let code = "InvalidWebhookAuthenticationParametersException";
    let said =
        "'AllowedIPRange' must be a range of addresses such as 198.51.100.0/24, not '10.0.0.0/33'";
    caller
        .expect_refusal("PutWebhook", json!({"webhook": body}), code, said)
        .await;
}

#[tokio::test]
async fn a_filter_that_is_no_json_path_is_refused() {
    // contract codepipeline §8.1; the texts are ours
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    for path in ["$.", "$[", "$.a b", "$..a..b"] {
        let filters = json!([{"jsonPath": "$.ref"}, {"jsonPath": path}]);
        let body = json!({"webhook": with(webhook("w"), "/filters", filters)});
        let said = caller.refused("PutWebhook", body).await;
        assert_eq!(said.code, "InvalidWebhookFilterPatternException");
        let begin = format!("The filter's JSON path '{path}' is not valid: ");
        assert!(said.message.starts_with(&begin), "{}", said.message);
    }
}

#[tokio::test]
async fn tags_keep_their_rules() {
    // contract codepipeline §2.2
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let body = json!({"webhook": webhook("w"), "tags": tags(&[("aws:x", "1")])});
    let said = caller.refused("PutWebhook", body).await;
    assert_eq!(said.code, "InvalidTagsException");
    let many: Vec<String> = (0..51).map(|n| format!("k{n}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|key| (key.as_str(), "v")).collect();
    let body = json!({"webhook": webhook("w"), "tags": tags(&many)});
    let said = caller.refused("PutWebhook", body).await;
    assert_eq!(said.code, "TooManyTagsException");
}

#[tokio::test]
async fn three_hundred_webhooks_are_enough() {
    // contract codepipeline §8.1; the text is ours
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    for n in 0..300 {
        put(&caller, webhook(&format!("w{n}"))).await;
    }
    let code = "LimitExceededException";
    let said = "The account has reached the limit of 300 webhooks in this region";
    let body = json!({"webhook": webhook("more")});
    caller.expect_refusal("PutWebhook", body, code, said).await;
    put(&caller, webhook("w7")).await;
}

#[tokio::test]
async fn the_model_is_kept() {
    // contract codepipeline §1.4, §8.1
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let filter = json!({"jsonPath": "$.ref"});
    let six: Value = std::iter::repeat_n(filter, 6).collect();
    for (pointer, value, said) in [
        (
            "/filters",
            six,
            "Value at 'webhook.filters' failed to satisfy constraint: Member must have length less than or equal to 5",
        ),
        (
            "/name",
            json!("a b"),
            "Value at 'webhook.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9.@\\-_]+",
        ),
        (
            "/filters/0/jsonPath",
            json!("x".repeat(151)),
            "Value at 'webhook.filters.1.member.jsonPath' failed to satisfy constraint: Member must have length less than or equal to 150",
        ),
        (
            "/authenticationConfiguration",
            Value::Null,
            "Value at 'webhook.authenticationConfiguration' failed to satisfy constraint: Member must not be null",
        ),
    ] {
        let body = json!({"webhook": with(webhook("w"), pointer, value)});
        let said = format!("1 validation error detected: {said}");
        caller
            .expect_refusal("PutWebhook", body, "ValidationException", &said)
            .await;
    }
}

#[tokio::test]
async fn a_secret_sent_as_it_is_shown_stays_as_it_was() {
    // our reading, as for secrets of actions (contract codepipeline §3.1)
    let caller = Caller::new(CODEPIPELINE).await;
    create(&caller, pipeline("p")).await;
    put(&caller, signed("w", "hush")).await;
    let shown = put(&caller, signed("w", "****")).await;
    let body = r#"{"ref":"refs/heads/main"}"#;
    let signature = super::receive_webhook::sha1("hush", body);
    let headers = [("x-hub-signature", signature.as_str())];
    let answer = super::webhook::deliver(&caller, &shown, &headers, body).await;
    assert_eq!(answer.status, http::StatusCode::OK, "{answer:?}");
}
