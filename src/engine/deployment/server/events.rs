//! The lifecycle events of an instance, in their order, and who carries each out.
//!
//! Source: contract, codedeploy section 8.2.

use super::plan::ServerWork;
use crate::engine::deployment::color::Color;

pub const BEFORE_BLOCK: &str = "BeforeBlockTraffic";
pub const BLOCK: &str = "BlockTraffic";
pub const AFTER_BLOCK: &str = "AfterBlockTraffic";
pub const APPLICATION_STOP: &str = "ApplicationStop";
pub const BEFORE_ALLOW: &str = "BeforeAllowTraffic";
pub const ALLOW: &str = "AllowTraffic";
pub const AFTER_ALLOW: &str = "AfterAllowTraffic";
pub const INSTALL: &str = "Install";

const INSTALLING: [&str; 7] = [
    APPLICATION_STOP,
    "DownloadBundle",
    "BeforeInstall",
    INSTALL,
    "AfterInstall",
    "ApplicationStart",
    "ValidateService",
];

const BLOCKING: [&str; 3] = [BEFORE_BLOCK, BLOCK, AFTER_BLOCK];
const ALLOWING: [&str; 3] = [BEFORE_ALLOW, ALLOW, AFTER_ALLOW];

/// All events of an instance with this label.
pub fn of(work: &ServerWork, label: Option<Color>) -> Vec<&'static str> {
    match (label, work.goes_back()) {
        (None, _) => in_place(work.balancers.is_some()),
        (Some(Color::Green), false) => [&INSTALLING[..], &ALLOWING].concat(),
        (Some(Color::Blue), false) | (Some(Color::Green), true) => BLOCKING.to_vec(),
        (Some(Color::Blue), true) => ALLOWING.to_vec(),
    }
}

/// All events of an instance that is deployed to in place.
fn in_place(with_traffic_control: bool) -> Vec<&'static str> {
    match with_traffic_control {
        true => [&BLOCKING[..], &INSTALLING, &ALLOWING].concat(),
        false => INSTALLING.to_vec(),
    }
}

/// Whether it is about an instance's traffic.
pub fn is_of_traffic(event: &str) -> bool {
    BLOCKING.contains(&event) || ALLOWING.contains(&event)
}

/// Whether the server carries it out; otherwise an agent does.
pub fn is_ours(event: &str) -> bool {
    [BLOCK, ALLOW].contains(&event)
}

/// Whether it uses the revision that was there before, so that its failure may be ignored.
pub fn is_of_the_previous_revision(event: &str) -> bool {
    [APPLICATION_STOP, BEFORE_BLOCK, AFTER_BLOCK].contains(&event)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Witness: contract codedeploy §8.2.
    #[test]
    fn events_come_in_their_order() {
        assert_eq!(
            in_place(false).join(" "),
            "ApplicationStop DownloadBundle BeforeInstall Install AfterInstall ApplicationStart ValidateService"
        );
        assert_eq!(
            in_place(true).join(" "),
            "BeforeBlockTraffic BlockTraffic AfterBlockTraffic ApplicationStop DownloadBundle BeforeInstall Install AfterInstall \
             ApplicationStart ValidateService BeforeAllowTraffic AllowTraffic AfterAllowTraffic"
        );
    }
}
