//! Rust types and runtime kinds of shapes.

use anyhow::{Result, bail};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::ast::Member;
use crate::names;
use crate::service::{Service, name_of};

/// The type of a value of this shape: `String`, `Vec<crate::model::Stage>`, ….
pub fn rust_type(service: &Service<'_>, id: &str) -> Result<TokenStream> {
    Ok(match service.kind(id)? {
        "string" => quote!(String),
        "boolean" => quote!(bool),
        "byte" => quote!(i8),
        "short" => quote!(i16),
        "integer" | "intEnum" => quote!(i32),
        "long" => quote!(i64),
        "float" => quote!(f32),
        "double" => quote!(f64),
        "blob" => quote!(Blob),
        "timestamp" => quote!(DateTime),
        "document" => quote!(Document),
        "structure" | "union" | "enum" => {
            let name = names::ident(&service.type_name(id));
            quote!(#name)
        }
        "list" => {
            let element = rust_type(service, &list_member(service, id)?.target)?;
            quote!(Vec<#element>)
        }
        "map" => {
            let value = rust_type(service, &map_members(service, id)?.1.target)?;
            quote!(BTreeMap<String, #value>)
        }
        other => bail!("{id} is a {other}, which is not supported"),
    })
}

/// What a file has to import to name that type.
pub fn imports(
    service: &Service<'_>,
    id: &str,
    into: &mut std::collections::BTreeSet<String>,
) -> Result<()> {
    match service.kind(id)? {
        "structure" | "union" | "enum" => {
            into.insert(format!("crate::model::{}", service.type_name(id)));
        }
        "blob" => {
            into.insert("slipway_runtime::smithy::Blob".to_owned());
        }
        "timestamp" => {
            into.insert("slipway_runtime::smithy::DateTime".to_owned());
        }
        "document" => {
            into.insert("slipway_runtime::smithy::Document".to_owned());
        }
        "list" => imports(service, &list_member(service, id)?.target, into)?,
        "map" => {
            into.insert("std::collections::BTreeMap".to_owned());
            imports(service, &map_members(service, id)?.1.target, into)?;
        }
        _ => {}
    }
    Ok(())
}

/// The variant of the runtime's `ShapeType`.
pub fn runtime_kind(service: &Service<'_>, id: &str) -> Result<Ident> {
    let kind = match service.kind(id)? {
        "enum" => "string",
        "intEnum" => "integer",
        other => other,
    };
    Ok(names::ident(&names::type_name(kind)))
}

pub fn list_member<'m>(service: &Service<'m>, id: &str) -> Result<&'m Member> {
    match &service.shape(id)?.member {
        Some(member) => Ok(member),
        None => bail!("list {id} has no member"),
    }
}

pub fn map_members<'m>(service: &Service<'m>, id: &str) -> Result<(&'m Member, &'m Member)> {
    let shape = service.shape(id)?;
    match (&shape.key, &shape.value) {
        (Some(key), Some(value)) => Ok((key, value)),
        _ => bail!("map {id} lacks its key or value"),
    }
}

/// `member!("ns", "Shape", "name", index, Kind)` with the traits that reading and writing look at.
pub fn member_schema(
    service: &Service<'_>,
    shape: &str,
    name: &str,
    index: usize,
    member: &Member,
) -> Result<TokenStream> {
    let ns = &service.namespace;
    let shape = name_of(shape);
    let index = proc_macro2::Literal::usize_unsuffixed(index);
    let kind = runtime_kind(service, &member.target)?;
    let mut tokens = quote!(member!(#ns, #shape, #name, #index, #kind));
    let container = names::constant(name_of(&member.target));
    match service.kind(&member.target)? {
        "list" => {
            let element = quote::format_ident!("{container}_MEMBER");
            tokens.extend(quote!(.with_list_member(&schema::#element)));
        }
        "map" => {
            let key = quote::format_ident!("{container}_KEY");
            let value = quote::format_ident!("{container}_VALUE");
            tokens.extend(quote!(.with_map_members(&schema::#key, &schema::#value)));
        }
        _ => {}
    }
    tokens.extend(traits(service, shape, name, member)?);
    Ok(tokens)
}

fn traits(service: &Service<'_>, shape: &str, name: &str, member: &Member) -> Result<TokenStream> {
    let mut tokens = TokenStream::new();
    if service.is_sensitive(shape, name, member) {
        tokens.extend(quote!(.with_sensitive()));
    }
    if let Some(name) = member.traits.text("smithy.api#xmlName") {
        tokens.extend(quote!(.with_xml_name(#name)));
    }
    if member.traits.has("smithy.api#xmlFlattened") {
        tokens.extend(quote!(.with_xml_flattened()));
    }
    if service.is_rest() {
        tokens.extend(bindings(member));
    }
    let target = service.traits(&member.target);
    let format = "smithy.api#timestampFormat";
    if let Some(text) = member.traits.text(format).or_else(|| target?.text(format)) {
        let variant = match text {
            "epoch-seconds" => quote!(EpochSeconds),
            "date-time" => quote!(DateTime),
            "http-date" => quote!(HttpDate),
            other => bail!("timestamp format {other}"),
        };
        tokens.extend(
            quote!(.with_timestamp_format(slipway_runtime::smithy::TimestampFormat::#variant)),
        );
    }
    Ok(tokens)
}

/// Where a REST service's member travels, and its name in JSON.
fn bindings(member: &Member) -> TokenStream {
    let mut tokens = TokenStream::new();
    let traits = &member.traits;
    if let Some(name) = traits.text("smithy.api#jsonName") {
        tokens.extend(quote!(.with_json_name(#name)));
    }
    if let Some(name) = traits.text("smithy.api#httpHeader") {
        tokens.extend(quote!(.with_http_header(#name)));
    }
    if let Some(prefix) = traits.text("smithy.api#httpPrefixHeaders") {
        tokens.extend(quote!(.with_http_prefix_headers(#prefix)));
    }
    if let Some(name) = traits.text("smithy.api#httpQuery") {
        tokens.extend(quote!(.with_http_query(#name)));
    }
    if traits.has("smithy.api#httpQueryParams") {
        tokens.extend(quote!(.with_http_query_params()));
    }
    if traits.has("smithy.api#httpLabel") {
        tokens.extend(quote!(.with_http_label()));
    }
    if traits.has("smithy.api#httpPayload") {
        tokens.extend(quote!(.with_http_payload()));
    }
    if traits.has("smithy.api#httpResponseCode") {
        tokens.extend(quote!(.with_http_response_code()));
    }
    tokens
}
