//! IAM: roles, their policies, and managed policies, as far as pipelines, the aws CLI and Terraform need them.
//!
//! Policies are kept and given back, not enforced; what a role's trust policy says about services and callers is.
//!
//! | file | noun |
//! |---|---|
//! | `companion` | `Iam`: finders and changes of rows, and the questions engines ask |
//! | `rows` | what is stored |
//! | `names` | ARNs and identifiers |
//! | `document` | policy documents: whether one is well-formed, and whom it trusts |
//! | `tags`, `paging`, `view` | tags of requests, pages of lists, rows as answers |
//! | `errors` | modelled exceptions in AWS's words |
//! | `operations` | one file per operation |
//! | `service` | the table of contents |

mod companion;
mod document;
mod errors;
mod names;
pub mod operations;
mod paging;
mod rows;
mod service;
mod tags;
mod view;

pub use companion::Iam;
pub use names::{RoleArn, id_of};
pub use rows::Tables;
pub use service::service;
