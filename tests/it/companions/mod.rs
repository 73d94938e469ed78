//! The neighbours, over the wire.

mod iam;
mod sts;
