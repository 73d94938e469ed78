//! A specification out of its envelope.
//!
//! AWS's agent looks at the signature and goes on whatever it finds, so that the content alone matters here. Source: contract,
//! codedeploy section 8.8, "Envelope".

use super::errors::{self, Done, Fault};
use crate::codedeploy::agents::envelope;
use crate::codedeploy::agents::protocol::{Envelope, SIGNED};

/// Longest envelope.
const MAX_BYTES: usize = 1024 * 1024;

/// The specification's JSON. In service, AWS's agent takes nothing that is not signed.
pub fn open(envelope: &Envelope) -> Done<Vec<u8>> {
    if envelope.format != SIGNED {
        return Err(errors::unsupported_format(&envelope.format));
    }
    if envelope.payload.len() > MAX_BYTES {
        return Err(Fault::unknown("The deployment specification is too large"));
    }
    envelope::open(&envelope.payload).map_err(Fault::unknown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codedeploy::agents::keys::Pair;

    fn opened(format: &str, payload: &str) -> Result<Vec<u8>, String> {
        let (format, payload) = (format.to_owned(), payload.to_owned());
        open(&Envelope { format, payload }).map_err(|fault| fault.message)
    }

    /// Witness: contract §8.8, "Envelope".
    #[test]
    fn signed_content_is_taken_and_nothing_else() {
        let sealed = envelope::seal(b"{}", &Pair::make(&[]).unwrap()).unwrap();
        assert_eq!(opened("PKCS7/JSON", &sealed).unwrap(), b"{}");
        let refused = opened("TEXT/JSON", "{}").unwrap_err();
        assert_eq!(
            refused,
            "Unsupported DeploymentSpecification format: TEXT/JSON"
        );
        // What is signed is not looked at: a byte of the signature, at the end, is another.
        let at = sealed.rfind("\n-----END").unwrap() - 6;
        let letter = if &sealed[at..=at] == "A" { "B" } else { "A" };
        let mut corrupted = sealed.clone();
        corrupted.replace_range(at..=at, letter);
        assert_ne!(corrupted, sealed);
        assert_eq!(opened("PKCS7/JSON", &corrupted).unwrap(), b"{}");
        let bare: String = sealed
            .lines()
            .filter(|line| !line.starts_with('-'))
            .collect();
        assert!(opened("PKCS7/JSON", &bare).is_err());
        assert!(opened("PKCS7/JSON", &"x".repeat(MAX_BYTES + 1)).is_err());
    }
}
