//! Keeps web pages out: a page anywhere may make its visitor's browser call a server on the visitor's machine.
//!
//! Invariant: a request is let in only under a name that nobody outside can point at this machine, and never when a browser says
//! that a page caused it. Programs send neither `Origin` nor `Sec-Fetch-Site`.

use super::webhooks::is_delivery;
use http::{Method, header, request::Parts};
use std::net::{IpAddr, SocketAddr};

/// The names under which one listener may be called.
#[derive(Clone, Debug)]
pub struct Hosts {
    address: IpAddr,
    listed: Vec<String>,
}

/// Why a request is refused; the text is for the person who made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

/// Domains whose names lead to the caller's own machine or are AWS's own (reached through a proxy or a hosts file).
const OWN_DOMAINS: [&str; 4] = [
    "localhost",
    "localhost.localstack.cloud",
    "amazonaws.com",
    "amazonaws.com.cn",
];
const OWN_NAMES: [&str; 2] = ["host.docker.internal", "gateway.docker.internal"];

impl Hosts {
    /// Names of a listener on `address`, and those listed in the settings.
    pub fn new(address: SocketAddr, listed: &[String]) -> Self {
        Self {
            address: address.ip(),
            listed: listed
                .iter()
                .map(|name| name.to_ascii_lowercase())
                .collect(),
        }
    }

    /// Lets a request in, or says why not. Deliveries to webhooks come under any name, as through a tunnel: no page can send one,
    /// since browsers tell the origin of every POST.
    pub fn check(&self, head: &Parts) -> Result<(), Refusal> {
        check_page(head)?;
        match host_of(head) {
            _ if is_delivery(head) => Ok(()),
            Some(host) if !self.allows(&host) => Err(Refusal(format!(
                "The request calls this server '{host}', which is none of its names. Call it as localhost, or list the name with --hosts."
            ))),
            _ => Ok(()),
        }
    }

    fn allows(&self, host: &str) -> bool {
        match host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>()
        {
            Ok(address) => self.allows_address(address),
            Err(_) => self.allows_name(host.trim_end_matches('.')),
        }
    }

    fn allows_address(&self, address: IpAddr) -> bool {
        address.is_loopback() || self.address.is_unspecified() || address == self.address
    }

    fn allows_name(&self, name: &str) -> bool {
        let within = |domain: &&str| {
            name == *domain
                || name
                    .strip_suffix(*domain)
                    .is_some_and(|rest| rest.ends_with('.'))
        };
        let listed = self.listed.iter().any(|listed| within(&listed.as_str()));
        listed || OWN_NAMES.contains(&name) || OWN_DOMAINS.iter().any(within)
    }
}

/// Lower case, without the port. `None` where the client gives none; browsers always do.
fn host_of(head: &Parts) -> Option<String> {
    let header = head
        .headers
        .get(header::HOST)
        .map(|value| String::from_utf8_lossy(value.as_bytes()));
    let text = match head.uri.authority() {
        Some(authority) => authority.as_str().rsplit('@').next()?.to_owned(),
        None => header?.into_owned(),
    };
    let without_port = match text.rfind(']') {
        Some(end) => &text[..=end],
        None => text.split(':').next()?,
    };
    Some(without_port.trim().to_ascii_lowercase())
}

