//! The envelope in which agents accept a specification: PEM of a CMS message with the content in it, signed, with the signer's
//! certificate.
//!
//! Agents refuse bare base64, content that is not attached, and messages without a certificate. Source: contract, codedeploy
//! section 8.8, "Envelope".

use super::keys::{KeyError, Pair};
use cms::cert::x509::Certificate;
use cms::cert::x509::der::asn1::{ObjectIdentifier, OctetString, SetOfVec};
use cms::cert::x509::der::pem::{LineEnding, encode_string};
use cms::cert::x509::der::{self, Any, Decode, Encode};
use cms::cert::x509::spki::AlgorithmIdentifierOwned;
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const ECDSA_WITH_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

/// `content` in an envelope.
pub fn seal(content: &[u8], by: &Pair) -> Result<String, KeyError> {
    let signature = by.sign(content)?;
    let sealed = message(content, by.certificate(), &signature);
    sealed.map_err(|error| KeyError::Unusable(error.to_string()))
}

fn message(content: &[u8], certificate: &[u8], signature: &[u8]) -> der::Result<String> {
    let certificate = Certificate::from_der(certificate)?;
    let signer = IssuerAndSerialNumber {
        issuer: certificate.tbs_certificate.issuer.clone(),
        serial_number: certificate.tbs_certificate.serial_number.clone(),
    };
    let signer = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(signer),
        digest_alg: algorithm(SHA_256),
        signed_attrs: None,
        signature_algorithm: algorithm(ECDSA_WITH_SHA_256),
        signature: OctetString::new(signature)?,
        unsigned_attrs: None,
    };
    let signed = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::try_from(vec![algorithm(SHA_256)])?,
        encap_content_info: EncapsulatedContentInfo {
            econtent_type: DATA,
            econtent: Some(Any::encode_from(&OctetString::new(content)?)?),
        },
        certificates: Some(CertificateSet::try_from(vec![
            CertificateChoices::Certificate(certificate),
        ])?),
        crls: None,
        signer_infos: SignerInfos::try_from(vec![signer])?,
    };
    let message = ContentInfo {
        content_type: SIGNED_DATA,
        content: Any::encode_from(&signed)?,
    };
    Ok(encode_string("PKCS7", LineEnding::LF, &message.to_der()?)?)
}

fn algorithm(oid: ObjectIdentifier) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid,
        parameters: None,
    }
}

/// What is in an envelope. The signature is not looked at: what agents trust is the connection that it came by.
pub fn open(envelope: &str) -> Result<Vec<u8>, String> {
    let refused = |error: der::Error| format!("the envelope is not a CMS message: {error}");
    let read = || -> der::Result<Option<Vec<u8>>> {
        let (_, message) = der::pem::decode_vec(envelope.as_bytes())?;
        let message = ContentInfo::from_der(&message)?;
        let signed: SignedData = message.content.decode_as()?;
        let content = signed.encap_content_info.econtent;
        let content = content.map(|content| content.decode_as::<OctetString>());
        Ok(content.transpose()?.map(OctetString::into_bytes))
    };
    let content = read().map_err(refused)?;
    content.ok_or_else(|| "the envelope holds no content".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Witness: contract codedeploy §8.8: armour, attached content, embedded certificate.
    #[test]
    fn what_is_sealed_can_be_opened_and_carries_its_certificate() {
        let pair = Pair::make(&[]).unwrap();
        let sealed = seal(br#"{"DeploymentId":"d-1"}"#, &pair).unwrap();
        assert!(sealed.starts_with("-----BEGIN PKCS7-----\n"), "{sealed}");
        assert_eq!(open(&sealed).unwrap(), br#"{"DeploymentId":"d-1"}"#);
        let (_, message) = der::pem::decode_vec(sealed.as_bytes()).unwrap();
        let message = ContentInfo::from_der(&message).unwrap();
        let signed: SignedData = message.content.decode_as().unwrap();
        assert_eq!(signed.certificates.unwrap().0.len(), 1);
        assert!(open("{}").is_err());
    }
}
