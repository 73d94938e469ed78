//! All of HTTP, nothing but HTTP.
//!
//! One request's way: `listener.rs` takes the connection, `front.rs` leads the request through `gate.rs` (web pages stay out),
//! `route.rs` (which service, which operation), `identity.rs` (whose call it is), `wire.rs` (its protocol) and `operation.rs` (the
//! typed handler) to its answer. `fault.rs` holds what is answered outside handlers. `client.rs` is the other direction.

pub mod agents;
pub mod badges;
pub mod balancer;
pub mod body;
pub mod call;
pub mod client;
pub mod control;
pub mod credential;
pub mod events;
pub mod fault;
pub mod follow;
pub mod front;
pub mod functions;
pub mod gate;
pub mod identity;
pub mod listener;
pub mod nesting;
pub mod operation;
pub mod post;
pub mod query;
pub mod rest;
pub mod route;
pub mod s3;
pub mod service;
pub mod tls;
pub mod trace;
pub mod visit;
pub mod webhooks;
pub mod wire;

pub use call::{Call, Principal};
pub use listener::Listener;
pub use operation::{Dialect, Typed};
pub use service::Service;
