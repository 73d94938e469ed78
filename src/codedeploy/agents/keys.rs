//! The server's key and certificate, made once for a data folder: specifications are signed with it, and the listener for agents
//! proves itself by it.
//!
//! Invariant: the key is readable by its owner alone from its first byte on; certificate and key on disk fit each other.

use camino::{Utf8Path, Utf8PathBuf};
use rcgen::{
    CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, SigningKey,
    date_time_ymd,
};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// Where key and certificate are, and themselves once somebody needs them. Clones share them.
#[derive(Clone)]
pub struct Keys {
    folder: Utf8PathBuf,
    /// Further names and addresses of the server.
    names: Vec<String>,
    pair: Arc<OnceCell<Arc<Pair>>>,
}

/// A key and the certificate that it signed for itself.
pub struct Pair {
    key: KeyPair,
    certificate: Vec<u8>,
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("{0}: {1}")]
    File(Utf8PathBuf, io::Error),
    #[error("the agents' key cannot be used: {0}")]
    Unusable(String),
}

/// Names that certificates of ours always have.
const NAMES: [&str; 5] = [
    "localhost",
    "*.localhost",
    "127.0.0.1",
    "::1",
    "host.docker.internal",
];

impl Keys {
    /// Kept in a folder below `folder`; nothing is read or made yet.
    pub fn new(folder: &Utf8Path, names: Vec<String>) -> Self {
        Self {
            folder: folder.join("agents"),
            names,
            pair: Arc::default(),
        }
    }

    /// The file that clients are to trust.
    pub fn certificate_file(&self) -> Utf8PathBuf {
        self.folder.join("certificate.pem")
    }

    /// Reads key and certificate, or makes them.
    pub async fn pair(&self) -> Result<Arc<Pair>, KeyError> {
        let made = self.pair.get_or_try_init(|| async {
            let keys = self.clone();
            let made = tokio::task::spawn_blocking(move || keys.load()).await;
            let made = made.map_err(|lost| KeyError::Unusable(lost.to_string()))?;
            made.map(Arc::new)
        });
        made.await.cloned()
    }

    fn load(&self) -> Result<Pair, KeyError> {
        let (key, certificate) = (self.folder.join("key.pem"), self.certificate_file());
        match (read(&key)?, read(&certificate)?) {
            (Some(key), Some(certificate)) => Pair::parse(&key, &certificate),
            _ => {
                let pair = Pair::make(&self.names)?;
                std::fs::create_dir_all(&self.folder)
                    .map_err(|error| KeyError::File(self.folder.clone(), error))?;
                write(&key, &pair.key.serialize_pem(), 0o600)?;
                // Last: where it is, the key is.
                write(&certificate, &pair.certificate_pem(), 0o644)?;
                Ok(pair)
            }
        }
    }
}

impl Pair {
    /// A new one for our own names and these.
    pub fn make(names: &[String]) -> Result<Self, KeyError> {
        let all = NAMES.iter().map(|name| (*name).to_owned());
        let all: Vec<String> = all.chain(names.iter().cloned()).collect();
        let make = || -> Result<Self, rcgen::Error> {
            let key = KeyPair::generate()?;
            let mut wish = CertificateParams::new(all)?;
            wish.distinguished_name = rcgen::DistinguishedName::new();
            wish.distinguished_name.push(DnType::CommonName, "slipway");
            wish.not_before = date_time_ymd(2020, 1, 1);
            wish.not_after = date_time_ymd(2120, 1, 1);
            wish.key_usages = vec![KeyUsagePurpose::DigitalSignature];
            wish.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
            let certificate = wish.self_signed(&key)?.der().to_vec();
            Ok(Self { key, certificate })
        };
        make().map_err(|error| KeyError::Unusable(error.to_string()))
    }

    fn parse(key: &str, certificate: &str) -> Result<Self, KeyError> {
        use cms::cert::x509::der::pem::decode_vec;
        let key = KeyPair::from_pem(key).map_err(|error| KeyError::Unusable(error.to_string()))?;
        let read = decode_vec(certificate.as_bytes());
        let (_, certificate) = read.map_err(|error| KeyError::Unusable(error.to_string()))?;
        Ok(Self { key, certificate })
    }

    /// DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// PKCS #8 in DER.
    pub fn key(&self) -> Vec<u8> {
        self.key.serialize_der()
    }

    /// An ECDSA signature of the SHA-256 of `content`, in DER.
    pub fn sign(&self, content: &[u8]) -> Result<Vec<u8>, KeyError> {
        let signed = SigningKey::sign(&self.key, content);
        signed.map_err(|error| KeyError::Unusable(error.to_string()))
    }

    fn certificate_pem(&self) -> String {
        use cms::cert::x509::der::pem::{LineEnding, encode_string};
        encode_string("CERTIFICATE", LineEnding::LF, &self.certificate)
            .expect("a certificate's bytes are no longer than PEM can hold")
    }
}

fn read(path: &Utf8Path) -> Result<Option<String>, KeyError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(KeyError::File(path.to_owned(), error)),
    }
}

/// There whole or not at all.
fn write(path: &Utf8Path, text: &str, mode: u32) -> Result<(), KeyError> {
    let beside = path.with_extension("new");
    let write = || -> io::Result<()> {
        let _ = std::fs::remove_file(&beside);
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&beside, path)
    };
    write().map_err(|error| KeyError::File(path.to_owned(), error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// Witness: ours: what users trust stays the same, and nobody else reads the key.
    #[tokio::test]
    async fn a_folder_keeps_its_key_to_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap();
        let first = Keys::new(path, vec!["slipway.example".to_owned()]);
        let made = first.pair().await.unwrap();
        let mode = std::fs::metadata(path.join("agents/key.pem")).unwrap();
        assert_eq!(mode.permissions().mode() & 0o777, 0o600);
        let again = Keys::new(path, Vec::new()).pair().await.unwrap();
        assert_eq!(made.certificate(), again.certificate());
        assert_eq!(made.key(), again.key());
        std::fs::write(first.certificate_file(), "no certificate").unwrap();
        let broken = Keys::new(path, Vec::new()).pair().await;
        assert!(matches!(broken, Err(KeyError::Unusable(_))));
    }
}
