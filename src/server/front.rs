//! One request from its head to its answer.
//!
//! Invariant: every request gets an answer with a request id, whatever was sent and whatever a handler does.

use super::body::collect;
use super::call::Call;
use super::credential::Credential;
use super::gate::Hosts;
use super::identity::Identity;
use super::nesting::Malformed;
use super::operation::Route;
use super::query::Form;
use super::route::{self, Destination};
use super::service::{Outcome, Service};
use super::wire::{Body, Response, Wire};
use super::{agents, control, fault, identity, trace};
use crate::app::App;
use crate::aws::Time;
use crate::companions::s3::{Caller, errors};
use crate::store::StoreError;
use aws_smithy_http_server::body::boxed;
use futures::FutureExt;
use http::request::Parts;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;
use tracing::Instrument;

/// Answers one request that arrived under one of `hosts`.
pub async fn answer(
    app: Arc<App>,
    hosts: Arc<Hosts>,
    request: http::Request<Incoming>,
) -> Response {
    let id = crate::aws::ids::uuid();
    let span = trace::span(&id);
    let started = Instant::now();
    let mut operation = Named::default();
    async {
        let pending = AssertUnwindSafe(dispatch(&app, &hosts, &id, request, &mut operation));
        let outcome = pending.catch_unwind().await;
        let mut response = outcome.unwrap_or_else(|panic| panicked(&id, &operation, &*panic));
        stamp(&mut response, &id);
        trace::answered(operation.name(), response.status(), started);
        response
    }
    .instrument(span)
    .await
}

/// What is known of the request so far, for the log and for the protocol of an answer after a panic.
#[derive(Debug, Default)]
struct Named {
    operation: Option<String>,
    wire: Option<Wire>,
}

impl Named {
    fn name(&self) -> &str {
        self.operation.as_deref().unwrap_or("-")
    }

    fn set(&mut self, operation: &str, wire: Wire) {
        self.operation = Some(operation.to_owned());
        self.wire = Some(wire);
    }
}

fn panicked(id: &str, named: &Named, panic: &(dyn std::any::Any + Send)) -> Response {
    let wire = named.wire.unwrap_or(Wire::Json);
    if let Some(fault) = panic.downcast_ref::<StoreError>() {
        tracing::error!(operation = named.name(), %fault, "the store failed");
        return wire.error(id, &fault::InternalFailure::new(fault.to_string()));
    }
    let text = panic.downcast_ref::<&str>().copied().map(str::to_owned);
    let text = text
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    tracing::error!(operation = named.name(), panic = text, "a handler panicked");
    wire.error(id, &fault::InternalFailure::of(id))
}

fn stamp(response: &mut Response, id: &str) {
    if let Ok(value) = http::HeaderValue::from_str(id) {
        response.headers_mut().insert("x-amzn-requestid", value);
    }
}

async fn dispatch(
    app: &Arc<App>,
    hosts: &Hosts,
    id: &str,
    request: http::Request<Incoming>,
    named: &mut Named,
) -> Response {
    let (head, body) = request.into_parts();
    if let Err(refusal) = hosts.check(&head) {
        tracing::warn!(reason = refusal.0, "refused");
        return Wire::Json.error(id, &fault::AccessDenied::new(refusal.0));
    }
    let credential = Credential::of(&head.headers, &head.uri);
    let asked = Asked {
        app,
        id,
        head: &head,
        credential: credential.as_ref(),
    };
    match app.directory.find(&head, credential.as_ref()) {
        Destination::Control => control::answer(app, &head, body).await,
        Destination::Operation {
            service,
            wire,
            name,
        } => asked.operation(service, wire, &name, body, named).await,
        Destination::Agents(name) => asked.agents(&name, body, named).await,
        Destination::Form(found) => asked.form(found, body, named).await,
        Destination::S3 if app.config.services.includes("s3") => {
            named.set("S3", Wire::Json);
            asked.s3(body).await
        }
        Destination::S3 => asked.nowhere(Wire::Json, "service 's3'"),
        Destination::Nowhere { wire, asked: what } => asked.nowhere(wire, &what),
    }
}

/// A request whose destination is known.
struct Asked<'a> {
    app: &'a Arc<App>,
    id: &'a str,
    head: &'a Parts,
    credential: Option<&'a Credential>,
}

