//! Operations: marker, schema, input, output and the enum of errors.

use anyhow::Result;
use proc_macro2::Literal;
use quote::{format_ident, quote};

use super::{module_list, structure};
use crate::names;
use crate::output::Files;
use crate::service::{Http, Operation, Service, name_of};

pub fn emit(service: &Service<'_>, files: &mut Files) -> Result<()> {
    let mut inputs = Vec::new();
    let mut outputs = Vec::new();
    for operation in &service.operations {
        let module = names::module(&operation.name);
        let input = format!("{}Input", operation.name);
        end(service, operation, operation.input, &input, "input", files)?;
        inputs.push((module.clone(), vec![input]));
        let output = format!("{}Output", operation.name);
        end(
            service,
            operation,
            operation.output,
            &output,
            "output",
            files,
        )?;
        outputs.push((module, vec![output]));
        marker(service, operation, files)?;
    }
    module_list(
        service,
        files,
        "input",
        "Inputs, one per operation.",
        inputs,
    )?;
    module_list(
        service,
        files,
        "output",
        "Outputs, one per operation.",
        outputs,
    )?;
    markers(service, files)
}

/// An input or output. Each operation has its own, even where the model has none or shares one.
fn end(
    service: &Service<'_>,
    operation: &Operation<'_>,
    shape: Option<&str>,
    name: &str,
    folder: &str,
    files: &mut Files,
) -> Result<()> {
    let mut structure = match shape {
        Some(id) => structure::of_shape(service, id, name)?,
        None => structure::empty(service, &service.id(name), name),
    };
    // The original name tells the protocols that the model has this shape: an empty one is then `{}`, not nothing.
    if let Some(id) = shape {
        let original = name_of(id);
        structure
            .schema_traits
            .extend(quote!(.with_original_name(#original)));
    }
    if let Some(Http { method, uri, code }) = &operation.http {
        let code = Literal::u16_unsuffixed(*code);
        structure.schema_traits.extend(
            quote!(.with_http(slipway_runtime::smithy::HttpTrait::new(#method, #uri, Some(#code)))),
        );
    }
    let (operation_name, key) = (&operation.name, &service.key);
    structure.about = match shape {
        Some(id) => format!(
            " The {folder} of `{operation_name}`: `{}` in the model.",
            name_of(id)
        ),
        None => format!(" The {folder} of `{operation_name}`, which the model does not have."),
    };
    if folder == "output" && service.is_query() {
        structure
            .schema_traits
            .extend(quote!(.with_traits(&TRAITS)));
        structure.before = quote! {
            static TRAITS: std::sync::LazyLock<slipway_runtime::smithy::TraitMap> =
                std::sync::LazyLock::new(|| slipway_runtime::output_traits(#operation_name));
        };
    }
    let module = names::module(operation_name);
    files.rust(
        format!("{key}/src/{folder}/{module}.rs"),
        key,
        structure.into_tokens(),
    )
}

fn marker(service: &Service<'_>, operation: &Operation<'_>, files: &mut Files) -> Result<()> {
    let (key, ns, text) = (&service.key, &service.namespace, &operation.name);
    let name = names::ident(text);
    let (input, output) = (format_ident!("{name}Input"), format_ident!("{name}Output"));
    let error = format_ident!("{name}Error");
    let errors: Vec<_> = operation
        .errors
        .iter()
        .map(|id| names::ident(&service.type_name(id)))
        .collect();
    let unit = operation.output.is_none();
    let deferred = service.overrides.defer.is_some();
    let (about, about_error) = (
        format!(" The operation `{text}`."),
        format!(" What `{text}` may answer instead of its output."),
    );
    let tokens = quote! {
        #(use crate::error::#errors;)*
        use crate::input::#input;
        use crate::output::#output;
        use slipway_runtime::smithy::{OperationSchema, shape_id};

        #[doc = #about]
        #[derive(Clone, Copy, Debug)]
        pub struct #name;

        pub(crate) static SCHEMA: OperationSchema<'static> = OperationSchema::new(
            shape_id!(#ns, #text),
            #input::SCHEMA,
            #output::SCHEMA,
            &[#(#errors::SCHEMA),*],
        );

        impl slipway_runtime::Operation for #name {
            type Input = #input;
            type Output = #output;
            type Error = #error;
            const NAME: &'static str = #text;
            const SCHEMA: &'static OperationSchema<'static> = &SCHEMA;
            const UNIT_OUTPUT: bool = #unit;
            const DEFERS_NESTED: bool = #deferred;
        }

        slipway_runtime::operation_error! {
            #[doc = #about_error]
            #error for #name { #(#errors),* }
        }
    };
    files.rust(
        format!("{key}/src/operation/{}.rs", names::module(text)),
        key,
        tokens,
    )
}

fn markers(service: &Service<'_>, files: &mut Files) -> Result<()> {
    let lines = service.operations.iter().map(|operation| {
        let module = names::ident(&names::module(&operation.name));
        let name = names::ident(&operation.name);
        quote!(pub(crate) mod #module; pub use #module::#name;)
    });
    let tokens = quote! {
        //! The operations: a marker type each.
        #(#lines)*
    };
    files.rust(
        format!("{}/src/operation/mod.rs", service.key),
        &service.key,
        tokens,
    )
}
