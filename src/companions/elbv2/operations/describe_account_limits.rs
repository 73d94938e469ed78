//! `DescribeAccountLimits`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeAccountLimits.html>

use crate::server::Call;
use elbv2_api::error::DescribeAccountLimitsError;
use elbv2_api::input::DescribeAccountLimitsInput;
use elbv2_api::model::Limit;
use elbv2_api::output::DescribeAccountLimitsOutput;

/// What is kept here; AWS has more names, for what slipway does not offer.
const LIMITS: [(&str, &str); 8] = [
    ("application-load-balancers", "200"),
    ("network-load-balancers", "200"),
    ("target-groups", "3000"),
    ("targets-per-target-group", "1000"),
    ("listeners-per-application-load-balancer", "50"),
    ("listeners-per-network-load-balancer", "50"),
    ("rules-per-application-load-balancer", "100"),
    ("target-groups-per-action-on-application-load-balancer", "5"),
];

pub async fn describe_account_limits(
    input: DescribeAccountLimitsInput,
    call: Call,
) -> Result<DescribeAccountLimitsOutput, DescribeAccountLimitsError> {
    let _ = (input, call);
    let limit = |(name, max): &(&str, &str)| Limit {
        name: Some((*name).to_owned()),
        max: Some((*max).to_owned()),
    };
    Ok(DescribeAccountLimitsOutput {
        limits: Some(LIMITS.iter().map(limit).collect()),
        next_marker: None,
    })
}
