//! `DescribeCapacityReservation`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeCapacityReservation.html>

use crate::server::Call;
use elbv2_api::error::DescribeCapacityReservationError;
use elbv2_api::input::DescribeCapacityReservationInput;
use elbv2_api::output::DescribeCapacityReservationOutput;

/// No load balancer has reserved capacity.
pub async fn describe_capacity_reservation(
    input: DescribeCapacityReservationInput,
    call: Call,
) -> Result<DescribeCapacityReservationOutput, DescribeCapacityReservationError> {
    call.app
        .elbv2
        .rows(&call.scope)
        .balancer(&input.load_balancer_arn)?;
    Ok(DescribeCapacityReservationOutput {
        capacity_reservation_state: Some(Vec::new()),
        ..DescribeCapacityReservationOutput::default()
    })
}
