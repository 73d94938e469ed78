//! `RegisterTargets`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html>

use crate::server::Call;
use elbv2_api::error::RegisterTargetsError;
use elbv2_api::input::RegisterTargetsInput;
use elbv2_api::output::RegisterTargetsOutput;

pub async fn register_targets(
    input: RegisterTargetsInput,
    call: Call,
) -> Result<RegisterTargetsOutput, RegisterTargetsError> {
    let targets = input.targets;
    call.app
        .elbv2
        .register(&call.scope, &input.target_group_arn, targets)
        .await?;
    Ok(RegisterTargetsOutput {})
}
