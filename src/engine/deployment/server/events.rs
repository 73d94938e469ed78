//! The lifecycle events of an instance, in their order, and who carries each out.
//!
//! Source: contract, codedeploy section 8.2.

pub const BEFORE_BLOCK: &str = "BeforeBlockTraffic";
pub const BLOCK: &str = "BlockTraffic";
pub const AFTER_BLOCK: &str = "AfterBlockTraffic";
pub const APPLICATION_STOP: &str = "ApplicationStop";
pub const ALLOW: &str = "AllowTraffic";
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

/// All events of an instance that is deployed to in place.
pub fn in_place(with_traffic_control: bool) -> Vec<&'static str> {
    if !with_traffic_control {
        return INSTALLING.to_vec();
    }
    let blocking = [BEFORE_BLOCK, BLOCK, AFTER_BLOCK];
    let allowing = ["BeforeAllowTraffic", ALLOW, "AfterAllowTraffic"];
    [&blocking[..], &INSTALLING, &allowing].concat()
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
