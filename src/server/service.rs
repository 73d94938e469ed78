//! One service as the router knows it: its names, its protocols, its operations.
//!
//! Invariant: an operation of the model is answered by its handler or by 501, one outside the model by 400.

use super::operation::Route;
use super::query::{Dialect, Query};
use super::rest;
use super::wire::{Modern, Wire};
use http::request::Parts;
use slipway_runtime::HttpRoute;
use slipway_runtime::smithy::{OperationSchema, ServiceSchema};
use std::collections::HashMap;

/// A service and its routes.
#[derive(Debug)]
pub struct Service {
    /// As in `--services`.
    pub name: &'static str,
    /// As in credential scopes.
    pub signing_name: &'static str,
    schema: &'static ServiceSchema<'static>,
    query: Option<Query>,
    routes: HashMap<&'static str, Route>,
    /// Where all operations of the model are, if it is a REST service.
    rest: &'static [HttpRoute],
    /// Every operation of the model, also those that `schema` leaves out.
    model: &'static [&'static str],
}

/// What becomes of a request for an operation.
#[derive(Debug)]
pub enum Outcome<'a> {
    Built(&'a Route, &'static str),
    /// The model has it, we do not.
    NotBuilt,
    Unknown,
}

impl Service {
    /// `model`: the names of all operations the service has at AWS.
    pub fn new(
        name: &'static str,
        signing_name: &'static str,
        schema: &'static ServiceSchema<'static>,
        routes: Vec<(&'static OperationSchema<'static>, Route)>,
        model: &'static [&'static str],
    ) -> Self {
        Self {
            name,
            signing_name,
            schema,
            query: query_of(schema),
            routes: routes
                .into_iter()
                .map(|(operation, route)| (operation.shape_id().shape_name(), route))
                .collect(),
            model,
            rest: &[],
        }
    }

    /// The same, called by method and path.
    pub fn at(self, routes: &'static [HttpRoute]) -> Self {
        Self {
            rest: routes,
            ..self
        }
    }

    /// The operation that a request's method and path name.
    pub fn at_path(&self, head: &Parts) -> Option<&'static str> {
        rest::find(self.rest, head)
    }

    pub fn is_rest(&self) -> bool {
        !self.rest.is_empty()
    }

    /// The service's name in `x-amz-target` headers and rpcv2 paths.
    pub fn target(&self) -> &'static str {
        self.schema.shape_id().shape_name()
    }

    /// Names of all operations the service has at AWS.
    pub fn model(&self) -> &'static [&'static str] {
        self.model
    }

    /// The API version, as query requests name it.
    pub fn version(&self) -> Option<&'static str> {
        self.schema.version()
    }

    pub fn json(&self) -> Option<Wire> {
        let newer = || self.speaks("aws.protocols#awsJson1_1");
        match self.speaks("aws.protocols#awsJson1_0") {
            true => Some(Wire::Compatible(Modern::Json)),
            false => newer().then_some(Wire::Json),
        }
    }

    pub fn cbor(&self) -> Option<Wire> {
        let wire = match self.query {
            Some(_) => Wire::Compatible(Modern::Cbor),
            None => Wire::Cbor,
        };
        self.speaks("smithy.protocols#rpcv2Cbor").then_some(wire)
    }

    pub fn query(&self) -> Option<Wire> {
        self.query.map(Wire::Query)
    }

    pub fn operation(&self, name: &str) -> Outcome<'_> {
        match self.routes.get_key_value(name) {
            Some((name, route @ Route::Built(_))) => Outcome::Built(route, name),
            Some((_, Route::NotBuilt)) => Outcome::NotBuilt,
            None if self.model.contains(&name) => Outcome::NotBuilt,
            None => Outcome::Unknown,
        }
    }

    fn speaks(&self, protocol: &str) -> bool {
        self.schema
            .protocols()
            .iter()
            .any(|id| id.as_str() == protocol)
    }
}

fn query_of(schema: &'static ServiceSchema<'static>) -> Option<Query> {
    let mut protocols = schema.protocols().iter();
    let dialect = protocols.find_map(|id| match id.as_str() {
        "aws.protocols#awsQuery" => Some(Dialect::Aws),
        "aws.protocols#ec2Query" => Some(Dialect::Ec2),
        _ => None,
    })?;
    let namespace = slipway_runtime::xml_namespace(schema)?;
    Some(Query { dialect, namespace })
}
