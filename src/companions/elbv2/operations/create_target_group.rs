//! `CreateTargetGroup`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html>

use crate::companions::elbv2::companion::Rows;
use crate::companions::elbv2::rows::Group;
use crate::companions::elbv2::{definition, errors, names, tags};
use crate::server::Call;
use elbv2_api::error::CreateTargetGroupError;
use elbv2_api::input::CreateTargetGroupInput;
use elbv2_api::output::CreateTargetGroupOutput;
use std::sync::Arc;

/// Target groups of all accounts together.
const MOST: usize = 3000;

/// The target group, new or as it is; one that differs in what the request says of it is refused.
pub async fn create_target_group(
    input: CreateTargetGroupInput,
    call: Call,
) -> Result<CreateTargetGroupOutput, CreateTargetGroupError> {
    let elbv2 = &call.app.elbv2;
    names::check_group(&input.name)?;
    let wanted = Group {
        id: names::id(),
        definition: definition::complete(&input)?,
        attributes: Default::default(),
        tags: tags::of(input.tags)?,
    };
    let key = (call.scope.clone(), input.name);
    let own = key.clone();
    let write = elbv2.write(&call.scope, move |tables, scope, tx| {
        let rows = Rows::inside(tables, scope, tx);
        if let Some((_, row)) = rows.group_named(&own.1) {
            return match row.definition == wanted.definition && row.tags == wanted.tags {
                true => Ok((row, Vec::new())),
                false => Err(errors::group_exists(&own.1)),
            };
        }
        if tables.groups.len() >= MOST {
            return Err(errors::too_many_groups());
        }
        tx.put(&tables.groups, own, wanted.clone());
        Ok((Arc::new(wanted), Vec::new()))
    });
    let row = write.await?;
    Ok(CreateTargetGroupOutput {
        target_groups: Some(vec![elbv2.shown_group(&key, &row)]),
    })
}
