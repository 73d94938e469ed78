//! CloudWatch: alarms, as deployments and pipelines ask for them and Terraform and the aws CLI make them.
//!
//! A change of state is one durable write: the alarm's row, its history, and the actions that follow from it. Listeners are told, and
//! actions are performed, afterwards; actions that a crash has interrupted are performed after the next start.
//!
//! Differs from AWS: CloudWatch evaluates no metrics; an alarm begins as `INSUFFICIENT_DATA` and changes its state by `SetAlarmState` alone.
//! Differs from AWS: alarm actions that are SNS topics are performed; other actions are kept, and their failure is in the alarm's history.
//!
//! | file | noun |
//! |---|---|
//! | `companion` | `CloudWatch`: finders, changes of rows, the questions engines ask |
//! | `rows` | what is stored |
//! | `definition` | what an alarm may be |
//! | `history` | what happened to alarms, by alarm and by time |
//! | `actions` | what follows from a change of state |
//! | `notification` | what topics are told: subject and JSON |
//! | `news` | listeners in this process |
//! | `names`, `tags`, `view` | ARNs, tags, rows as answers |
//! | `errors` | modelled exceptions in AWS's words |
//! | `operations` | one file per operation |
//! | `service` | the table of contents |

mod actions;
mod companion;
mod definition;
mod errors;
mod history;
mod names;
mod news;
mod notification;
mod operations;
mod rows;
mod service;
mod tags;
#[cfg(test)]
mod tests;
mod view;

pub use companion::CloudWatch;
pub use rows::Tables;
pub use service::service;
