//! Load balancers: their API in awsQuery, as the aws CLI and Terraform speak it, and what they do with requests on real sockets.
//! Witness of shapes and texts: the API reference, the user guides, and recorded answers.

mod balancers;
mod drained;
mod groups;
mod health;
mod listeners;
mod network;
mod proxy;
mod restart;
mod rules;
pub(super) mod stand;
mod tags;
mod verbs;
mod weights;

use super::query::{Service, element, fault};
