//! EC2: instances that are containers of this machine's Docker engine, and their tags.
//!
//! A container is an instance when it carries the label `slipway.ec2.instance=i-…`, or `slipway.ec2=true`, from which an id is made.
//! Labels `slipway.ec2.tag.KEY=VALUE` are tags; `CreateTags` adds to them. `slipway.ec2.zone` is the availability zone, by its name
//! or by its letter in the region (`b`); an instance without it is in the zone `a`. Nothing else of an instance is kept here: what is shown is
//! what the engine says when it is asked. One that was terminated here is shown for an hour.
//!
//! Differs from AWS: EC2 instances are containers labelled `slipway.ec2=true` (or `slipway.ec2.instance=i-…`; further labels `slipway.ec2.tag.KEY=VALUE` are tags, and `slipway.ec2.zone=b` is the zone), in the server's own account and region; instances are not created here.
//! Differs from AWS: of EC2, operations beyond instances and tags are not known by name and are answered `InvalidAction`.
//!
//! | file | noun |
//! |---|---|
//! | `companion` | `Ec2`: instances of a scope, changes of tags, the end of an instance |
//! | `instance` | a machine as an instance |
//! | `rows` | tags that were created or deleted; instances that were terminated |
//! | `filters` | filters of lists |
//! | `verbs` | what engines ask |
//! | `view`, `errors` | answers, wordings |
//! | `operations`, `service` | one file per operation; the table of contents |

mod companion;
mod errors;
mod filters;
mod instance;
mod operations;
mod rows;
mod service;
mod verbs;
mod view;

pub use companion::{Ec2, Outside, Reached};
pub use rows::Tables;
pub use service::service;
