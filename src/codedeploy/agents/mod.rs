//! Agents of instances: the protocol by which they ask for commands and tell how these ended (contract codedeploy §8.8).
//!
//! `protocol.rs` and `specification.rs` are what travels.

pub mod protocol;
pub mod specification;
