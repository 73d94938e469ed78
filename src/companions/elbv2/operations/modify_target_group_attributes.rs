//! `ModifyTargetGroupAttributes`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyTargetGroupAttributes.html>

use crate::companions::elbv2::companion::Rows;
use crate::companions::elbv2::rows::Group;
use crate::companions::elbv2::{attributes, view};
use crate::server::Call;
use elbv2_api::error::ModifyTargetGroupAttributesError;
use elbv2_api::input::ModifyTargetGroupAttributesInput;
use elbv2_api::model::TargetGroupAttribute;
use elbv2_api::output::ModifyTargetGroupAttributesOutput;

pub async fn modify_target_group_attributes(
    input: ModifyTargetGroupAttributesInput,
    call: Call,
) -> Result<ModifyTargetGroupAttributesOutput, ModifyTargetGroupAttributesError> {
    let given = input
        .attributes
        .into_iter()
        .map(|attribute| (attribute.key, attribute.value));
    let (arn, given) = (input.target_group_arn, given.collect());
    let write = call.app.elbv2.write(&call.scope, move |tables, scope, tx| {
        let (key, row) = Rows::inside(tables, scope, tx).group(&arn)?;
        let mut row = Group::clone(&row);
        attributes::set_group(&mut row, given)?;
        let shown = attributes::of_group(&row);
        tx.put(&tables.groups, key, row);
        Ok((shown, Vec::new()))
    });
    let shown = view::pairs(write.await?, |key, value| TargetGroupAttribute {
        key,
        value,
    });
    Ok(ModifyTargetGroupAttributesOutput {
        attributes: Some(shown),
    })
}
