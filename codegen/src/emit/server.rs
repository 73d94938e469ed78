//! `service.rs`: the service's schema, its tables of names, and the builder.

use anyhow::{Context, Result};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::names;
use crate::output::Files;
use crate::service::{Operation, Service};

pub fn emit(service: &Service<'_>, files: &mut Files) -> Result<()> {
    let schema = schema(service)?;
    let names = names_tables(service);
    let builder = builder(service);
    let tokens = quote! {
        //! The service: its schema, its operations by name, and the builder that binds handlers to them.
        use crate::{error, input, operation, output};
        use slipway_runtime::smithy::{OperationSchema, ServiceSchema, shape_id};
        use slipway_runtime::{Adapter, MissingHandlers, PatternError, Routes};
        use std::future::Future;

        #schema
        #names
        #builder
    };
    files.rust(
        format!("{}/src/service.rs", service.key),
        &service.key,
        tokens,
    )
}

fn schema(service: &Service<'_>) -> Result<TokenStream> {
    let (ns, name) = (&service.namespace, &service.shape_name);
    let version = match &service.version {
        Some(version) => quote!(Some(#version)),
        None => quote!(None),
    };
    let protocols = service.entry.protocols.iter().map(|id| {
        let (ns, name) = id
            .split_once('#')
            .with_context(|| format!("protocol {id}"))?;
        Ok(quote!(shape_id!(#ns, #name)))
    });
    let protocols: Vec<TokenStream> = protocols.collect::<Result<_>>()?;
    let operations = modules(service).map(|module| quote!(&operation::#module::SCHEMA));
    let (traits, with_traits) = match service
        .xml_namespace
        .as_ref()
        .filter(|_| service.is_query())
    {
        Some(uri) => (
            quote! {
                static TRAITS: std::sync::LazyLock<slipway_runtime::smithy::TraitMap> =
                    std::sync::LazyLock::new(|| slipway_runtime::service_traits(#uri));
            },
            quote!(.with_traits(&TRAITS)),
        ),
        None => Default::default(),
    };
    Ok(quote! {
        /// The service with the protocols it is served in.
        pub static SERVICE: ServiceSchema<'static> = ServiceSchema::new(
            shape_id!(#ns, #name),
            #version,
            &[#(#protocols),*],
            &[#(#operations),*],
        ) #with_traits;
        #traits
    })
}

fn names_tables(service: &Service<'_>) -> TokenStream {
    let ours = service.operations.iter().map(|operation| &operation.name);
    let all = &service.all_operations;
    let routes = routes_table(service);
    quote! {
        #routes

        /// Names of the operations generated here, sorted.
        pub const OPERATIONS: &[&str] = &[#(#ours),*];

        /// Names of all operations of the model, sorted: one that is not in `OPERATIONS` is answered 501 by name.
        pub const ALL_MODEL_OPERATIONS: &[&str] = &[#(#all),*];

        /// Compiles every pattern of the service, to be called at start.
        pub fn validate_patterns() -> Result<(), PatternError> {
            slipway_runtime::validate(crate::rules::PATTERNS)
        }
    }
}

/// A REST service is called by method and path alone.
fn routes_table(service: &Service<'_>) -> TokenStream {
    if !service.is_rest() {
        return TokenStream::new();
    }
    let routes = service.all_routes.iter().map(|(operation, http)| {
        let (method, uri) = (&http.method, &http.uri);
        quote!(slipway_runtime::HttpRoute { operation: #operation, method: #method, uri: #uri })
    });
    quote! {
        /// Where all operations of the model are, sorted by name.
        pub const ALL_MODEL_ROUTES: &[slipway_runtime::HttpRoute] = &[#(#routes),*];
    }
}

fn builder(service: &Service<'_>) -> TokenStream {
    let name = format_ident!("{}Builder", service.entry.name);
    let about = format!(
        " Binds one handler to each operation of {}: an async function of its input and the adapter's context.",
        service.entry.name
    );
    let methods = service.operations.iter().map(method);
    quote! {
        #[doc = #about]
        pub struct #name<A: Adapter> {
            routes: Routes<A>,
        }

        impl<A: Adapter> std::fmt::Debug for #name<A> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.routes.fmt(f)
            }
        }

        impl<A: Adapter> #name<A> {
            pub fn new(adapter: A) -> Self {
                Self { routes: Routes::new(&SERVICE, adapter) }
            }

            /// Names operations that are deliberately not built; they answer 501.
            pub fn not_built(self, names: &[&str]) -> Self {
                Self { routes: self.routes.not_built(names) }
            }

            /// One route per operation, or the list of those without a handler.
            pub fn build(self) -> Result<Vec<(&'static OperationSchema<'static>, A::Route)>, MissingHandlers> {
                self.routes.build()
            }

            #(#methods)*
        }
    }
}

fn method(operation: &Operation<'_>) -> TokenStream {
    let name = names::ident(&operation.name);
    let method = names::field(&operation.name);
    let (input, output) = (format_ident!("{name}Input"), format_ident!("{name}Output"));
    let error = format_ident!("{name}Error");
    let about = format!(" Binds the handler of `{name}`.");
    quote! {
        #[doc = #about]
        pub fn #method<F, Fut>(self, handler: F) -> Self
        where
            F: Fn(input::#input, A::Context) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = Result<output::#output, error::#error>> + Send + 'static,
        {
            Self { routes: self.routes.bind::<operation::#name, F, Fut>(handler) }
        }
    }
}

fn modules(service: &Service<'_>) -> impl Iterator<Item = proc_macro2::Ident> {
    service
        .operations
        .iter()
        .map(|operation| names::ident(&names::module(&operation.name)))
}
