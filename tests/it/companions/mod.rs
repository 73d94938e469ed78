//! The neighbours, over the wire.

mod cloudwatch;
mod ec2;
mod ecs;
mod elbv2;
mod iam;
mod lambda;
mod query;
mod secretsmanager;
mod sns;
mod ssm;
mod sts;
