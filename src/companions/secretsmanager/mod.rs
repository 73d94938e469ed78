//! Secrets Manager: secrets with versions and staging labels, as builds, the aws CLI and Terraform use them.
//!
//! Invariant: values stay out of `Debug`, and exactly one version of a secret that has any is AWSCURRENT.
//!
//! | file | noun |
//! |---|---|
//! | `companion` | `SecretsManager`: what operations and engines hold |
//! | `rows` | secrets, values, tables |
//! | `find` | the secret that a name or an ARN means |
//! | `versions` | new versions, and where staging labels go |
//! | `list`, `tags` | filters and pages; tags |
//! | `errors` | AWS's words |
//! | `operations` | one file per operation |
//! | `service` | the table of contents |

mod companion;
mod errors;
mod find;
mod list;
pub mod operations;
mod rows;
mod service;
mod tags;
mod versions;

pub use companion::SecretsManager;
pub use rows::Tables;
pub use service::service;
