//! Checksums of bodies, computed while the bytes pass by.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crc_fast::CrcAlgorithm;
use md5::Md5;
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// The checksums S3 knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    Crc32,
    Crc32c,
    Crc64Nvme,
    Sha1,
    Sha256,
}

/// What a checksum of a multipart object covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Coverage {
    /// All bytes of the object.
    FullObject,
    /// The checksums of the parts.
    Composite,
}

/// A checksum as headers and XML show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checksum {
    pub algorithm: Algorithm,
    pub coverage: Coverage,
    /// Base64; a composite one ends with `-` and the number of parts.
    pub value: String,
}

/// What came out when a body had passed by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sums {
    pub length: u64,
    pub md5: [u8; 16],
    /// Of the payload; absent unless asked for.
    pub sha256: Option<[u8; 32]>,
    /// The first is the one that is kept with the object.
    checksums: Vec<(Algorithm, Vec<u8>)>,
}

/// Hashes a body piece by piece.
pub struct Digests {
    length: u64,
    md5: Md5,
    sha256: Option<Sha256>,
    hashers: Vec<(Algorithm, Hasher)>,
}

enum Hasher {
    Crc(crc_fast::Digest),
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Algorithm {
    pub const ALL: [Algorithm; 5] = [
        Algorithm::Crc32,
        Algorithm::Crc32c,
        Algorithm::Crc64Nvme,
        Algorithm::Sha1,
        Algorithm::Sha256,
    ];

    /// As in `x-amz-checksum-algorithm`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    /// The header or trailer that carries a value.
    pub fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|a| a.name().eq_ignore_ascii_case(name))
    }

    pub fn from_header(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|a| a.header().eq_ignore_ascii_case(name))
    }

    /// What AWS takes when the customer names an algorithm for a multipart upload and no type.
    pub fn usual_coverage(self) -> Coverage {
        match self {
            Self::Crc64Nvme => Coverage::FullObject,
            _ => Coverage::Composite,
        }
    }

    /// Bytes of a value.
    pub fn width(self) -> usize {
        match self {
            Self::Crc32 | Self::Crc32c => 4,
            Self::Crc64Nvme => 8,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    /// A value's bytes; `None` when it is not base64 of the right length.
    pub fn decode(self, value: &str) -> Option<Vec<u8>> {
        STANDARD
            .decode(value)
            .ok()
            .filter(|bytes| bytes.len() == self.width())
    }

    fn crc(self) -> Option<CrcAlgorithm> {
        match self {
            Self::Crc32 => Some(CrcAlgorithm::Crc32IsoHdlc),
            Self::Crc32c => Some(CrcAlgorithm::Crc32Iscsi),
            Self::Crc64Nvme => Some(CrcAlgorithm::Crc64Nvme),
            Self::Sha1 | Self::Sha256 => None,
        }
    }

    fn hasher(self) -> Hasher {
        match (self.crc(), self) {
            (Some(crc), _) => Hasher::Crc(crc_fast::Digest::new(crc)),
            (None, Self::Sha1) => Hasher::Sha1(Sha1::new()),
            (None, _) => Hasher::Sha256(Sha256::new()),
        }
    }

    fn crc_bytes(self, value: u64) -> Vec<u8> {
        let bytes = value.to_be_bytes();
        bytes[bytes.len() - self.width()..].to_vec()
    }
}

impl Coverage {
    /// As in `x-amz-checksum-type`.
    pub fn name(self) -> &'static str {
        match self {
            Self::FullObject => "FULL_OBJECT",
            Self::Composite => "COMPOSITE",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::FullObject, Self::Composite]
            .into_iter()
            .find(|c| c.name() == name)
    }
}

impl Digests {
    /// MD5 (it is the ETag) and the checksum that is kept.
    pub fn new(kept: Algorithm) -> Self {
        Self {
            length: 0,
            md5: Md5::new(),
            sha256: None,
            hashers: vec![(kept, kept.hasher())],
        }
    }

    /// Another checksum, to be compared only.
    pub fn and(mut self, other: Algorithm) -> Self {
        if self.hashers.iter().all(|(known, _)| *known != other) {
            self.hashers.push((other, other.hasher()));
        }
        self
    }

    pub fn and_sha256(mut self) -> Self {
        self.sha256 = Some(Sha256::new());
        self
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        self.md5.update(bytes);
        if let Some(sha256) = &mut self.sha256 {
            sha256.update(bytes);
        }
        for (_, hasher) in &mut self.hashers {
            hasher.update(bytes);
        }
    }

    pub fn finish(self) -> Sums {
        let finished =
            |(algorithm, hasher): (Algorithm, Hasher)| (algorithm, hasher.finish(algorithm));
        Sums {
            length: self.length,
            md5: self.md5.finalize().into(),
            sha256: self.sha256.map(|sha256| sha256.finalize().into()),
            checksums: self.hashers.into_iter().map(finished).collect(),
        }
    }

    /// Of a body that is at hand.
    pub fn of(mut self, bytes: &[u8]) -> Sums {
        self.update(bytes);
        self.finish()
    }
}

