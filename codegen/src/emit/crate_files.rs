//! The crate's manifest and root module.

use anyhow::Result;
use quote::{format_ident, quote};

use crate::output::{Files, header};
use crate::service::Service;

pub fn emit(service: &Service<'_>, files: &mut Files) -> Result<()> {
    let key = &service.key;
    files.text(format!("{key}/Cargo.toml"), manifest(service));
    let builder = format_ident!("{}Builder", service.entry.name);
    let about = format!(
        " {} as types: model `{}`, version {}.",
        service.entry.name,
        service.shape_name,
        service.version.as_deref().unwrap_or("unknown")
    );
    let routes = service.is_rest().then(|| {
        quote!(
            pub use service::ALL_MODEL_ROUTES;
        )
    });
    let tokens = quote! {
        #![doc = #about]
        #![allow(clippy::all, clippy::pedantic, unused_imports, dead_code)]

        pub mod error;
        pub mod input;
        pub mod model;
        pub mod operation;
        pub mod output;
        pub mod service;

        pub mod rules;
        pub mod schema;

        pub use service::{ALL_MODEL_OPERATIONS, #builder, OPERATIONS, SERVICE, validate_patterns};
        #routes
    };
    files.rust(format!("{key}/src/lib.rs"), key, tokens)
}

fn manifest(service: &Service<'_>) -> String {
    let key = &service.key;
    header(key, "#")
        + &format!(
            r#"[package]
name = "{key}-api"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
publish.workspace = true
description = "{} as types, generated from AWS's model"

[lib]
doctest = false
test = false

[dependencies]
slipway-runtime = {{ path = "../../codegen/runtime" }}
"#,
            service.entry.name
        )
}
