//! What a deployment leaves behind: each change of its status, and itself when it is over.

use super::state::{DeploymentState, Status, TargetStatus};
use crate::aws::Time;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// The status has changed; comes before `Finished` when it is the last one.
    Moved { from: Status, to: Status, at: Time },
    /// An instance has begun or ended.
    InstanceMoved {
        /// As targets are called.
        id: String,
        arn: String,
        to: TargetStatus,
        at: Time,
    },
    /// The deployment is over; nothing comes after it.
    Finished(Box<DeploymentState>),
}
