//! AWS CodeDeploy (contract codedeploy.md).
//!
//! | file | noun |
//! |---|---|
//! | `violations` | how a request that breaks the model is refused |
//! | `refused` | an error of the model by its name |

mod refused;
pub mod violations;
