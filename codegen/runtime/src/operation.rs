//! What ties an operation's types together.

use aws_smithy_http_server::schema::{HttpModeledError, OperationSchema};

use crate::value::Structure;

/// A generated marker type: one per operation.
pub trait Operation: Send + Sync + 'static {
    type Input: Structure + Send + 'static;
    type Output: Structure + Send + 'static;
    /// Everything the model lets this operation answer instead of its output.
    type Error: HttpModeledError;
    const NAME: &'static str;
    const SCHEMA: &'static OperationSchema<'static>;
    /// The model gives no output: JSON protocols answer an empty body.
    const UNIT_OUTPUT: bool;
    /// Violations below the request's own members come after the handler's existence checks (`overrides.toml`): the
    /// adapter hands them to the handler instead of answering them.
    const DEFERS_NESTED: bool;
}

/// Where an operation of a REST service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpRoute {
    pub operation: &'static str,
    pub method: &'static str,
    /// Smithy's pattern: `/2015-03-31/functions/{FunctionName}`.
    pub uri: &'static str,
}
