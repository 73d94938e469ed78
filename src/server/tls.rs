//! TLS of the listener for agents: one certificate of the server's own, no certificates of clients.

use crate::codedeploy::agents::keys::{KeyError, Pair};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// Accepts what proves itself by this key and certificate.
pub fn acceptor(pair: &Pair) -> Result<TlsAcceptor, KeyError> {
    let certificate = CertificateDer::from(pair.certificate().to_vec());
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(pair.key()));
    let made = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .with_no_client_auth()
                .with_single_cert(vec![certificate], key)
        });
    let mut config = made.map_err(|error| KeyError::Unusable(error.to_string()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
