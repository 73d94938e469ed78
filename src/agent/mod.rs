//! The agent: installs revisions of CodeDeploy on this host, or in a container, as AWS's own agent does.
//!
//! A client program: it knows the server by its protocol alone (`codedeploy::agents::protocol`), and names no engine's state and no store.
//! Of the engines it borrows what reads files that others wrote, `buildspec::yaml` and `archive`, so that their limits are the same
//! everywhere.
//! Source: contract, codedeploy sections 8.5 to 8.8.
//!
//! | file | noun |
//! |---|---|
//! | `errors` | why a command failed, in the agent's words and with its code |
//! | `appspec` | what a revision says about itself |
//! | `specification`, `envelope` | what the server says about a deployment, and how it is wrapped |
//! | `root` | where everything of a deployment is kept |
//! | `bundle` | a revision on its way from S3 or GitHub into its folder |
//! | `place` | the host or the container that takes files and runs scripts |
//! | `install` | from files of a revision to files of the host, and away again |
//! | `script_log`, `script`, `hooks` | the scripts of an event, and what they say |
//! | `command` | one command of the server, carried out |
//! | `ongoing` | which commands run, so that a crash does not leave them open |
//! | `register` | this host as an on-premises instance |
//! | `work` | ask, acknowledge, carry out, complete; again and again |

pub mod appspec;
pub mod bundle;
pub mod command;
pub mod envelope;
pub mod errors;
pub mod hooks;
pub mod install;
pub mod ongoing;
pub mod place;
pub mod register;
pub mod root;
pub mod script;
pub mod script_log;
pub mod specification;
pub mod work;

pub use errors::{Code, Fault};
