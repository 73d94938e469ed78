//! A revision on its way from S3 or GitHub into its folder.
//!
//! Source: contract, codedeploy section 8.6, "DownloadBundle".

mod download;
mod git;
mod unpack;

#[cfg(test)]
mod tests;

pub use download::{Sources, fetch};
pub use unpack::unpack;
