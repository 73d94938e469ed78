//! Parameter Store of Systems Manager: parameters with their versions, as builds, the aws CLI and Terraform use them.
//!
//! Invariant: values stay out of `Debug`. The newest version is in the parameter's row; older ones are records.
//!
//! | file | noun |
//! |---|---|
//! | `companion` | `Ssm`: what operations and engines hold |
//! | `rows` | parameters, versions, tables |
//! | `find` | the version that a name, a selector or an ARN means |
//! | `names`, `filters`, `tags` | rules for names; which parameters a list has; tags |
//! | `view` | rows as they are shown |
//! | `errors` | AWS's words |
//! | `operations` | one file per operation |
//! | `service` | the table of contents |

mod companion;
mod errors;
mod filters;
mod find;
mod names;
pub mod operations;
mod rows;
mod service;
mod tags;
mod view;

pub use companion::Ssm;
pub use rows::Tables;
pub use service::service;
