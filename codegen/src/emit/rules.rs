//! `rules.rs`: the constraints of strings, numbers, lists and maps, and the patterns.

use std::collections::BTreeMap;

use anyhow::Result;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::types;
use crate::names;
use crate::output::Files;
use crate::pattern;
use crate::service::{Limits, Service, name_of};

pub fn emit(service: &Service<'_>, files: &mut Files) -> Result<()> {
    let patterns = patterns(service)?;
    let mut statics = Vec::new();
    let enums = enums(service)?;
    for id in service
        .simples
        .iter()
        .chain(&enums)
        .chain(&service.containers)
    {
        if reference(service, id)?.is_some() {
            statics.push(rule(service, id, &patterns)?);
        }
    }
    let mut pattern_statics = Vec::new();
    for (text, number) in &patterns {
        let name = format_ident!("P{number}");
        let translated = pattern::translate(text)?;
        pattern_statics.push(quote!(static #name: Pattern = Pattern::new(#text, #translated);));
    }
    let names = patterns.values().map(|number| format_ident!("P{number}"));
    let tokens = quote! {
        //! Constraints of the shapes, as AWS enforces them.
        #![allow(unused_imports)]
        use crate::model;
        use slipway_runtime::{Pattern, Rules};

        pub static NONE: Rules = Rules::NONE;

        #(#statics)*

        /// Every pattern of the service.
        pub static PATTERNS: &[&Pattern] = &[#(&#names),*];

        #(#pattern_statics)*
    };
    files.rust(
        format!("{}/src/rules.rs", service.key),
        &service.key,
        tokens,
    )
}

/// Ids of the enums, which have rules of their own where the model limits their length, too.
fn enums<'m>(service: &Service<'m>) -> Result<Vec<&'m str>> {
    let is_enum = |id: &&str| Ok(service.kind(id)? == "enum");
    let named = service.models.iter().copied();
    named
        .filter_map(|id| is_enum(&id).map(|found| found.then_some(id)).transpose())
        .collect()
}

/// The patterns in use with a number each, sorted.
fn patterns(service: &Service<'_>) -> Result<BTreeMap<String, usize>> {
    let mut found = BTreeMap::new();
    for id in &service.simples {
        if let Some(pattern) = service.limits(id)?.pattern {
            found.insert(pattern, 0);
        }
    }
    for (number, value) in found.values_mut().enumerate() {
        *value = number;
    }
    Ok(found)
}

fn rule(
    service: &Service<'_>,
    id: &str,
    patterns: &BTreeMap<String, usize>,
) -> Result<TokenStream> {
    let name = names::constant(name_of(id));
    let Limits { min, max, pattern } = service.limits(id)?;
    let mut fields = TokenStream::new();
    let bound = |number: i64| Literal::i64_unsuffixed(number);
    fields.extend(min.map(bound).map(|min| quote!(min: Some(#min),)));
    fields.extend(max.map(bound).map(|max| quote!(max: Some(#max),)));
    if let Some(number) = pattern.as_ref().and_then(|text| patterns.get(text)) {
        let pattern = format_ident!("P{number}");
        fields.extend(quote!(pattern: Some(&#pattern),));
    }
    fields.extend(contained(service, id)?);
    Ok(quote!(pub static #name: Rules = Rules { #fields ..Rules::NONE };))
}

/// Rules of elements, map keys and map values.
fn contained(service: &Service<'_>, id: &str) -> Result<TokenStream> {
    let mut fields = TokenStream::new();
    match service.kind(id)? {
        "list" => {
            let element = inner(service, &types::list_member(service, id)?.target)?;
            fields.extend(element.map(|rules| quote!(member: Some(#rules),)));
        }
        "map" => {
            let (key, value) = types::map_members(service, id)?;
            fields.extend(inner(service, &key.target)?.map(|rules| quote!(key: Some(#rules),)));
            fields.extend(enum_key(service, &key.target)?);
            fields
                .extend(inner(service, &value.target)?.map(|rules| quote!(member: Some(#rules),)));
        }
        _ => {}
    }
    Ok(fields)
}

/// Map keys are strings in Rust; an enum's values become a rule.
fn enum_key(service: &Service<'_>, id: &str) -> Result<Option<TokenStream>> {
    if service.kind(id)? != "enum" {
        return Ok(None);
    }
    let name = names::ident(&service.type_name(id));
    Ok(Some(
        quote!(key: Some(&Rules { values: Some(model::#name::VALUES), ..Rules::NONE }),),
    ))
}

fn inner(service: &Service<'_>, id: &str) -> Result<Option<TokenStream>> {
    if !has_rules(service, id)? {
        return Ok(None);
    }
    let name = names::constant(name_of(id));
    Ok(Some(quote!(&#name)))
}

/// `&rules::NAME` for a shape that has rules.
pub fn reference(service: &Service<'_>, id: &str) -> Result<Option<TokenStream>> {
    if !has_rules(service, id)? {
        return Ok(None);
    }
    let name = names::constant(name_of(id));
    Ok(Some(quote!(&rules::#name)))
}

fn has_rules(service: &Service<'_>, id: &str) -> Result<bool> {
    Ok(match service.kind(id)? {
        "structure" | "union" => false,
        "list" => {
            service.limits(id)? != Limits::default()
                || has_rules(service, &types::list_member(service, id)?.target)?
        }
        "map" => {
            let (key, value) = types::map_members(service, id)?;
            service.limits(id)? != Limits::default()
                || service.kind(&key.target)? == "enum"
                || has_rules(service, &key.target)?
                || has_rules(service, &value.target)?
        }
        _ => service.limits(id)? != Limits::default(),
    })
}
