//! Lambda: functions, their versions and aliases, as pipelines invoke and deployments shift them, and as clients keep them.
//!
//! | file | noun |
//! |---|---|
//! | `companion` | `Lambda`: finders and changes of rows |
//! | `store` | what is stored |
//! | `names` | names and ARNs of functions |
//! | `settings`, `source`, `code` | how a function runs, where its code comes from, where it is kept |
//! | `publish`, `aliases` | versions; what points to them, and which one a call goes to |
//! | `policy`, `roles`, `tags` | who may call; what it runs as; tags |
//! | `view`, `paging`, `download`, `errors` | what clients see |
//! | `run` | environments, the Runtime API, logs, events |
//! | `verbs` | what engines ask |
//! | `outside` | what Lambda asks of the rest of the server |
//! | `operations`, `service` | one file per operation, and the table of contents |

mod aliases;
mod code;
mod companion;
mod download;
mod errors;
mod names;
mod operations;
mod outside;
mod paging;
mod policy;
mod publish;
mod roles;
mod run;
mod service;
mod settings;
mod source;
mod store;
mod tags;
mod verbs;
mod view;

pub use companion::Lambda;
pub use download::PATH as CODE;
pub use outside::{Machines, Outside, Wait};
pub use run::{Door, Job, MOST_PAYLOAD, News, RUNTIME_API, too_large};
pub use service::service;
pub use store::Tables;
