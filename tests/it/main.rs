//! Integration tests: one binary, one module per subject.

mod contract;
mod server;
mod support;
