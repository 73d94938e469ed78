//! What becomes of a delivery: a pure function of the webhook, its target action's configuration and what came.

use super::authenticate::{Refused, authenticate};
use super::filters::{Configuration, first_mismatch};
use bytes::Bytes;
use codepipeline_api::model::WebhookDefinition;
use serde_json::Value;
use std::net::IpAddr;

/// What was sent to a webhook.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// `X-Hub-Signature`.
    pub sha1: Option<String>,
    /// `X-Hub-Signature-256`.
    pub sha256: Option<String>,
    /// The sender's address.
    pub from: Option<IpAddr>,
    /// As it came: signatures are of these bytes.
    pub body: Bytes,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// With the commit that the delivery tells of, when it tells of one.
    Start(Option<String>),
    /// The path of a filter that does not match.
    NoMatch(String),
    Refused(Refused),
    /// No JSON, or nested too deeply.
    Malformed(String),
}

/// Nothing of a body is looked at before it is authenticated.
pub fn decide(
    webhook: &WebhookDefinition,
    configuration: &Configuration,
    delivery: &Delivery,
) -> Decision {
    if let Err(refused) = authenticate(webhook, delivery) {
        return Decision::Refused(refused);
    }
    // Refuses more than 128 levels.
    let body: Value = match serde_json::from_slice(&delivery.body) {
        Ok(body) => body,
        Err(error) => return Decision::Malformed(error.to_string()),
    };
    match first_mismatch(&webhook.filters, configuration, &body) {
        Some(path) => Decision::NoMatch(path.to_owned()),
        None => Decision::Start(commit(&body)),
    }
}

/// The head commit of a push, as GitHub and its like tell it. A deleted branch has none.
fn commit(body: &Value) -> Option<String> {
    let head = body.pointer("/head_commit/id");
    let after = body.get("after");
    let mut told = [head, after].into_iter().flatten();
    let commit = told.find_map(|value| value.as_str().filter(|id| is_commit(id)))?;
    Some(commit.to_owned())
}

fn is_commit(id: &str) -> bool {
    let hexadecimal = id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    matches!(id.len(), 40 | 64) && hexadecimal && id.bytes().any(|byte| byte != b'0')
}

#[cfg(test)]
mod tests {
    use super::*;
    use codepipeline_api::model::{
        WebhookAuthConfiguration, WebhookAuthenticationType, WebhookFilterRule,
    };
    use serde_json::json;

    const HEAD: &str = "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c";
    const OTHER: &str = "ffffffffffffffffffffffffffffffffffffffff";

    fn webhook(filters: Vec<WebhookFilterRule>) -> WebhookDefinition {
        let open = WebhookAuthenticationType::Unauthenticated;
        WebhookDefinition::new(
            "w",
            "p",
            "a",
            filters,
            open,
            WebhookAuthConfiguration::default(),
        )
    }

    fn decided(webhook: &WebhookDefinition, body: impl Into<Bytes>) -> Decision {
        let delivery = Delivery {
            sha1: None,
            sha256: None,
            from: None,
            body: body.into(),
        };
        decide(webhook, &Configuration::new(), &delivery)
    }

    #[test]
    fn a_match_starts_with_the_commit_that_was_pushed() {
        // contract codepipeline §8.2; GitHub's documentation of the push event
        let open = webhook(Vec::new());
        let zeros = "0".repeat(40);
        for (body, commit) in [
            (
                json!({"head_commit": {"id": HEAD}, "after": OTHER}),
                Some(HEAD),
            ),
            (json!({"head_commit": null, "after": OTHER}), Some(OTHER)),
            (json!({"head_commit": null, "after": zeros}), None),
            (json!({"after": "main"}), None),
            (json!({"after": 7}), None),
            (json!([]), None),
            (json!({}), None),
        ] {
            let expected = Decision::Start(commit.map(str::to_owned));
            assert_eq!(decided(&open, body.to_string()), expected, "{body}");
        }
    }

    #[test]
    fn a_filter_that_does_not_match_is_named() {
        let filtered = webhook(vec![WebhookFilterRule::new("$.ref")]);
        let named = Decision::NoMatch("$.ref".to_owned());
        assert_eq!(decided(&filtered, "{}"), named);
    }

    #[test]
    fn bodies_that_are_no_json_or_too_deep_are_malformed() {
        let open = webhook(Vec::new());
        let deep = "[".repeat(10_000) + &"]".repeat(10_000);
        for body in ["", "payload=%7B%7D", "{", "{} {}", &deep, "\u{feff}{}"] {
            let decision = decided(&open, body.to_owned());
            assert!(matches!(decision, Decision::Malformed(_)), "{decision:?}");
        }
    }

    #[test]
    fn who_is_not_authenticated_learns_nothing_of_the_body() {
        // contract codepipeline §8.2 step 2
        let mut signed = webhook(vec![WebhookFilterRule::new("$.ref")]);
        signed.authentication = WebhookAuthenticationType::GithubHmac;
        signed.authentication_configuration.secret_token = Some("s".to_owned());
        for body in ["", "{", "{}", r#"{"ref": 1}"#] {
            let refused = Decision::Refused(Refused::Unsigned);
            assert_eq!(decided(&signed, body.to_owned()), refused);
        }
    }
}