impl Hasher {
    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Crc(crc) => crc.update(bytes),
            Self::Sha1(sha) => sha.update(bytes),
            Self::Sha256(sha) => sha.update(bytes),
        }
    }

    fn finish(self, algorithm: Algorithm) -> Vec<u8> {
        match self {
            Self::Crc(crc) => algorithm.crc_bytes(crc.finalize()),
            Self::Sha1(sha) => sha.finalize().to_vec(),
            Self::Sha256(sha) => sha.finalize().to_vec(),
        }
    }
}

impl Sums {
    pub fn etag(&self) -> String {
        hex::encode(self.md5)
    }

    /// What is kept with the object.
    pub fn kept(&self) -> Checksum {
        let (algorithm, bytes) = self.checksums.first().expect("there is always one to keep");
        Checksum {
            algorithm: *algorithm,
            coverage: Coverage::FullObject,
            value: STANDARD.encode(bytes),
        }
    }

    /// One of the checksums that were computed, as headers show it.
    pub fn value_of(&self, algorithm: Algorithm) -> Option<String> {
        self.checksum(algorithm).map(|bytes| STANDARD.encode(bytes))
    }

    /// The bytes of one of the checksums that were computed.
    pub fn checksum(&self, algorithm: Algorithm) -> Option<&[u8]> {
        let found = self.checksums.iter().find(|(known, _)| *known == algorithm);
        found.map(|(_, bytes)| bytes.as_slice())
    }
}

/// The checksum of a multipart object: of its parts' values and lengths, in order. `None` when a value is not one of the
/// algorithm, or when full coverage is asked of an algorithm that cannot be combined.
pub fn combine(
    algorithm: Algorithm,
    coverage: Coverage,
    parts: &[(String, u64)],
) -> Option<Checksum> {
    let value = match coverage {
        Coverage::Composite => composite(algorithm, parts)?,
        Coverage::FullObject => full_object(algorithm, parts)?,
    };
    Some(Checksum {
        algorithm,
        coverage,
        value,
    })
}

fn composite(algorithm: Algorithm, parts: &[(String, u64)]) -> Option<String> {
    let mut digests = Digests::new(algorithm);
    for (value, _) in parts {
        digests.update(&algorithm.decode(value)?);
    }
    Some(format!("{}-{}", digests.finish().kept().value, parts.len()))
}

fn full_object(algorithm: Algorithm, parts: &[(String, u64)]) -> Option<String> {
    let crc = algorithm.crc()?;
    let mut total = crc_fast::checksum(crc, b"");
    for (value, length) in parts {
        total = crc_fast::checksum_combine(crc, total, number(&algorithm.decode(value)?), *length);
    }
    Some(STANDARD.encode(algorithm.crc_bytes(total)))
}

fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// The ETag of a multipart object: MD5 of the parts' MD5s, and their number.
pub fn multipart_etag<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let mut md5 = Md5::new();
    let mut count = 0;
    for etag in parts {
        md5.update(hex::decode(etag).unwrap_or_default());
        count += 1;
    }
    format!("{}-{count}", hex::encode(md5.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(algorithm: Algorithm, bytes: &[u8]) -> String {
        Digests::new(algorithm).of(bytes).kept().value
    }

    /// Witness: the check values of the CRC catalogue and RFC 1321, for "123456789".
    #[test]
    fn check_values_are_those_of_the_catalogues() {
        let mut digests = Digests::new(Algorithm::Crc32);
        for algorithm in Algorithm::ALL {
            digests = digests.and(algorithm);
        }
        let sums = digests.and_sha256().of(b"123456789");
        let hex_of = |algorithm| hex::encode(sums.checksum(algorithm).unwrap());
        assert_eq!(hex_of(Algorithm::Crc32), "cbf43926");
        assert_eq!(hex_of(Algorithm::Crc32c), "e3069283");
        assert_eq!(hex_of(Algorithm::Crc64Nvme), "ae8b14860a799888");
        assert_eq!(
            hex_of(Algorithm::Sha1),
            "f7c3bc1d808e04732adf679965ccc34ca7ae3441"
        );
        assert_eq!(hex_of(Algorithm::Sha256), hex::encode(sums.sha256.unwrap()));
        assert_eq!(sums.etag(), "25f9e794323b453885f5181f1b624d0b");
        assert_eq!(sums.length, 9);
    }

    /// Witness: AWS, "Checking object integrity": full object checksums of parts equal the checksum of the whole.
    #[test]
    fn combined_crcs_equal_the_crc_of_the_whole() {
        for algorithm in [Algorithm::Crc32, Algorithm::Crc32c, Algorithm::Crc64Nvme] {
            let part = |bytes: &[u8]| (value(algorithm, bytes), bytes.len() as u64);
            let parts = [part(b"1234"), part(b""), part(b"56789")];
            let combined = combine(algorithm, Coverage::FullObject, &parts).unwrap();
            assert_eq!(
                combined.value,
                value(algorithm, b"123456789"),
                "{algorithm:?}"
            );
        }
    }

    #[test]
    fn a_composite_checksum_ends_with_the_number_of_parts() {
        let part = |bytes: &[u8]| (value(Algorithm::Sha256, bytes), bytes.len() as u64);
        let parts = [part(b"a"), part(b"b")];
        let checksum = combine(Algorithm::Sha256, Coverage::Composite, &parts).unwrap();
        assert!(checksum.value.ends_with("-2"));
        assert_eq!(
            combine(Algorithm::Sha256, Coverage::FullObject, &parts),
            None
        );
    }
}
