//! How GitHub signs what it delivers.
//!
//! Invariant: how long a comparison takes tells nothing about the right answer.

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::Sha256;

/// Whether the body is signed with the secret, by `X-Hub-Signature-256` or `X-Hub-Signature`: senders give one or both, and one that
/// fits is enough.
pub fn is_signed(secret: &str, body: &[u8], sha256: Option<&str>, sha1: Option<&str>) -> bool {
    let secret = secret.as_bytes();
    let sha256 = bytes(sha256, "sha256=");
    let sha1 = bytes(sha1, "sha1=");
    sha256.is_some_and(|given| fits::<Hmac<Sha256>>(secret, body, &given))
        || sha1.is_some_and(|given| fits::<Hmac<Sha1>>(secret, body, &given))
}

/// Compares a secret with what was given, by their authentication codes.
pub fn is_same(secret: &str, given: &str) -> bool {
    let (secret, given) = (secret.as_bytes(), given.as_bytes());
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(secret) else {
        return false;
    };
    mac.update(secret);
    let right = mac.finalize().into_bytes();
    fits::<Hmac<Sha256>>(secret, given, &right)
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
