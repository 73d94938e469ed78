//! The one adapter between a route and a handler: reads and checks the input, calls the handler, renders what it gives.
//!
//! Invariant: a handler is only called with an input that keeps the model's constraints, except for those that
//! `codegen/overrides.toml` defers; these it finds in its `Call`.

use super::call::Call;
use super::fault;
use super::wire::{Body, Response, Wire};
use aws_smithy_http_server::schema::{HttpModeledError, OperationSchema};
use aws_smithy_schema::serde::SerdeError;
use futures::future::BoxFuture;
use slipway_runtime::{Adapter, Operation, Violations, serialization_message};
use std::future::Future;
use std::sync::Arc;

/// How a service words broken constraints: operation's name and at least one violation to the error AWS would answer.
pub type Dialect = fn(&'static str, Violations) -> Box<dyn HttpModeledError>;

/// Makes routes of handlers, for one service.
#[derive(Clone, Copy, Debug)]
pub struct Typed {
    pub dialect: Dialect,
}

/// What becomes of one operation's requests.
#[derive(Clone)]
pub enum Route {
    Built(Arc<dyn Handle>),
    NotBuilt,
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Built(_) => "Built",
            Self::NotBuilt => "NotBuilt",
        })
    }
}

/// A handler with its types hidden.
pub trait Handle: Send + Sync {
    fn handle(&self, wire: Wire, body: Body, call: Call) -> BoxFuture<'static, Response>;
}

impl Adapter for Typed {
    type Context = Call;
    type Route = Route;

    fn route<Op, F, Fut>(&self, handler: F) -> Route
    where
        Op: Operation,
        F: Fn(Op::Input, Call) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Op::Output, Op::Error>> + Send + 'static,
    {
        let dialect = self.dialect;
        Route::Built(Arc::new(Handler(
            move |wire: Wire, body: Body, mut call: Call| {
                let id = call.request_id.clone();
                let input = input::<Op>(&body, dialect, &mut call)
                    .map_err(|error| wire.error(&id, &*error));
                let pending = input.map(|input| handler(input, call));
                async move {
                    match pending {
                        Err(refused) => refused,
                        Ok(pending) => match pending.await {
                            Ok(output) => {
                                wire.answer(&id, Op::SCHEMA.output(), Op::UNIT_OUTPUT, &output)
                            }
                            Err(error) => wire.error(&id, &error),
                        },
                    }
                }
            },
        )))
    }

    fn not_implemented(&self, _operation: &'static OperationSchema<'static>) -> Route {
        Route::NotBuilt
    }
}

struct Handler<F>(F);

impl<F, Fut> Handle for Handler<F>
where
    F: Fn(Wire, Body, Call) -> Fut + Send + Sync,
    Fut: Future<Output = Response> + Send + 'static,
{
    fn handle(&self, wire: Wire, body: Body, call: Call) -> BoxFuture<'static, Response> {
        Box::pin(self.0(wire, body, call))
    }
}

fn input<Op: Operation>(
    body: &Body,
    dialect: Dialect,
    call: &mut Call,
) -> Result<Op::Input, Box<dyn HttpModeledError>> {
    let mut violations = Violations::new();
    let read = body.read::<Op::Input>(Op::SCHEMA.input(), &mut violations);
    let input = read.map_err(|error| malformed(&error))?;
    match input {
        Some(input) if violations.is_empty() => Ok(input),
        Some(input)
            if Op::DEFERS_NESTED
                && violations.iter().all(slipway_runtime::Violation::is_nested) =>
        {
            call.deferred = violations.into_vec();
            Ok(input)
        }
        _ => Err(dialect(Op::NAME, violations)),
    }
}

fn malformed(error: &SerdeError) -> Box<dyn HttpModeledError> {
    Box::new(fault::Serialization::new(serialization_message(error)))
}
