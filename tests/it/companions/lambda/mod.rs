//! Lambda in restJson1, as SDKs, the aws CLI and Terraform speak it.

mod aliases;
mod functions;
mod house;
mod invoke;
mod policies;
mod protocol;
mod reads;
mod runtime;
mod versions;
