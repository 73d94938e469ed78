//! The neighbours, over the wire.

mod cloudwatch;
mod iam;
mod query;
mod sns;
mod sts;
