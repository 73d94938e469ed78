//! One file per operation.

mod assume_role;
mod get_caller_identity;

pub use assume_role::assume_role;
pub use get_caller_identity::get_caller_identity;