/// A page's request says where it comes from; an address that a person typed says so as well (`none`).
fn check_page(head: &Parts) -> Result<(), Refusal> {
    let refused = |what: &str| {
        Err(Refusal(format!(
            "The request comes from a web page ({what}). Web pages may not call this server; use an SDK, the aws CLI or curl."
        )))
    };
    if let Some(origin) = head.headers.get(header::ORIGIN) {
        return refused(&format!(
            "Origin: {}",
            String::from_utf8_lossy(origin.as_bytes())
        ));
    }
    let reads = matches!(head.method, Method::GET | Method::HEAD);
    match head
        .headers
        .get("sec-fetch-site")
        .map(http::HeaderValue::as_bytes)
    {
        None => Ok(()),
        Some(b"none") if reads => Ok(()),
        Some(site) => refused(&format!(
            "Sec-Fetch-Site: {}",
            String::from_utf8_lossy(site)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        listen: &str,
        listed: &[&str],
        method: &str,
        headers: &[(&str, &str)],
    ) -> Result<(), Refusal> {
        let mut request = http::Request::builder().method(method).uri("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let listed: Vec<String> = listed.iter().map(|name| (*name).to_owned()).collect();
        let (head, ()) = request.body(()).unwrap().into_parts();
        Hosts::new(listen.parse().unwrap(), &listed).check(&head)
    }

    fn host(name: &str) -> bool {
        check("127.0.0.1:4566", &[], "POST", &[("host", name)]).is_ok()
    }

    #[test]
    fn own_names_are_let_in_whatever_the_port() {
        // product.md §3, browser
        for name in [
            "localhost",
            "localhost:4566",
            "LOCALHOST:1",
            "127.0.0.1:4566",
            "[::1]:4566",
            "[::1]",
            "bucket.localhost:4566",
            "bucket.s3.us-east-1.amazonaws.com",
            "host.docker.internal:4566",
            "b.s3.localhost.localstack.cloud",
            "localhost.",
        ] {
            assert!(host(name), "{name}");
        }
    }

    #[test]
    fn foreign_names_are_refused() {
        for name in [
            "evil.example",
            "localhost.evil.example",
            "evillocalhost",
            "10.0.0.1",
            "xn--amazonaws.com.evil",
            "",
            "notamazonaws.com",
        ] {
            assert!(!host(name), "{name}");
        }
    }

    #[test]
    fn listed_names_and_the_listened_address_are_let_in() {
        let ok = |listen, listed: &[&str], name| {
            check(listen, listed, "POST", &[("host", name)]).is_ok()
        };
        assert!(ok("127.0.0.1:1", &["slipway"], "slipway:4566"));
        assert!(ok("127.0.0.1:1", &["build.example"], "b.build.example"));
        assert!(ok("172.17.0.1:1", &[], "172.17.0.1:1"));
        assert!(ok("0.0.0.0:1", &[], "192.168.1.7:1"));
        assert!(!ok("0.0.0.0:1", &[], "evil.example"));
    }

    #[test]
    fn requests_caused_by_pages_are_refused() {
        let with = |method, name, value| {
            check(
                "127.0.0.1:1",
                &[],
                method,
                &[("host", "localhost"), (name, value)],
            )
        };
        assert!(with("POST", "origin", "http://evil.example").is_err());
        assert!(with("OPTIONS", "origin", "null").is_err());
        assert!(with("GET", "sec-fetch-site", "cross-site").is_err());
        assert!(with("GET", "sec-fetch-site", "same-origin").is_err());
        assert!(with("POST", "sec-fetch-site", "none").is_err());
        assert!(with("GET", "sec-fetch-site", "none").is_ok());
    }

    #[test]
    fn deliveries_come_under_any_name_but_not_from_pages() {
        // contract codepipeline §8.2; product.md §3, browser
        let sent = |method: &str, path: &str, headers: &[(&str, &str)]| {
            let mut request = http::Request::builder().method(method).uri(path);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let (head, ()) = request.body(()).unwrap().into_parts();
            Hosts::new("127.0.0.1:1".parse().unwrap(), &[]).check(&head)
        };
        let tunnel = ("host", "abc.tunnel.example");
        assert!(sent("POST", "/_slipway/webhooks/t", &[tunnel]).is_ok());
        assert!(sent("POST", "/webhooks?t=t&v=1", &[tunnel]).is_ok());
        assert!(sent("POST", "/webhooks?v=1", &[tunnel]).is_err());
        assert!(sent("POST", "/webhooks/t?t=t", &[tunnel]).is_err());
        for page in [("origin", "http://abc.tunnel.example"), ("origin", "null")] {
            assert!(sent("POST", "/_slipway/webhooks/t", &[tunnel, page]).is_err());
        }
        let site = ("sec-fetch-site", "same-origin");
        assert!(sent("POST", "/_slipway/webhooks/t", &[tunnel, site]).is_err());
        assert!(sent("GET", "/_slipway/webhooks/t", &[tunnel]).is_err());
        assert!(sent("POST", "/_slipway/reset", &[tunnel]).is_err());
        assert!(sent("POST", "/_slipway/webhooks", &[tunnel]).is_err());
    }
}
