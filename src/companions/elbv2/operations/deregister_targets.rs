//! `DeregisterTargets`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeregisterTargets.html>

use crate::server::Call;
use elbv2_api::error::DeregisterTargetsError;
use elbv2_api::input::DeregisterTargetsInput;
use elbv2_api::output::DeregisterTargetsOutput;

pub async fn deregister_targets(
    input: DeregisterTargetsInput,
    call: Call,
) -> Result<DeregisterTargetsOutput, DeregisterTargetsError> {
    let targets = input.targets;
    call.app
        .elbv2
        .deregister(&call.scope, &input.target_group_arn, targets)
        .await?;
    Ok(DeregisterTargetsOutput {})
}
