//! The neighbours, over the wire.

mod cloudwatch;
mod iam;
mod lambda;
mod query;
mod sns;
mod sts;
