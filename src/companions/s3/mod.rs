//! S3: buckets and objects on the disk of this machine.
//!
//! Rows are in the store, bodies are files (`bodies.rs`). The protocol is `s3s`'s (`protocol/`); what comes before it (identities,
//! signatures, framing, hosts, configurations of buckets) is `server/s3`.
//!
//! | file | noun |
//! |---|---|
//! | `companion.rs` | `S3`, the value everything hangs on; `caller.rs`: who asks |
//! | `store.rs` | rows and tables |
//! | `write.rs` | one write: rows, references to bodies, news |
//! | `bodies.rs`, `content.rs` | files of bodies; which stretches of them make an object |
//! | `digest.rs`, `claims.rs` | checksums, and what senders claim about them |
//! | `buckets.rs`, `subresources.rs`, `acl.rs`, `encryption.rs` | buckets and what is said about them |
//! | `objects.rs`, `versions.rs`, `version_id.rs` | objects and their versions |
//! | `conditions.rs` | what writers demand of the current version |
//! | `multipart.rs`, `completion.rs` | uploads in parts, and their end |
//! | `list.rs`, `walk.rs` | listings |
//! | `names.rs`, `errors.rs`, `xml.rs` | rules, wordings, documents |
//! | `news.rs`, `verbs.rs` | what the engines hear and ask |

pub mod acl;
mod bodies;
mod buckets;
mod caller;
pub mod claims;
mod companion;
mod completion;
mod conditions;
mod content;
pub mod digest;
mod encryption;
pub mod errors;
mod list;
mod multipart;
pub mod names;
mod news;
mod objects;
pub mod protocol;
mod store;
pub mod subresources;
mod verbs;
mod version_id;
mod versions;
mod walk;
mod write;
mod xml;

pub use buckets::NewBucket;
pub use caller::Caller;
pub use claims::Claims;
pub use companion::S3;
pub use store::{Tables, Versioning};
