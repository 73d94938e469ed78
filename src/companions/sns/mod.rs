//! SNS: topics, their subscriptions and what is published to them, as approvals and alarms publish and clients read it.
//!
//! A message is one durable write: the record of it and one pending delivery for each confirmed subscription. Deliveries happen
//! afterwards, off the request, and go on after a restart; a message may therefore arrive twice, never not at all without four tries.
//!
//! Differs from AWS: SNS delivers to http endpoints only; email subscriptions stay pending, all other protocols are refused.
//! Differs from AWS: SNS does not sign what it delivers: `Signature` and `SigningCertURL` are empty.
//! Differs from AWS: SNS has no filter policies, dead-letter queues, archives or data protection policies; requests for them are refused.
//! Differs from AWS: SNS keeps delivery policies and shows them, but always tries four times, 20 seconds apart; an endpoint is not told when it is unsubscribed.
//!
//! | file | noun |
//! |---|---|
//! | `companion` | `Sns`: finders and changes of rows |
//! | `rows` | what is stored |
//! | `names` | ARNs, tokens, names of topics |
//! | `attributes` | attributes of topics |
//! | `settings` | attributes of subscriptions |
//! | `publish` | what may be published, and the one durable write it becomes |
//! | `outside` | what SNS asks of the rest of the server: posting, waiting, the time, its own address |
//! | `letter` | what an endpoint is sent: headers and the JSON envelope |
//! | `deliver` | pending deliveries, one task each |
//! | `journal` | recorded messages as lines, for people and tests |
//! | `paging`, `tags` | pages of lists, tags of topics |
//! | `errors` | modelled exceptions in AWS's words |
//! | `operations` | one file per operation |
//! | `service` | the table of contents |

mod attributes;
mod companion;
mod deliver;
mod errors;
mod journal;
mod letter;
mod names;
mod operations;
mod outside;
mod paging;
mod publish;
mod rows;
mod service;
mod settings;
mod tags;

pub use companion::Sns;
pub use outside::{Outside, Parcel, Post, Wait};
pub use rows::Tables;
pub use service::service;
