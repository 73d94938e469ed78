//! Whether the sender of a delivery knows the webhook's secret.
//!
//! Invariant: how long a comparison takes tells nothing about the right answer.

use super::decide::Delivery;
use codebuild_api::model::ServerType;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::Sha256;

/// GitHub signs the body, GitLab sends the secret, Bitbucket has none: there the URL itself is the secret.
pub fn is_authentic(server: ServerType, secret: Option<&str>, delivery: &Delivery) -> bool {
    match (server, secret) {
        (ServerType::Bitbucket, _) => true,
        (_, None) => false,
        (ServerType::Github | ServerType::GithubEnterprise, Some(secret)) => {
            is_signed(secret.as_bytes(), delivery)
        }
        (ServerType::Gitlab | ServerType::GitlabSelfManaged, Some(secret)) => {
            let given = delivery.token.as_deref().unwrap_or_default();
            same(secret.as_bytes(), given.as_bytes())
        }
    }
}

/// Senders give one signature or both; one that fits is enough.
fn is_signed(secret: &[u8], delivery: &Delivery) -> bool {
    let body = &delivery.body;
    let sha256 = bytes(delivery.sha256.as_deref(), "sha256=");
    let sha1 = bytes(delivery.sha1.as_deref(), "sha1=");
    sha256.is_some_and(|given| fits::<Hmac<Sha256>>(secret, body, &given))
        || sha1.is_some_and(|given| fits::<Hmac<Sha1>>(secret, body, &given))
}

fn bytes(header: Option<&str>, prefix: &str) -> Option<Vec<u8>> {
    hex::decode(header?.trim().strip_prefix(prefix)?).ok()
}

fn fits<M: Mac + KeyInit>(secret: &[u8], body: &[u8], given: &[u8]) -> bool {
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(secret) else {
        return false;
    };
    mac.update(body);
    mac.verify_slice(given).is_ok()
}

/// Compares two texts by their authentication codes, which takes as long for every wrong one.
fn same(secret: &[u8], given: &[u8]) -> bool {
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(secret) else {
        return false;
    };
    mac.update(secret);
    let right = mac.finalize().into_bytes();
    fits::<Hmac<Sha256>>(secret, given, &right)
}
