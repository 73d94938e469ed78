//! Who asks: what the front layer found out about a request before it reached S3.

use crate::aws::{Account, Region, Scope, Time};
use crate::companions::SessionLimits;

/// The identity behind a request, and when it came. Travels as a request extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub account: Account,
    pub region: Region,
    /// ARN of the user, role session or account root.
    pub principal: String,
    /// Shown in `x-amz-request-id` and in error bodies.
    pub request_id: String,
    pub now: Time,
    /// What the session behind the request may do, where that is less than its role may.
    pub limits: Option<SessionLimits>,
}

impl Caller {
    pub fn scope(&self) -> Scope {
        Scope::new(self.account.clone(), self.region.clone())
    }
}
