//! What the awsQuery protocol needs beyond plain schemas, carried as traits on them: an error's query code, and on
//! every output the name of its operation (for `<DeleteRoleResponse>`).
//!
//! Invariant: only services that speak awsQuery carry these.

use aws_smithy_http_server::schema::ServiceSchema;
use aws_smithy_schema::{Schema, ShapeId, StringTrait, TraitMap, shape_id};

pub(crate) const QUERY_ERROR: ShapeId<'static> = shape_id!("aws.protocols", "awsQueryError");
const OPERATION: ShapeId<'static> = shape_id!("slipway.codegen", "operation");
const NAMESPACE: ShapeId<'static> = shape_id!("smithy.api", "xmlNamespace");

/// Traits of an error: whose fault (`client`, `server`) and its query code.
pub fn error_traits(fault: &'static str, code: &'static str) -> TraitMap {
    let mut traits = crate::error::traits(fault);
    traits.insert(Box::new(StringTrait::new(QUERY_ERROR, code)));
    traits
}

/// Traits of an operation's output.
pub fn output_traits(operation: &'static str) -> TraitMap {
    single(OPERATION, operation)
}

/// Traits of a service: the XML namespace of its answers.
pub fn service_traits(namespace: &'static str) -> TraitMap {
    single(NAMESPACE, namespace)
}

/// The operation whose output this is. The result element is `<NameResult>` inside `<NameResponse>`, and there is
/// none where the model gives no output (`Schema::original_name` is absent).
pub fn operation_name<'s>(output: &'s Schema<'_>) -> Option<&'s str> {
    string_trait(output.traits(), OPERATION)
}

pub fn xml_namespace<'s>(service: &'s ServiceSchema<'_>) -> Option<&'s str> {
    string_trait(service.traits(), NAMESPACE)
}

pub(crate) fn string_trait<'s>(traits: Option<&'s TraitMap>, id: ShapeId<'_>) -> Option<&'s str> {
    let found = traits?.get(&id)?.as_any().downcast_ref::<StringTrait>()?;
    Some(found.value())
}

fn single(id: ShapeId<'static>, value: &'static str) -> TraitMap {
    let mut traits = TraitMap::new();
    traits.insert(Box::new(StringTrait::new(id, value)));
    traits
}
