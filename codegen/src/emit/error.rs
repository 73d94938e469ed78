//! Errors: those with a message only as one line each, others as structures.

use anyhow::Result;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::{about, structure};
use crate::ast::{Member, Traits};
use crate::names;
use crate::output::Files;
use crate::service::{ERROR, HTTP_ERROR, QUERY_ERROR, Service, name_of};

pub fn emit(service: &Service<'_>, files: &mut Files) -> Result<()> {
    let mut lines = Vec::new();
    for id in &service.errors {
        lines.push(if has_more_than_message(service, id)? {
            separate(service, id, files)?
        } else {
            line(service, id)?
        });
    }
    let operations = service.operations.iter().map(|operation| {
        let module = names::ident(&names::module(&operation.name));
        let error = format_ident!("{}Error", operation.name);
        quote!(pub use crate::operation::#module::#error;)
    });
    let tokens = quote! {
        //! Errors of the service, and per operation the enum of those it may answer.
        #(#lines)*
        #(#operations)*
    };
    files.rust(
        format!("{}/src/error/mod.rs", service.key),
        &service.key,
        tokens,
    )
}

fn has_more_than_message(service: &Service<'_>, id: &str) -> Result<bool> {
    let members = &service.shape(id)?.members.0;
    Ok(members.iter().any(|(name, _)| !is_message(name)))
}

/// Errors of REST services carry their message by the model's own name, which some clients match to the letter.
fn message_traits(service: &Service<'_>, members: &[(String, Member)]) -> Traits {
    let named = members.iter().find(|(name, _)| is_message(name));
    match named {
        Some((name, _)) if service.is_rest() && name != "message" => Traits::json_name(name),
        _ => Traits::default(),
    }
}

fn is_message(name: &str) -> bool {
    name.eq_ignore_ascii_case("message")
}

/// What the macros need to know of an error.
struct Facts {
    name: Ident,
    code: String,
    status: Literal,
    fault: bool,
    /// The static that holds its schema's traits.
    traits: TokenStream,
    /// The definition of that static, if it is the error's own.
    own_traits: TokenStream,
}

fn facts(service: &Service<'_>, id: &str) -> Result<Facts> {
    let traits = &service.shape(id)?.traits;
    let fault = traits.text(ERROR) == Some("server");
    let name = service.type_name(id);
    let (code, reference, own) = match query_code(service, traits, id) {
        Some(code) => query_traits(&name, fault, code),
        None => (
            name_of(id).to_owned(),
            plain_traits(fault),
            TokenStream::new(),
        ),
    };
    Ok(Facts {
        name: names::ident(&name),
        code,
        status: Literal::u16_unsuffixed(status(service, traits, fault)),
        fault,
        traits: reference,
        own_traits: own,
    })
}

fn query_code(service: &Service<'_>, traits: &Traits, id: &str) -> Option<String> {
    let code = traits
        .get(QUERY_ERROR)
        .and_then(|query| query.get("code")?.as_str());
    service
        .is_query()
        .then(|| code.unwrap_or(name_of(id)).to_owned())
}

fn plain_traits(fault: bool) -> TokenStream {
    if fault {
        quote!(&slipway_runtime::SERVER_ERROR)
    } else {
        quote!(&slipway_runtime::CLIENT_ERROR)
    }
}

fn query_traits(name: &str, fault: bool, code: String) -> (String, TokenStream, TokenStream) {
    let static_name = format_ident!("{}_TRAITS", names::constant(name));
    let fault = if fault { "server" } else { "client" };
    let own = quote! {
        pub(crate) static #static_name: std::sync::LazyLock<slipway_runtime::smithy::TraitMap> =
            std::sync::LazyLock::new(|| slipway_runtime::error_traits(#fault, #code));
    };
    (code, quote!(&crate::error::#static_name), own)
}

fn status(service: &Service<'_>, traits: &Traits, fault: bool) -> u16 {
    if let Some(status) = service.overrides.status {
        return status.status;
    }
    let query = traits
        .get(QUERY_ERROR)
        .and_then(|query| query.get("httpResponseCode")?.as_u64());
    let modelled = query.or_else(|| traits.get(HTTP_ERROR)?.as_u64());
    let modelled = modelled.and_then(|status| u16::try_from(status).ok());
    modelled.unwrap_or(if fault { 500 } else { 400 })
}

fn line(service: &Service<'_>, id: &str) -> Result<TokenStream> {
    let Facts {
        name,
        code,
        status,
        fault,
        traits,
        own_traits,
    } = facts(service, id)?;
    let (ns, shape) = (&service.namespace, name_of(id));
    let module = names::ident(&names::module(&name.to_string()));
    Ok(quote! {
        #own_traits
        slipway_runtime::message_error!(#ns, #shape, #module, #name, #code, #status, fault: #fault, #traits);
    })
}

fn separate(service: &Service<'_>, id: &str, files: &mut Files) -> Result<TokenStream> {
    let Facts {
        name,
        code,
        status,
        fault,
        traits,
        own_traits,
    } = facts(service, id)?;
    let mut structure = structure::empty(service, id, &name.to_string());
    structure.about = about(id);
    structure.schema_traits = quote!(.with_traits(#traits));
    let members = &service.shape(id)?.members.0;
    let message = Member {
        target: "smithy.api#String".to_owned(),
        traits: message_traits(service, members),
    };
    structure.add(service, 0, "message", &message, true)?;
    for (member_name, member) in members.iter().filter(|(name, _)| !is_message(name)) {
        let index = structure.fields.len();
        structure.add(service, index, member_name, member, false)?;
    }
    structure.after = quote!(slipway_runtime::error!(#name, #code, #status, fault: #fault););
    let module = names::module(&name.to_string());
    files.rust(
        format!("{}/src/error/{module}.rs", service.key),
        &service.key,
        structure.into_tokens(),
    )?;
    let module = names::ident(&module);
    Ok(quote! {
        #own_traits
        mod #module;
        pub use #module::#name;
    })
}
