//! ECS: clusters, task definitions, services and their tasks, as deployments, pipelines, Terraform and the aws CLI use them.
//!
//! A change of a service is one durable write, in which the scheduler decides what is to be started and stopped; containers follow
//! the write. Tasks are pods of the container engine that builds run in; without one they fail to start, and say so.
//!
//! Differs from AWS: ECS tasks of every launch type are containers on this machine's engine; there are no container instances, subnets and security groups are kept and not looked at, and health checks of containers are not made.
//!
//! | file | noun |
//! |---|---|
//! | `companion` | `Ecs`: finders, changes of rows, effects |
//! | `rows` | what is stored |
//! | `names` | names and ARNs |
//! | `definition`, `services`, `sets`, `tasks` | what may be registered, made and run, and the rows that it becomes |
//! | `scheduler` | from what there is and what is wanted to what is started and stopped |
//! | `run` | the lives of tasks: containers, logs, secrets, targets |
//! | `targets`, `balancers`, `doubt` | what ECS asks of load balancers, those of this server, and what rows do not know of them yet |
//! | `verbs` | what engines ask |
//! | `outside`, `news` | what ECS asks of the rest of the server; who is told of services |
//! | `view`, `paging`, `tags`, `failures`, `errors` | what clients see |
//! | `operations`, `service` | one file per operation, and the table of contents |

mod balancers;
mod companion;
mod definition;
mod doubt;
mod errors;
mod failures;
mod names;
mod news;
mod operations;
mod outside;
mod paging;
mod rows;
mod run;
mod scheduler;
mod service;
mod services;
mod sets;
mod tags;
pub mod targets;
mod tasks;
#[cfg(test)]
mod tests;
mod verbs;
mod view;

pub use companion::Ecs;
pub use outside::{Outside, Wait};
pub use rows::Tables;
pub use service::service;
