//! Deliveries to webhooks of projects: who sends them, what they tell, whether a build or a batch is meant, and its start.
//!
//! Source: contract, codebuild sections 12.1 to 12.3. Everything but `ask` and `receive` is pure: headers and a body in, a decision out.
//!
//! | file | noun |
//! |---|---|
//! | `news` | what a delivery tells, in words that all providers share |
//! | `github`, `gitlab`, `bitbucket` | a provider's payload as news |
//! | `authenticate` | whether the sender knows the secret |
//! | `groups` | whether the filters let news pass |
//! | `approval` | whether a pull request may be built unasked, and comments that say so |
//! | `ask` | what a payload does not tell, asked of the repository |
//! | `decide` | all of these in their order |
//! | `receive` | from a token in a path to a build or a batch |

pub mod approval;
mod ask;
mod authenticate;
mod bitbucket;
mod decide;
mod github;
mod gitlab;
mod groups;
mod news;
mod receive;

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;

pub use decide::{Decision, Delivery};
pub use receive::{Around, Outcome, find, receive};
