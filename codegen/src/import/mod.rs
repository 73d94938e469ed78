//! `codegen import`: botocore's service descriptions to Smithy 2.0 JSON AST.
//!
//! Invariant: nothing of a description is lost in silence. Every key is either translated, listed in [`skipped`] with a
//! reason, or refused by name; and the constraints are counted on both sides ([`counts`]).
//!
//! | file | noun |
//! |---|---|
//! | `command` | the arguments, and the way from a wheel to the files of `model/` |
//! | `source` | `model/source.toml`: which package, which bytes, which services |
//! | `wheel` | a checked wheel and the JSON files in it |
//! | `json` | ordered JSON values, and how they are printed |
//! | `fields` | an object whose keys must all be taken |
//! | `skipped` | the keys that are left out, and why |
//! | `names` | shape ids and enum member names |
//! | `metadata` | the service's own traits: protocols, signing, names |
//! | `service` | one whole model |
//! | `operations`, `pagination` | operations and their traits |
//! | `shapes`, `members`, `errors` | shapes and their traits |
//! | `trim` | a description cut down to some operations |
//! | `counts` | constraints counted in the source and in the result |

mod command;
mod counts;
mod errors;
mod fields;
mod json;
mod members;
mod metadata;
mod names;
mod operations;
mod pagination;
mod service;
mod shapes;
mod skipped;
mod source;
#[cfg(test)]
mod tests;
mod trim;
mod wheel;

pub use command::{Args, run};
