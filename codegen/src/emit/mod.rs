//! From a resolved service to the text of its crate.

mod crate_files;
mod enumeration;
mod error;
mod limits;
mod operation;
mod rules;
mod schema;
mod server;
mod structure;
mod types;

use anyhow::Result;
use proc_macro2::TokenStream;
use quote::quote;

use crate::names;
use crate::output::Files;
use crate::service::{Service, name_of};

/// Adds every file of the service's crate.
pub fn service(service: &Service<'_>, files: &mut Files) -> Result<()> {
    crate_files::emit(service, files)?;
    schema::emit(service, files)?;
    rules::emit(service, files)?;
    models(service, files)?;
    error::emit(service, files)?;
    operation::emit(service, files)?;
    server::emit(service, files)
}

fn models(service: &Service<'_>, files: &mut Files) -> Result<()> {
    let mut modules = Vec::new();
    for id in &service.models {
        let name = service.type_name(id);
        let tokens = match service.kind(id)? {
            "enum" => enumeration::tokens(service, id)?,
            _ => structure::of_shape(service, id, &name)?.into_tokens(),
        };
        let module = names::module(&name);
        files.rust(
            format!("{}/src/model/{module}.rs", service.key),
            &service.key,
            tokens,
        )?;
        modules.push((module, vec![name]));
    }
    module_list(
        service,
        files,
        "model",
        "Structures and enums that inputs, outputs and errors contain.",
        modules,
    )
}

/// A folder's `mod.rs`: its modules and what they export.
fn module_list(
    service: &Service<'_>,
    files: &mut Files,
    folder: &str,
    about: &str,
    modules: Vec<(String, Vec<String>)>,
) -> Result<()> {
    let lines = modules.iter().map(|(module, exports)| -> TokenStream {
        let module = names::ident(module);
        let exports = exports.iter().map(|name| names::ident(name));
        quote! { mod #module; pub use #module::{#(#exports),*}; }
    });
    let tokens = quote! {
        #![doc = #about]
        #(#lines)*
    };
    files.rust(
        format!("{}/src/{folder}/mod.rs", service.key),
        &service.key,
        tokens,
    )
}

/// The line of documentation of a type.
fn about(id: &str) -> String {
    format!(" `{}` in the model.", name_of(id))
}
