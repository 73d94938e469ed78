//! CloudWatch Logs: groups, streams and their lines, as builds write them and clients, the aws CLI and Terraform read them.
//!
//! Every line is one record, ordered by stream, time and order of arrival; appending is one durable write however many lines it
//! brings. Lines of a deleted stream are unreachable at once (a stream created anew has another number) and removed in pieces.
//!
//! | file | noun |
//! |---|---|
//! | `companion` | `Logs`: what operations and engines hold |
//! | `store` | rows, tables, finders |
//! | `append`, `verbs` | new lines; the verbs that engines use |
//! | `read` | one stream, in pages, both ways |
//! | `search`, `pattern` | many streams merged by time; filter patterns |
//! | `follow` | waiting for new lines |
//! | `purge` | deletion, retention |
//! | `list`, `names`, `tags` | pages of names, ARNs, tags |
//! | `errors`, `violations` | AWS's words |
//! | `operations` | one file per operation |
//! | `service` | the table of contents |

mod append;
mod companion;
mod errors;
mod follow;
mod list;
mod names;
mod operations;
mod pattern;
mod purge;
mod read;
mod search;
mod service;
mod store;
mod tags;
mod verbs;
mod violations;

#[cfg(test)]
mod tests;

pub use companion::Logs;
pub use follow::{Follower, StreamWatch};
pub use service::service;
pub use store::Tables;
