//! CodePipeline: declarations, executions and what people may do with them.

pub mod catalogue;
pub mod echo;
pub mod errors;
pub mod tags;
pub mod validate;
pub mod violations;
