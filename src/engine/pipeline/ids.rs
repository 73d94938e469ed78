//! Identifiers drawn from a seed: random to the eye, and the same whenever the machine takes the same step again.
//!
//! The seed is the only randomness a pipeline ever sees; it comes in with the command or the news that starts an execution.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Sixteen random bytes. Whoever knows them knows all identifiers of an execution, so they are never shown.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seed(Uuid);

const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

impl Seed {
    /// From a random (version 4) UUID.
    pub fn new(random: Uuid) -> Self {
        Self(random)
    }

    /// A seed for the thing that `parts` name.
    pub fn child(&self, parts: &[&str]) -> Self {
        let [head, _] = self.halves(parts);
        Self(uuid::Builder::from_random_bytes(head).into_uuid())
    }

    /// A UUID for the thing that `parts` name; lower case when shown.
    pub fn uuid(&self, parts: &[&str]) -> String {
        let [head, _] = self.halves(parts);
        uuid::Builder::from_random_bytes(head)
            .into_uuid()
            .to_string()
    }

    /// Seven characters of `[A-Za-z0-9]` for the thing that `parts` name.
    pub fn letters(&self, parts: &[&str]) -> String {
        let [_, tail] = self.halves(parts);
        let mut number = u128::from_be_bytes(tail);
        let mut letter = || {
            let at = usize::try_from(number % 62).expect("less than 62");
            number /= 62;
            char::from(LETTERS[at])
        };
        (0..7).map(|_| letter()).collect()
    }

    /// Parts are length-prefixed, so that no two lists of parts are alike.
    fn halves(&self, parts: &[&str]) -> [[u8; 16]; 2] {
        let mut hash = Sha256::new();
        hash.update(self.0.as_bytes());
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let digest: [u8; 32] = hash.finalize().into();
        let mut halves = [[0; 16]; 2];
        halves[0].copy_from_slice(&digest[..16]);
        halves[1].copy_from_slice(&digest[16..]);
        halves
    }
}

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seed(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_names_the_same_thing_alike_and_different_things_differently() {
        let seed = Seed::new(Uuid::from_u128(1));
        assert_eq!(seed.uuid(&["a", "b"]), seed.uuid(&["a", "b"]));
        assert_ne!(seed.uuid(&["a", "b"]), seed.uuid(&["ab"]));
        assert_ne!(
            seed.uuid(&["a"]),
            Seed::new(Uuid::from_u128(2)).uuid(&["a"])
        );
    }

    #[test]
    fn identifiers_have_the_forms_clients_expect() {
        let seed = Seed::new(Uuid::from_u128(1));
        let id = Uuid::parse_str(&seed.uuid(&["a"])).unwrap();
        assert_eq!(id.get_version_num(), 4);
        let letters = seed.letters(&["a"]);
        assert_eq!(letters.len(), 7);
        assert!(letters.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    }
}
