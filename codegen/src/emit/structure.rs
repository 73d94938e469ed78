//! A structure: its fields, its tables, how it is read and written.

use std::collections::BTreeSet;

use anyhow::Result;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::{about, limits, rules, types};
use crate::ast::Member;
use crate::names;
use crate::service::{SENSITIVE, Service, name_of};

/// What is needed to write a structure down.
pub struct Structure {
    /// `com.amazonaws.x#Name` of its schema.
    pub id: String,
    pub name: Ident,
    pub about: String,
    pub fields: Vec<Field>,
    pub imports: BTreeSet<String>,
    /// `.with_…` calls on the schema.
    pub schema_traits: TokenStream,
    pub namespace: String,
    /// Statics before and impls after.
    pub before: TokenStream,
    pub after: TokenStream,
}

pub struct Field {
    pub name: Ident,
    pub about: String,
    pub required: bool,
    pub rust_type: TokenStream,
    pub schema: TokenStream,
    pub rules: Option<TokenStream>,
}

/// The structure of a shape of the model.
pub fn of_shape(service: &Service<'_>, id: &str, name: &str) -> Result<Structure> {
    let shape = service.shape(id)?;
    let mut structure = empty(service, id, name);
    structure.about = about(id);
    if shape.traits.has(SENSITIVE) {
        structure.schema_traits.extend(quote!(.with_sensitive()));
    }
    for (index, (member_name, member)) in shape.members.0.iter().enumerate() {
        let required = service.is_required(id, member_name, member) && shape.kind != "union";
        structure.add(service, index, member_name, member, required)?;
    }
    Ok(structure)
}

/// A structure without members, for operations whose input or output is Unit.
pub fn empty(service: &Service<'_>, id: &str, name: &str) -> Structure {
    Structure {
        id: id.to_owned(),
        name: names::ident(name),
        about: String::new(),
        fields: Vec::new(),
        imports: BTreeSet::new(),
        schema_traits: TokenStream::new(),
        namespace: service.namespace.clone(),
        before: TokenStream::new(),
        after: TokenStream::new(),
    }
}

impl Structure {
    pub fn add(
        &mut self,
        service: &Service<'_>,
        index: usize,
        name: &str,
        member: &Member,
        required: bool,
    ) -> Result<()> {
        types::imports(service, &member.target, &mut self.imports)?;
        self.fields.push(Field {
            name: names::field(name),
            about: format!(" `{name}`: {}", limits::about(service, &member.target)?),
            required,
            rust_type: types::rust_type(service, &member.target)?,
            schema: types::member_schema(service, &self.id, name, index, member)?,
            rules: rules::reference(service, &member.target)?,
        });
        Ok(())
    }

    fn has_required(&self) -> bool {
        self.fields.iter().any(|field| field.required)
    }

