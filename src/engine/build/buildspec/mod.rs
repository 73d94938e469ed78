//! Buildspecs: YAML text in, a checked specification out, or AWS's words about what is wrong and on which line.
//!
//! Pure, and bounded in size, depth and aliases: any bytes may come in.

mod artifacts;
mod batch;
mod env;
pub mod locate;
mod matrix;
mod others;
mod parse;
mod phases;
mod reader;
mod reports;
pub mod spec;
pub mod yaml;

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;

pub use batch::batchspec;
pub use locate::{Location, locate};
pub use parse::parse;
pub use spec::Buildspec;
