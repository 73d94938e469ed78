//! Whether a delivery may come in: by its signature, by where it comes from, or in any case.
//!
//! Invariant: how long a comparison takes tells nothing about the right signature.

use super::cidr::Cidr;
use super::decide::Delivery;
use crate::git::signature::is_signed;
use codepipeline_api::model::{WebhookAuthenticationType, WebhookDefinition};

/// Why a delivery is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    Unsigned,
    Forbidden,
}

pub fn authenticate(webhook: &WebhookDefinition, delivery: &Delivery) -> Result<(), Refused> {
    let configured = &webhook.authentication_configuration;
    match webhook.authentication {
        WebhookAuthenticationType::Unauthenticated => Ok(()),
        WebhookAuthenticationType::GithubHmac => {
            let secret = configured.secret_token.as_deref();
            let (sha256, sha1) = (delivery.sha256.as_deref(), delivery.sha1.as_deref());
            let signed =
                secret.is_some_and(|secret| is_signed(secret, &delivery.body, sha256, sha1));
            signed.then_some(()).ok_or(Refused::Unsigned)
        }
        WebhookAuthenticationType::Ip => {
            let range = configured.allowed_ip_range.as_deref();
            let range = range.and_then(Cidr::parse).zip(delivery.from);
            let inside = range.is_some_and(|(range, from)| range.contains(from));
            inside.then_some(()).ok_or(Refused::Forbidden)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use codepipeline_api::model::WebhookAuthConfiguration;

    const BODY: &str = "Hello, World!";
    const SECRET: &str = "It's a Secret to Everybody";
    /// From GitHub's documentation, "Validating webhook deliveries".
    const SHA256: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    /// The same by another program.
    const SHA1: &str = "sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59";

    fn webhook(kind: WebhookAuthenticationType, value: Option<&str>) -> WebhookDefinition {
        let value = value.map(str::to_owned);
        let configured = match kind {
            WebhookAuthenticationType::Ip => WebhookAuthConfiguration {
                allowed_ip_range: value,
                secret_token: None,
            },
            _ => WebhookAuthConfiguration {
                allowed_ip_range: None,
                secret_token: value,
            },
        };
        WebhookDefinition::new("w", "p", "a", Vec::new(), kind, configured)
    }

    fn delivery(sha1: Option<&str>, sha256: Option<&str>) -> Delivery {
        Delivery {
            sha1: sha1.map(str::to_owned),
            sha256: sha256.map(str::to_owned),
            from: "203.0.113.9".parse().ok(),
            body: BODY.into(),
        }
    }

    #[test]
    fn a_signature_of_either_kind_is_enough() {
        // contract codepipeline §8.2 step 2
        let webhook = webhook(WebhookAuthenticationType::GithubHmac, Some(SECRET));
        for (sha1, sha256) in [
            (Some(SHA1), None),
            (None, Some(SHA256)),
            (Some(SHA1), Some(SHA256)),
        ] {
            assert_eq!(authenticate(&webhook, &delivery(sha1, sha256)), Ok(()));
        }
    }

    #[test]
    fn a_wrong_or_missing_signature_is_refused() {
        // contract codepipeline §8.2 step 2
        let webhook = webhook(WebhookAuthenticationType::GithubHmac, Some(SECRET));
        let other = SHA1.replace("01dc", "01dd");
        for (sha1, sha256) in [
            (None, None),
            (Some(other.as_str()), None),
            (Some("sha1="), None),
            (Some("sha1=01dc10d0"), None),
            (Some(&SHA1["sha1=".len()..]), None),
            (Some(SHA256), None),
            (None, Some(SHA1)),
            (Some("sha1=zz"), Some("sha256=")),
        ] {
            let refused = Err(Refused::Unsigned);
            assert_eq!(authenticate(&webhook, &delivery(sha1, sha256)), refused);
        }
        let mut changed = delivery(Some(SHA1), Some(SHA256));
        changed.body = "Hello, World".into();
        assert_eq!(authenticate(&webhook, &changed), Err(Refused::Unsigned));
    }

    #[test]
    fn addresses_outside_the_range_are_refused() {
        // contract codepipeline §8.2 step 2
        let inside = webhook(WebhookAuthenticationType::Ip, Some("203.0.113.0/24"));
        assert_eq!(authenticate(&inside, &delivery(None, None)), Ok(()));
        let outside = webhook(WebhookAuthenticationType::Ip, Some("198.51.100.0/24"));
        let refused = Err(Refused::Forbidden);
        assert_eq!(authenticate(&outside, &delivery(None, None)), refused);
        let mut nowhere = delivery(None, None);
        nowhere.from = None;
        assert_eq!(authenticate(&inside, &nowhere), refused);
    }

    #[test]
    fn without_authentication_everything_comes_in() {
        // contract codepipeline §8.1
        let open = webhook(WebhookAuthenticationType::Unauthenticated, None);
        assert_eq!(authenticate(&open, &delivery(None, None)), Ok(()));
    }
}
