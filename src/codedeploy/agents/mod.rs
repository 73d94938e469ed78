//! Agents of instances: the protocol by which they ask for commands and tell how these ended (contract codedeploy §8.8).
//!
//! `protocol.rs` and `specification.rs` are what travels, `envelope.rs` and `keys.rs` what a specification travels in.

pub mod envelope;
pub mod keys;
pub mod protocol;
pub mod specification;
