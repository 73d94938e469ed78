//! Agents of instances: the protocol by which they ask for commands and tell how these ended (contract codedeploy §8.8).
//!
//! `protocol.rs` and `specification.rs` are what travels, `envelope.rs` and `keys.rs` what a specification travels in; the others are
//! the operations. The service has no model of AWS's, so its HTTP is written by hand: `server/agents.rs`.

pub mod caller;
pub mod envelope;
pub mod keys;
pub mod poll;
pub mod protocol;
pub mod specification;
pub mod specify;
pub mod tell;
