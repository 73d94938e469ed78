//! Binding handlers to a service's operations.
//!
//! Invariant: a service is only built when every operation has a handler or is named as not built.

use std::collections::BTreeMap;
use std::future::Future;

use aws_smithy_http_server::schema::{OperationSchema, ServiceSchema};

use crate::operation::Operation;

/// Turns a handler into whatever the server routes to. Implemented once, by the server.
pub trait Adapter {
    /// What a handler gets beside its input: who called, which request, and the like.
    type Context: Clone + Send + 'static;
    type Route;

    fn route<Op, F, Fut>(&self, handler: F) -> Self::Route
    where
        Op: Operation,
        F: Fn(Op::Input, Self::Context) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Op::Output, Op::Error>> + Send + 'static;

    /// The route of an operation that is deliberately not built: it answers 501.
    fn not_implemented(&self, operation: &'static OperationSchema<'static>) -> Self::Route;
}

/// What keeps a service from being built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MissingHandlers {
    pub service: String,
    /// Operations with neither a handler nor a place in `not_built`.
    pub missing: Vec<&'static str>,
    /// Operations with both.
    pub twice: Vec<&'static str>,
    /// Names in `not_built` that the service does not know.
    pub unknown: Vec<String>,
}

impl std::fmt::Display for MissingHandlers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} cannot be built:", self.service)?;
        let unknown: Vec<&str> = self.unknown.iter().map(String::as_str).collect();
        let lists = [
            ("no handler for", &self.missing),
            ("handler and not built at once:", &self.twice),
            ("not an operation:", &unknown),
        ];
        for (what, names) in lists.iter().filter(|(_, names)| !names.is_empty()) {
            write!(f, " {what} {};", names.join(", "))?;
        }
        Ok(())
    }
}

impl std::error::Error for MissingHandlers {}

/// The routes of one service while it is being built; generated builders wrap it.
pub struct Routes<A: Adapter> {
    adapter: A,
    service: &'static ServiceSchema<'static>,
    handled: BTreeMap<&'static str, A::Route>,
    not_built: Vec<String>,
}

impl<A: Adapter> std::fmt::Debug for Routes<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Routes")
            .field("handled", &self.handled.keys())
            .field("not_built", &self.not_built)
            .finish()
    }
}

impl<A: Adapter> Routes<A> {
    pub fn new(service: &'static ServiceSchema<'static>, adapter: A) -> Self {
        Self {
            adapter,
            service,
            handled: BTreeMap::new(),
            not_built: Vec::new(),
        }
    }

    /// Binds a handler; a later one for the same operation replaces it.
    pub fn bind<Op, F, Fut>(mut self, handler: F) -> Self
    where
        Op: Operation,
        F: Fn(Op::Input, A::Context) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Op::Output, Op::Error>> + Send + 'static,
    {
        let route = self.adapter.route::<Op, F, Fut>(handler);
        self.handled.insert(Op::NAME, route);
        self
    }

    pub fn not_built(mut self, names: &[&str]) -> Self {
        self.not_built
            .extend(names.iter().map(|name| (*name).to_owned()));
        self
    }

    /// One route per operation of the service, in its order.
    pub fn build(
        mut self,
    ) -> Result<Vec<(&'static OperationSchema<'static>, A::Route)>, MissingHandlers> {
        self.check()?;
        let operations = self.service.operations().iter().copied();
        Ok(operations
            .map(|operation| {
                let handled = self.handled.remove(operation.shape_id().shape_name());
                let route = handled.unwrap_or_else(|| self.adapter.not_implemented(operation));
                (operation, route)
            })
            .collect())
    }

    fn check(&self) -> Result<(), MissingHandlers> {
        let operations = self.service.operations().iter();
        let names: Vec<&'static str> = operations.map(|o| o.shape_id().shape_name()).collect();
        let given_up = |name: &str| self.not_built.iter().any(|other| other == name);
        let found = MissingHandlers {
            service: self.service.shape_id().shape_name().to_owned(),
            missing: select(&names, |name| {
                !self.handled.contains_key(name) && !given_up(name)
            }),
            twice: select(&names, |name| {
                self.handled.contains_key(name) && given_up(name)
            }),
            unknown: self
                .not_built
                .iter()
                .filter(|name| !names.contains(&name.as_str()))
                .cloned()
                .collect(),
        };
        if found.missing.is_empty() && found.twice.is_empty() && found.unknown.is_empty() {
            return Ok(());
        }
        Err(found)
    }
}

fn select(names: &[&'static str], which: impl Fn(&str) -> bool) -> Vec<&'static str> {
    names.iter().copied().filter(|name| which(name)).collect()
}
