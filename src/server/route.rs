//! Which service a request is for, by what its head says, and for unsigned query requests by its form fields.
//!
//! Invariant: decides from names alone; whatever is not recognised is named in the answer.

use super::agents;
use super::credential::Credential;
use super::query::Form;
use super::service::Service;
use super::wire::Wire;
use http::request::Parts;
use http::{Method, header};

/// All services, by the names requests use.
#[derive(Debug, Default)]
pub struct Directory {
    services: Vec<Service>,
}

/// Where a request goes.
#[derive(Debug)]
pub enum Destination<'a> {
    /// The server's own endpoints (`control.rs`).
    Control,
    /// An operation that the head names.
    Operation {
        service: &'a Service,
        wire: Wire,
        name: String,
    },
    /// An operation of the service that CodeDeploy's agents speak.
    Agents(String),
    /// A query request: its form fields name the operation, and where its signature does not, the service.
    Form(Option<(&'a Service, Wire)>),
    S3,
    /// Nothing here serves it; the text names what was asked.
    Nowhere {
        wire: Wire,
        asked: String,
    },
}

/// The frame of errors of query services that are not here.
const FOREIGN_QUERY: Wire = Wire::Query(super::query::Query {
    dialect: super::query::Dialect::Aws,
    namespace: "http://webservices.amazon.com/",
});

impl Directory {
    pub fn new(services: Vec<Service>) -> Self {
        Self { services }
    }

    pub fn services(&self) -> &[Service] {
        &self.services
    }

    pub fn find(&self, head: &Parts, credential: Option<&Credential>) -> Destination<'_> {
        if is_control(head) {
            return Destination::Control;
        }
        let found = self.by_target(head).or_else(|| self.by_path(head));
        found
            .or_else(|| self.by_scope(head, credential?))
            .or_else(|| self.by_method_and_path(head))
            .unwrap_or_else(|| unsigned(head))
    }

    /// The query service of a form that names its operation and version but is not signed.
    pub fn by_form(&self, form: &Form) -> Option<(&Service, Wire)> {
        let (action, version) = (form.field("Action")?, form.field("Version"));
        let candidates = self
            .services
            .iter()
            .filter(|service| version.is_none_or(|version| service.version() == Some(version)));
        let mut able = candidates.filter_map(|service| Some((service, service.query()?)));
        able.find(|(service, _)| {
            !matches!(service.operation(action), super::service::Outcome::Unknown)
        })
    }

    fn by_target(&self, head: &Parts) -> Option<Destination<'_>> {
        let target =
            String::from_utf8_lossy(head.headers.get("x-amz-target")?.as_bytes()).into_owned();
        let (prefix, name) = target.rsplit_once('.').unwrap_or(("", &target));
        if let Some(name) = agents::operation(prefix, name) {
            return Some(Destination::Agents(name.to_owned()));
        }
        let service = self
            .services
            .iter()
            .find(|service| service.target() == prefix);
        Some(
            match service.and_then(|service| Some((service, service.json()?))) {
                Some((service, wire)) => Destination::Operation {
                    service,
                    wire,
                    name: name.to_owned(),
                },
                None => Destination::Nowhere {
                    wire: Wire::Json,
                    asked: format!("operation '{target}'"),
                },
            },
        )
    }

    /// `/service/<target>/operation/<name>`, possibly behind a prefix.
    fn by_path(&self, head: &Parts) -> Option<Destination<'_>> {
        let protocol = head.headers.get("smithy-protocol")?;
        let path = head.uri.path();
        let (rest, name) = path.rsplit_once("/operation/").unwrap_or((path, ""));
        let (_, target) = rest.rsplit_once("/service/").unwrap_or(("", rest));
        let service = self
            .services
            .iter()
            .find(|service| service.target() == target && protocol == "rpc-v2-cbor");
        Some(
            match service.and_then(|service| Some((service, service.cbor()?))) {
                Some((service, wire)) => Destination::Operation {
                    service,
                    wire,
                    name: name.to_owned(),
                },
                None => Destination::Nowhere {
                    wire: Wire::Cbor,
                    asked: format!("operation at '{path}' in protocol {protocol:?}"),
                },
            },
        )
    }

    /// Requests without a signature, as old tools make them.
    fn by_method_and_path(&self, head: &Parts) -> Option<Destination<'_>> {
        let mut rest = self.services.iter();
        rest.find_map(|service| {
            Some(Destination::Operation {
                service,
                wire: Wire::Rest,
                name: service.at_path(head)?.to_owned(),
            })
        })
    }

    fn by_scope(&self, head: &Parts, credential: &Credential) -> Option<Destination<'_>> {
        let name = credential.service.as_str();
        if matches!(name, "" | "s3" | "s3express" | "s3-object-lambda") {
            return Some(Destination::S3);
        }
        let service = self
            .services
            .iter()
            .find(|service| service.signing_name == name);
        if let Some(found) = service.and_then(|service| Some((service, service.query()?))) {
            return Some(Destination::Form(Some(found)));
        }
        if let Some(service) = service.filter(|service| service.is_rest()) {
            return Some(by_path_of(service, head));
        }
        if is_form(head) {
            return Some(Destination::Form(None));
        }
        let asked = match service {
            Some(_) => format!("operation of '{name}': the request has no x-amz-target header"),
            None => format!("service '{name}' ({} {})", head.method, head.uri.path()),
        };
        Some(Destination::Nowhere {
            wire: Wire::Json,
            asked,
        })
    }
}

fn by_path_of<'a>(service: &'a Service, head: &Parts) -> Destination<'a> {
    match service.at_path(head) {
        Some(name) => Destination::Operation {
            service,
            wire: Wire::Rest,
            name: name.to_owned(),
        },
        None => Destination::Nowhere {
            wire: Wire::Rest,
            asked: format!("operation {} {}", head.method, head.uri.path()),
        },
    }
}

/// An unsigned request is a form that names an action, or S3's.
fn unsigned(head: &Parts) -> Destination<'static> {
    let named = head.uri.query().is_some_and(|query| {
        let mut fields = form_urlencoded::parse(query.as_bytes());
        head.uri.path() == "/" && fields.any(|(name, _)| name == "Action")
    });
    match named || is_form(head) {
        true => Destination::Form(None),
        false => Destination::S3,
    }
}

fn is_form(head: &Parts) -> bool {
    let media_type = head
        .headers
        .get(header::CONTENT_TYPE)
        .map(|value| value.as_bytes());
    media_type
        .is_some_and(|media_type| media_type.starts_with(b"application/x-www-form-urlencoded"))
}

fn is_control(head: &Parts) -> bool {
    let path = head.uri.path();
    path.starts_with("/_slipway/")
        || path == "/_localstack/health"
        || (path == "/moto-api/reset" && head.method == Method::POST)
        || super::webhooks::is_delivery(head)
}

/// What a query request without a known operation asked for.
pub fn asked(form: &Form) -> String {
    match (form.field("Action"), form.field("Version")) {
        (Some(action), Some(version)) => format!("operation '{action}' of version {version}"),
        (Some(action), None) => format!("operation '{action}'"),
        (None, _) => {
            "operation: the request has neither an x-amz-target header nor an Action field"
                .to_owned()
        }
    }
}

/// The frame for a query request that no service here takes.
pub fn foreign_query() -> Wire {
    FOREIGN_QUERY
}