    pub fn into_tokens(self) -> TokenStream {
        let Self {
            before,
            after,
            name,
            ..
        } = &self;
        let imports = self.import_lines();
        let definition = self.definition();
        let constructor = self.constructor();
        let tables = self.tables();
        let reading = self.reading();
        let writing = self.writing();
        quote! {
            #imports
            #before
            #definition
            #constructor
            #tables
            #reading
            #writing
            slipway_runtime::structure!(#name);
            #after
        }
    }

    fn import_lines(&self) -> TokenStream {
        let own = format!("crate::model::{}", self.name);
        let paths = self.imports.iter().filter(|path| **path != own);
        let paths =
            paths.map(|path| -> syn::Path { syn::parse_str(path).expect("an import is a path") });
        let schema = self.mentions_schema().then(|| {
            quote!(
                use crate::schema;
            )
        });
        let rules = self
            .fields
            .iter()
            .any(|field| field.rules.is_some())
            .then(|| {
                quote!(
                    use crate::rules;
                )
            });
        let members = (!self.fields.is_empty()).then(|| {
            quote!(
                use slipway_runtime::member;
            )
        });
        quote! {
            #(use #paths;)*
            #rules
            #schema
            #members
            use slipway_runtime::smithy::{Schema, SerdeError, ShapeDeserializer, ShapeSerializer};
        }
    }

    fn mentions_schema(&self) -> bool {
        self.fields
            .iter()
            .any(|field| field.schema.to_string().contains("schema ::"))
    }

    fn definition(&self) -> TokenStream {
        let Self { name, about, .. } = self;
        let fields = self.fields.iter().map(
            |Field {
                 name,
                 about,
                 required,
                 rust_type,
                 ..
             }| match required {
                true => quote!(#[doc = #about] pub #name: #rust_type),
                false => quote!(#[doc = #about] pub #name: Option<#rust_type>),
            },
        );
        let default = (!self.has_required()).then(|| quote!(, Default));
        quote! {
            #[doc = #about]
            #[derive(Clone, PartialEq #default)]
            pub struct #name { #(#fields),* }
        }
    }

    /// `new` with the required members.
    fn constructor(&self) -> TokenStream {
        if !self.has_required() {
            return TokenStream::new();
        }
        let name = &self.name;
        let given = self
            .fields
            .iter()
            .filter(|field| field.required)
            .map(|field| {
                let (name, rust_type) = (&field.name, &field.rust_type);
                if field.is_text() {
                    quote!(#name: impl Into<String>)
                } else {
                    quote!(#name: #rust_type)
                }
            });
        let set = self.fields.iter().map(|field| {
            let name = &field.name;
            match (field.required, field.is_text()) {
                (false, _) => quote!(#name: None),
                (true, true) => quote!(#name: #name.into()),
                (true, false) => quote!(#name),
            }
        });
        quote! {
            impl #name {
                /// With the required members; all others are absent.
                pub fn new(#(#given),*) -> Self {
                    Self { #(#set),* }
                }
            }
        }
    }

    fn tables(&self) -> TokenStream {
        let (ns, shape, traits) = (&self.namespace, name_of(&self.id), &self.schema_traits);
        let count = Literal::usize_unsuffixed(self.fields.len());
        let members = self.fields.iter().map(|field| &field.schema);
        let rules = self.rules();
        let required = (0..self.fields.len())
            .filter(|index| self.fields[*index].required)
            .map(Literal::usize_unsuffixed);
        let (statics, refs) = if self.fields.is_empty() {
            (TokenStream::new(), quote!(&[]))
        } else {
            let statics = quote! {
                static MEMBERS: [Schema<'static>; #count] = [#(#members),*];
                static REFS: [&Schema<'static>; #count] = slipway_runtime::refs(&MEMBERS);
            };
            (statics, quote!(&REFS))
        };
        quote! {
            #statics
            static SCHEMA: Schema<'static> = slipway_runtime::structure_schema!(#ns, #shape, #refs) #traits;
            static SHAPE: slipway_runtime::StructureShape = slipway_runtime::StructureShape {
                schema: &SCHEMA,
                rules: &[#(#rules),*],
                required: &[#(#required),*],
            };
        }
    }

    /// The rules of the members, without the trailing ones that are none.
    fn rules(&self) -> Vec<TokenStream> {
        let last = self.fields.iter().rposition(|field| field.rules.is_some());
        let fields = self.fields.iter().take(last.map_or(0, |index| index + 1));
        let none = quote!(&rules::NONE);
        fields
            .map(|field| field.rules.clone().unwrap_or_else(|| none.clone()))
            .collect()
    }

    fn reading(&self) -> TokenStream {
        let name = &self.name;
        let body = if self.has_required() {
            self.read_required()
        } else {
            self.read_default()
        };
        quote! {
            impl slipway_runtime::Structure for #name {
                const SHAPE: &'static slipway_runtime::StructureShape = &SHAPE;

                fn read_members(
                    d: &mut dyn ShapeDeserializer,
                    at: &mut slipway_runtime::Reader<'_>,
                ) -> Result<Option<Self>, SerdeError> {
                    #body
                }
            }
        }
    }

    fn read_default(&self) -> TokenStream {
        if self.fields.is_empty() {
            return quote! {
                at.structure(d, &SHAPE, &mut |_, _| Ok(()))?;
                Ok(Some(Self {}))
            };
        }
        let arms = self.fields.iter().enumerate().map(|(index, field)| {
            let (index, name) = (Literal::usize_unsuffixed(index), &field.name);
            quote!(#index => slot.read(&mut value.#name))
        });
        quote! {
            let mut value = Self::default();
            at.structure(d, &SHAPE, &mut |index, slot| match index {
                #(#arms,)*
                _ => Ok(()),
            })?;
            Ok(Some(value))
        }
    }

    fn read_required(&self) -> TokenStream {
        let locals: Vec<Ident> = (0..self.fields.len())
            .map(|index| format_ident!("m{index}"))
            .collect();
        let indexes = (0..self.fields.len()).map(Literal::usize_unsuffixed);
        let needed: Vec<&Ident> = locals
            .iter()
            .zip(&self.fields)
            .filter(|(_, field)| field.required)
            .map(|(local, _)| local)
            .collect();
        let names = self.fields.iter().map(|field| &field.name);
        quote! {
            #(let mut #locals = None;)*
            at.structure(d, &SHAPE, &mut |index, slot| match index {
                #(#indexes => slot.read(&mut #locals),)*
                _ => Ok(()),
            })?;
            let (#(Some(#needed),)*) = (#(#needed,)*) else {
                return Ok(None);
            };
            Ok(Some(Self { #(#names: #locals),* }))
        }
    }

    fn writing(&self) -> TokenStream {
        let name = &self.name;
        let calls = self
            .fields
            .iter()
            .map(|Field { name, required, .. }| match required {
                true => quote!(.put(&self.#name)?),
                false => quote!(.maybe(&self.#name)?),
            });
        let body = (!self.fields.is_empty())
            .then(|| quote!(slipway_runtime::Writer::new(s, &SCHEMA) #(#calls)*;));
        let s = if self.fields.is_empty() {
            quote!(_s)
        } else {
            quote!(s)
        };
        quote! {
            impl slipway_runtime::smithy::SerializableStruct for #name {
                fn schema(&self) -> &Schema<'_> {
                    &SCHEMA
                }

                fn serialize_members(&self, #s: &mut dyn ShapeSerializer) -> Result<(), SerdeError> {
                    #body
                    Ok(())
                }
            }
        }
    }
}

impl Field {
    fn is_text(&self) -> bool {
        self.rust_type.to_string() == "String"
    }
}
