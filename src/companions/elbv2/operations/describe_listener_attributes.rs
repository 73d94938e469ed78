//! `DescribeListenerAttributes`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListenerAttributes.html>

use crate::companions::elbv2::{attributes, listening, view};
use crate::server::Call;
use elbv2_api::error::DescribeListenerAttributesError;
use elbv2_api::input::DescribeListenerAttributesInput;
use elbv2_api::model::ListenerAttribute;
use elbv2_api::output::DescribeListenerAttributesOutput;

pub async fn describe_listener_attributes(
    input: DescribeListenerAttributesInput,
    call: Call,
) -> Result<DescribeListenerAttributesOutput, DescribeListenerAttributesError> {
    let rows = call.app.elbv2.rows(&call.scope);
    let (key, row) = rows.listener(&input.listener_arn)?;
    let (_, owner) = rows.owner(&key.1)?;
    let secure = listening::is_secure(&row.definition);
    let shown = attributes::of_listener(owner.kind, secure, &row.attributes);
    Ok(DescribeListenerAttributesOutput {
        attributes: Some(view::pairs(shown, |key, value| ListenerAttribute {
            key,
            value,
        })),
    })
}
