//! `schema.rs`: the member schemas of lists and maps, which the schemas of the structures refer to.

use anyhow::Result;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::types;
use crate::names;
use crate::output::Files;
use crate::service::{Service, name_of};

pub fn emit(service: &Service<'_>, files: &mut Files) -> Result<()> {
    let mut statics = Vec::new();
    for id in &service.containers {
        statics.push(container(service, id)?);
    }
    let tokens = quote! {
        //! Schemas of what lists and maps contain.
        #![allow(unused_imports)]
        use crate::schema;
        use slipway_runtime::member;
        use slipway_runtime::smithy::Schema;

        #(#statics)*
    };
    files.rust(
        format!("{}/src/schema.rs", service.key),
        &service.key,
        tokens,
    )
}

fn container(service: &Service<'_>, id: &str) -> Result<TokenStream> {
    let name = names::constant(name_of(id));
    if service.kind(id)? == "list" {
        let static_name = format_ident!("{name}_MEMBER");
        let schema =
            types::member_schema(service, id, "member", 0, types::list_member(service, id)?)?;
        return Ok(quote!(pub static #static_name: Schema<'static> = #schema;));
    }
    let (key, value) = types::map_members(service, id)?;
    let (key_name, value_name) = (format_ident!("{name}_KEY"), format_ident!("{name}_VALUE"));
    let key = types::member_schema(service, id, "key", 0, key)?;
    let value = types::member_schema(service, id, "value", 1, value)?;
    Ok(quote! {
        pub static #key_name: Schema<'static> = #key;
        pub static #value_name: Schema<'static> = #value;
    })
}
