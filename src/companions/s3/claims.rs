//! What a sender says about a body, to be compared with what arrived.
//!
//! Nothing is stored whose body does not keep every claim.

use super::digest::{Algorithm, Digests, Sums};
use super::errors;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use s3s::S3Error;
use std::sync::{Arc, OnceLock};

/// Travels as a request extension from the front layer to the operation.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    /// Length of the payload, without any framing.
    pub length: Option<u64>,
    pub md5: Option<[u8; 16]>,
    /// From `x-amz-content-sha256`.
    pub sha256: Option<[u8; 32]>,
    pub checksum: Option<(Algorithm, Expected)>,
}

/// Where the expected checksum comes from.
#[derive(Clone, Debug)]
pub enum Expected {
    /// A header named the algorithm only.
    Nothing,
    Value(String),
    /// Known when the body has been read to its end.
    Trailer(Arc<OnceLock<String>>),
}

impl Claims {
    /// Hashers for everything that is claimed. Without a claim CRC64NVME is kept, which AWS adds by itself.
    pub fn digests(&self) -> Digests {
        let algorithm = self.checksum.as_ref().map(|(algorithm, _)| *algorithm);
        self.digests_keeping(algorithm.unwrap_or(Algorithm::Crc64Nvme))
    }

    /// The same where it is settled which checksum is kept.
    pub fn digests_keeping(&self, kept: Algorithm) -> Digests {
        let digests = Digests::new(kept);
        let digests = self
            .checksum
            .iter()
            .fold(digests, |digests, (claimed, _)| digests.and(*claimed));
        if self.sha256.is_some() {
            digests.and_sha256()
        } else {
            digests
        }
    }

    /// Fails with AWS's error for the first claim that does not hold.
    pub fn check(&self, sums: &Sums) -> Result<(), S3Error> {
        self.check_length(sums)?;
        self.check_md5(sums)?;
        self.check_sha256(sums)?;
        self.check_checksum(sums)
    }

    fn check_length(&self, sums: &Sums) -> Result<(), S3Error> {
        match self.length {
            Some(length) if length != sums.length => Err(errors::incomplete_body()),
            _ => Ok(()),
        }
    }

    fn check_md5(&self, sums: &Sums) -> Result<(), S3Error> {
        match self.md5 {
            Some(md5) if md5 != sums.md5 => Err(errors::bad_md5()),
            _ => Ok(()),
        }
    }

    fn check_sha256(&self, sums: &Sums) -> Result<(), S3Error> {
        match self.sha256 {
            Some(sha256) if Some(sha256) != sums.sha256 => Err(errors::content_sha256_mismatch()),
            _ => Ok(()),
        }
    }

    fn check_checksum(&self, sums: &Sums) -> Result<(), S3Error> {
        let Some((algorithm, expected)) = &self.checksum else {
            return Ok(());
        };
        let expected = match expected {
            Expected::Nothing => return Ok(()),
            Expected::Value(value) => value,
            Expected::Trailer(cell) => cell.get().ok_or_else(errors::malformed_trailer)?,
        };
        let bytes = algorithm
            .decode(expected)
            .ok_or_else(|| errors::invalid_checksum_value(*algorithm))?;
        if Some(bytes.as_slice()) != sums.checksum(*algorithm) {
            return Err(errors::bad_checksum(*algorithm));
        }
        Ok(())
    }
}

/// The bytes of a `Content-MD5` header.
pub fn parse_md5(value: &str) -> Result<[u8; 16], S3Error> {
    let bytes = STANDARD
        .decode(value)
        .map_err(|_| errors::invalid_digest())?;
    bytes.try_into().map_err(|_| errors::invalid_digest())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(claims: &Claims, body: &[u8]) -> String {
        let mut digests = claims.digests();
        digests.update(body);
        match claims.check(&digests.finish()) {
            Ok(()) => "ok".to_owned(),
            Err(error) => error.code().as_str().to_owned(),
        }
    }

    fn crc32(expected: Expected) -> Claims {
        Claims {
            checksum: Some((Algorithm::Crc32, expected)),
            ..Claims::default()
        }
    }

    /// Witness: AWS, "Checking object integrity" and the error code list: BadDigest, IncompleteBody, InvalidRequest.
    #[test]
    fn each_claim_has_its_error() {
        let right = Digests::new(Algorithm::Crc32).and_sha256().of(b"body");
        assert_eq!(
            check(&crc32(Expected::Value(right.kept().value.clone())), b"body"),
            "ok"
        );
        assert_eq!(
            check(&crc32(Expected::Value(right.kept().value.clone())), b"bodY"),
            "BadDigest"
        );
        assert_eq!(
            check(&crc32(Expected::Value("short".into())), b"body"),
            "InvalidRequest"
        );
        let md5 = Claims {
            md5: Some(right.md5),
            ..Claims::default()
        };
        assert_eq!(check(&md5, b"bodY"), "BadDigest");
        let sha256 = Claims {
            sha256: right.sha256,
            ..Claims::default()
        };
        assert_eq!(check(&sha256, b"body"), "ok");
        assert_eq!(check(&sha256, b"bodY"), "XAmzContentSHA256Mismatch");
        let length = Claims {
            length: Some(5),
            ..Claims::default()
        };
        assert_eq!(check(&length, b"body"), "IncompleteBody");
    }

    #[test]
    fn a_promised_trailer_must_come() {
        let cell = Arc::new(OnceLock::new());
        let claims = crc32(Expected::Trailer(cell.clone()));
        assert_eq!(check(&claims, b"body"), "MalformedTrailerError");
        cell.set(Digests::new(Algorithm::Crc32).of(b"body").kept().value)
            .unwrap();
        assert_eq!(check(&claims, b"body"), "ok");
    }
}