impl Asked<'_> {
    async fn operation(
        &self,
        service: &Service,
        wire: Wire,
        name: &str,
        body: Incoming,
        named: &mut Named,
    ) -> Response {
        named.set(name, wire);
        let (route, _) = match service.operation(name) {
            Outcome::Built(route, name) => (route, name),
            Outcome::NotBuilt => return self.not_built(service, wire, name),
            Outcome::Unknown => {
                return self.nowhere(wire, &format!("operation '{name}' in {}", service.name));
            }
        };
        let bytes = match collect(body, wire.longest()).await {
            Ok(bytes) => bytes,
            Err(failure) => return wire.error(self.id, &*failure),
        };
        match wire.open(self.head, bytes) {
            Ok(body) => {
                let action = (service.name, name);
                self.handle(action, route, wire, body).await
            }
            Err(malformed) => self.malformed(wire, &malformed),
        }
    }

    /// Calls of CodeDeploy's agents; a poll is answered when there is something to do.
    async fn agents(&self, name: &str, body: Incoming, named: &mut Named) -> Response {
        let wire = Wire::Json;
        named.set(name, wire);
        if !agents::is_known(name) || !self.app.config.services.includes("codedeploy") {
            return self.nowhere(wire, &format!("operation '{name}' in {}", agents::SERVICE));
        }
        let bytes = match collect(body, wire.longest()).await {
            Ok(bytes) => bytes,
            Err(failure) => return wire.error(self.id, &*failure),
        };
        let identity = match identity::of(self.app, self.credential, self.app.now()) {
            Ok(identity) => identity,
            Err(expired) => return wire.error(self.id, &expired),
        };
        if let Err(denied) = identity.may((agents::SERVICE, name)) {
            return wire.error(self.id, &denied);
        }
        let caller = (self.id, &identity.scope);
        agents::answer(self.app, self.head, caller, name, &bytes).await
    }

    async fn form(
        &self,
        found: Option<(&Service, Wire)>,
        body: Incoming,
        named: &mut Named,
    ) -> Response {
        let wire = found.map_or(route::foreign_query(), |(_, wire)| wire);
        let bytes = match collect(body, wire.longest()).await {
            Ok(bytes) => bytes,
            Err(failure) => return wire.error(self.id, &*failure),
        };
        let form = match Form::parse(self.head.uri.query(), &bytes) {
            Ok(form) => form,
            Err(malformed) => return self.malformed(wire, &malformed),
        };
        let found = found.or_else(|| self.app.directory.by_form(&form));
        let (Some((service, wire)), Some(action)) = (found, form.field("Action")) else {
            return self.nowhere(wire, &route::asked(&form));
        };
        let name = action.to_owned();
        named.set(&name, wire);
        match service.operation(&name) {
            Outcome::Built(route, _) => {
                let action = (service.name, name.as_str());
                let body = Body::Form(form, wire.dialect());
                self.handle(action, route, wire, body).await
            }
            Outcome::NotBuilt => self.not_built(service, wire, &name),
            Outcome::Unknown => self.nowhere(wire, &route::asked(&form)),
        }
    }

    async fn handle(
        &self,
        action: (&str, &str),
        route: &Route,
        wire: Wire,
        body: Body,
    ) -> Response {
        let now = self.app.now();
        let identity = match identity::of(self.app, self.credential, now) {
            Ok(identity) => identity,
            Err(expired) => return wire.error(self.id, &expired),
        };
        if let Err(denied) = identity.may(action) {
            return wire.error(self.id, &denied);
        }
        let call = Call {
            scope: identity.scope,
            principal: identity.principal,
            request_id: self.id.to_owned(),
            now,
            app: self.app.clone(),
            deferred: Vec::new(),
        };
        match route {
            Route::Built(handler) => handler.handle(wire, body, call).await,
            Route::NotBuilt => self.nowhere(wire, "operation"),
        }
    }

    /// S3 has a protocol of its own and streams bodies both ways.
    async fn s3(&self, body: Incoming) -> Response {
        let now = self.app.now();
        let request = http::Request::from_parts(self.head.clone(), body);
        let response = match identity::of(self.app, self.credential, now) {
            Ok(identity) => self.s3_of(identity, request, now).await,
            Err(_) => {
                let expired = errors::expired_token();
                self.app.s3_door.refuse(request, expired, self.id).await
            }
        };
        response.map(|body| boxed(body.map_err(|error| io::Error::other(error.to_string()))))
    }

    async fn s3_of(
        &self,
        identity: Identity,
        request: http::Request<Incoming>,
        now: Time,
    ) -> http::Response<s3s::Body> {
        let caller = Caller {
            account: identity.scope.account,
            region: identity.scope.region,
            principal: identity.principal.arn().to_owned(),
            request_id: self.id.to_owned(),
            now,
            limits: identity.limits,
        };
        self.app.s3_door.serve(request, caller).await
    }

    fn not_built(&self, service: &Service, wire: Wire, name: &str) -> Response {
        let text = format!(
            "slipway does not offer the operation {name} of {} yet.",
            service.name
        );
        wire.error(self.id, &fault::NotImplemented::new(text))
    }

    fn nowhere(&self, wire: Wire, asked: &str) -> Response {
        wire.error(
            self.id,
            &fault::UnknownOperation::new(format!("slipway has no {asked}.")),
        )
    }

    fn malformed(&self, wire: Wire, malformed: &Malformed) -> Response {
        wire.error(self.id, &fault::Serialization::new(malformed.to_string()))
    }
}
