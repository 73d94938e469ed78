//! Listeners as they were asked for, made complete and checked.

use super::errors;
use super::rows::Kind;
use elbv2_api::model::{Certificate, Listener, MutualAuthenticationAttributes, ProtocolEnum};
use slipway_runtime::CommonError;

const POLICY: &str = "ELBSecurityPolicy-2016-08";

/// What a request says of a listener.
pub struct Wanted {
    pub protocol: Option<ProtocolEnum>,
    pub port: Option<i32>,
    pub ssl_policy: Option<String>,
    pub certificates: Option<Vec<Certificate>>,
    pub alpn_policy: Option<Vec<String>>,
    pub mutual_authentication: Option<MutualAuthenticationAttributes>,
}

impl Wanted {
    /// The rest is as it was, unless it goes with another protocol.
    pub fn over(self, before: &Listener) -> Self {
        let before = before.clone();
        let secure = self.protocol.or(before.protocol).is_some_and(is_tls);
        Self {
            protocol: self.protocol.or(before.protocol),
            port: self.port.or(before.port),
            ssl_policy: self.ssl_policy.or(before.ssl_policy.filter(|_| secure)),
            certificates: self.certificates.or(before.certificates.filter(|_| secure)),
            alpn_policy: self.alpn_policy.or(before.alpn_policy.filter(|_| secure)),
            mutual_authentication: self
                .mutual_authentication
                .or(before.mutual_authentication.filter(|_| secure)),
        }
    }
}

/// Whether clients are to speak TLS.
pub fn is_secure(listener: &Listener) -> bool {
    listener.protocol.is_some_and(is_tls)
}

fn is_tls(protocol: ProtocolEnum) -> bool {
    matches!(protocol, ProtocolEnum::Https | ProtocolEnum::Tls)
}

/// The listener that a request describes, for a load balancer of this type.
pub fn complete(kind: Kind, wanted: Wanted) -> Result<Listener, CommonError> {
    let protocol = wanted.protocol;
    let protocol =
        protocol.ok_or_else(|| errors::invalid("A listener protocol must be specified"))?;
    let port = wanted.port;
    let port = port.ok_or_else(|| errors::invalid("A listener port must be specified"))?;
    let known: &[ProtocolEnum] = match kind {
        Kind::Application => &[ProtocolEnum::Http, ProtocolEnum::Https],
        Kind::Network => &[ProtocolEnum::Tcp, ProtocolEnum::Tls],
    };
    if !known.contains(&protocol) {
        return Err(unknown(kind, protocol));
    }
    let secure = is_tls(protocol);
    let certificates = wanted.certificates.unwrap_or_default();
    check_certificates(secure, &certificates)?;
    if !secure && wanted.ssl_policy.is_some() {
        return Err(errors::invalid(
            "An SSL policy cannot be specified for listeners without TLS",
        ));
    }
    if let Some(given) = &wanted.mutual_authentication
        && given.mode.as_deref().is_some_and(|mode| mode != "off")
    {
        return Err(errors::configuration(
            "Mutual authentication is not offered: slipway's listeners speak no TLS",
        ));
    }
    let policy = wanted.ssl_policy.unwrap_or_else(|| POLICY.to_owned());
    let off = MutualAuthenticationAttributes {
        mode: Some("off".to_owned()),
        ..MutualAuthenticationAttributes::default()
    };
    Ok(Listener {
        protocol: Some(protocol),
        port: Some(port),
        ssl_policy: secure.then_some(policy),
        certificates: secure.then_some(certificates),
        alpn_policy: wanted.alpn_policy,
        mutual_authentication: (protocol == ProtocolEnum::Https).then_some(off),
        ..Listener::default()
    })
}

fn unknown(kind: Kind, protocol: ProtocolEnum) -> CommonError {
    match (kind, protocol) {
        (Kind::Application, _) => errors::invalid(format!(
            "Listener protocol '{protocol}' must be one of 'HTTPS, HTTP'"
        )),
        (_, ProtocolEnum::Http | ProtocolEnum::Https) => errors::invalid(format!(
            "Listener protocol '{protocol}' is not supported with a Network Load Balancer"
        )),
        _ => errors::protocol(format!(
            "Listener protocol '{protocol}' is not offered; slipway's network load balancers listen for TCP"
        )),
    }
}

fn check_certificates(secure: bool, certificates: &[Certificate]) -> Result<(), CommonError> {
    match (secure, certificates) {
        (true, []) => Err(errors::invalid(
            "A certificate must be specified for HTTPS and TLS listeners",
        )),
        (true, [certificate]) => {
            let arn = certificate.certificate_arn.as_deref().unwrap_or_default();
            match arn.starts_with("arn:") {
                true => Ok(()),
                false => Err(errors::no_certificate(arn)),
            }
        }
        (true, _) => Err(errors::invalid("Up to one certificate can be specified")),
        (false, []) => Ok(()),
        (false, _) => Err(errors::invalid(
            "A certificate cannot be specified for listeners without TLS",
        )),
    }
}
