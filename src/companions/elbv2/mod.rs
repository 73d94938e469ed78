//! Elastic Load Balancing: application and network load balancers that really listen and forward, on this machine.
//!
//! A load balancer has a loopback address of its own; its DNS name is that address. A listener listens there as long as it exists, on
//! its port, or on a free one where its port cannot be had (the load balancer's state then says which). Rules and weights are asked
//! anew for each request. Rows are the truth; one task, the keeper, lets sockets and looks at targets follow them. Where there is no
//! load balancer, nothing runs.
//!
//! Differs from AWS: the DNS name of a load balancer is a loopback address of its own (such as 127.83.20.7) at which its listeners listen; where a port cannot be had, the listener takes a free one and the load balancer's `State.Reason` says which.
//! Differs from AWS: HTTPS and TLS listeners listen without TLS, and the load balancer's `State.Reason` says so; certificates are not looked up.
//! Differs from AWS: load balancers forward HTTP/1.1 and TCP to targets of the types `ip` and `instance`; other protocols, functions, load balancers as targets, authenticating actions and transforms are refused.
//! Differs from AWS: the only attributes of load balancers, target groups and listeners that have an effect are deletion protection, the idle timeout and the deregistration delay; the others, stickiness among them, are kept and shown.
//! Differs from AWS: a target of the type `instance` is the container that is this instance of EC2; an id of none is this machine at the port it has.
//! Differs from AWS: subnets, security groups and VPCs of load balancers and target groups are kept as they are given; each subnet has a zone of its own.
//! Differs from AWS: a target that is not healthy yet is also looked at between its health checks, so that it is found healthy at once.
//!
//! | file | noun |
//! |---|---|
//! | `companion` | `Elbv2`: finders and changes of rows |
//! | `rows` | what is stored |
//! | `names` | ARNs, ids, what things may be called |
//! | `definition`, `listening`, `attributes` | target groups and listeners made complete; attributes and their defaults |
//! | `address` | loopback addresses |
//! | `actions`, `conditions` | what rules may do and ask |
//! | `pattern`, `routes` | patterns; rules compiled, weights |
//! | `pool`, `health`, `settings` | targets of a group as requests meet them; how a target is; how it is looked at |
//! | `gate` | a listener as the proxy asks it |
//! | `board`, `keeper`, `watcher` | what is live, who keeps it, who looks after a target |
//! | `changes` | changes of rules that several operations make |
//! | `targets`, `verbs` | registering and deregistering; what neighbours and engines ask |
//! | `instances` | an instance taken out of target groups and put back, for deployments |
//! | `outside` | what load balancers ask of the rest of the server: sockets, instances, the time |
//! | `view`, `tagged`, `tags`, `paging`, `errors` | answers, tags, pages, wordings |
//! | `operations`, `service` | one file per operation; the table of contents |

mod actions;
mod address;
mod attributes;
mod board;
mod changes;
mod companion;
mod conditions;
mod definition;
mod errors;
mod gate;
mod health;
mod instances;
mod keeper;
mod listening;
mod names;
mod operations;
mod outside;
mod paging;
mod pattern;
mod pool;
mod routes;
mod rows;
mod service;
mod settings;
mod tagged;
mod tags;
mod targets;
mod verbs;
mod view;
mod watcher;

pub use companion::Elbv2;
pub use gate::{Gate, Traffic, Verdict};
pub use outside::{Instances, Life, Look, Outside, Seen, Sockets, Wait};
pub use routes::Facts;
pub use rows::Tables;
pub use service::service;
pub use targets::{State, Target, TargetState};
