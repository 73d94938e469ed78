//! ListWebhooks (contract codepipeline §1.1, §3.5, §8.1).

use super::sample::created;
use super::webhook::{deliver, put, webhook, without_url};
use crate::support::caller::{CODEPIPELINE, Caller, both};
use expect_test::expect;
use serde_json::{Value, json};

#[tokio::test]
async fn webhooks_are_listed_with_the_time_they_were_last_triggered() {
    // contract codepipeline §1.2, §8.1: lastTriggered is a number
    let shown = both(CODEPIPELINE, async |caller| {
        created(&caller, "p").await;
        let shown = put(&caller, webhook("w")).await;
        deliver(&caller, &shown, &[], r#"{"ref":"refs/heads/main"}"#).await;
        let mut listed = caller.ok("ListWebhooks", json!({})).await;
        let item = listed["webhooks"][0].take();
        listed["webhooks"][0] = without_url(&caller, item);
        listed
    });
    expect![[r#"
        {
          "webhooks": [
            {
              "arn": "arn:aws:codepipeline:us-east-1:000000000000:webhook:w",
              "definition": {
                "authentication": "UNAUTHENTICATED",
                "authenticationConfiguration": {},
                "filters": [
                  {
                    "jsonPath": "$.ref",
                    "matchEquals": "refs/heads/main"
                  }
                ],
                "name": "w",
                "targetAction": "Zip",
                "targetPipeline": "p"
              },
              "lastTriggered": "<time>",
              "url": "<url>"
            }
          ]
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn without_webhooks_the_list_is_there_and_empty() {
    // contract codepipeline §3.5
    let caller = Caller::new(CODEPIPELINE).await;
    let other = caller.in_region("eu-west-1");
    created(&other, "p").await;
    put(&other, webhook("w")).await;
    let listed = caller.ok("ListWebhooks", json!({})).await;
    assert_eq!(listed, json!({"webhooks": []}));
}

#[tokio::test]
async fn pages_follow_each_other_by_name() {
    // contract codepipeline §3.5, §8.1: NextToken and MaxResults in upper case
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    for name in ["c", "a", "b"] {
        put(&caller, webhook(name)).await;
    }
    let names = |listed: &Value| {
        let items = listed["webhooks"].as_array().unwrap().iter();
        items
            .map(|item| item["definition"]["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let first = caller.ok("ListWebhooks", json!({"MaxResults": 2})).await;
    assert_eq!(names(&first), ["a", "b"]);
    let body = json!({"MaxResults": 2, "NextToken": first["NextToken"]});
    let second = caller.ok("ListWebhooks", body).await;
    assert_eq!(names(&second), ["c"]);
    assert_eq!(second.get("NextToken"), None);
}

#[tokio::test]
async fn tokens_are_good_only_where_they_were_given() {
    // contract codepipeline §3.5
    let caller = Caller::new(CODEPIPELINE).await;
    for name in ["p", "q"] {
        created(&caller, name).await;
    }
    let listed = caller.ok("ListPipelines", json!({"maxResults": 1})).await;
    for token in ["garbage", listed["nextToken"].as_str().unwrap()] {
        let said = format!(
            "The nextToken value '{token}' is not valid. Specify a valid nextToken value, and then try again."
        );
        let body = json!({"NextToken": token});
        let code = "InvalidNextTokenException";
        caller
            .expect_refusal("ListWebhooks", body, code, &said)
            .await;
    }
    let said = "1 validation error detected: Value at 'MaxResults' failed to satisfy constraint: Member must have value less than or equal to 100";
    let body = json!({"MaxResults": 101});
    caller
        .expect_refusal("ListWebhooks", body, "ValidationException", said)
        .await;
}
