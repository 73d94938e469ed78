//! An enum: its variants and their texts.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::about;
use crate::names;
use crate::service::Service;

pub fn tokens(service: &Service<'_>, id: &str) -> Result<TokenStream> {
    let name = names::ident(&service.type_name(id));
    let (accepted, answered) = service.enum_values(id)?;
    let mut taken = BTreeSet::new();
    let accepted_names = variants(&accepted, &mut taken);
    let answered_names = variants(&answered, &mut taken);
    ensure!(
        accepted_names.len() == accepted.len(),
        "{id}: values without names"
    );
    let about = about(id);
    let only_answered = answered
        .iter()
        .map(|text| format!(" `{text}`: answered, but no request may say it."));
    let docs = accepted.iter().map(|text| format!(" `{text}`"));
    Ok(quote! {
        #[doc = #about]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum #name {
            #(#[doc = #docs] #accepted_names,)*
            #(#[doc = #only_answered] #answered_names,)*
        }

        slipway_runtime::enumeration!(
            #name,
            accepted: [#(#accepted_names = #accepted),*],
            answered: [#(#answered_names = #answered),*]
        );
    })
}

/// Variant names; one that is taken already gets a number.
fn variants(texts: &[String], taken: &mut BTreeSet<String>) -> Vec<Ident> {
    texts
        .iter()
        .map(|text| {
            let plain = names::variant(text);
            let mut name = plain.clone();
            let mut number = 2;
            while !taken.insert(name.clone()) {
                name = format!("{plain}{number}");
                number += 1;
            }
            names::ident(&name)
        })
        .collect()
}
