//! Webhooks: addresses to which others send news of a source, and what becomes of the news (contract codepipeline §8.1, §8.2).
//!
//! | file | noun |
//! |---|---|
//! | `row` | a webhook as stored, and as shown |
//! | `check` | what PutWebhook refuses |
//! | `authenticate`, `cidr` | whether a delivery may come in |
//! | `json_path`, `filters` | whether it is meant |
//! | `decide` | both together, and the revision it brings |
//! | `registration` | why none is registered with a third party |
//! | `receive` | a delivery from its webhook to the execution it starts |
//!
//! Invariant: secrets are in rows and comparisons, never in answers, texts or logs.

mod authenticate;
pub mod check;
mod cidr;
mod decide;
mod filters;
mod json_path;
mod receive;
mod registration;
mod row;

pub use decide::Delivery;
pub use receive::{Outcome, find, receive};
pub use registration::registration;
pub use row::{Trouble, WebhookKey, WebhookRow, arn, shown, tags_key};
