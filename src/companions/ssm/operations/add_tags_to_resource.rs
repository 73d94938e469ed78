//! `AddTagsToResource`: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AddTagsToResource.html>

use crate::companions::ssm::{errors, tags};
use crate::server::Call;
use ssm_api::error::AddTagsToResourceError;
use ssm_api::input::AddTagsToResourceInput;
use ssm_api::output::AddTagsToResourceOutput;

/// Adds tags to a parameter, or replaces their values.
pub async fn add_tags_to_resource(
    input: AddTagsToResourceInput,
    call: Call,
) -> Result<AddTagsToResourceOutput, AddTagsToResourceError> {
    let ssm = &call.app.ssm;
    let (kind, id) = (input.resource_type, &input.resource_id);
    let key = tags::resource::<AddTagsToResourceError>(ssm, &call.scope, kind, id)?;
    let write = ssm.write(move |tables, tx| {
        let mut row = (*tags::row_in(tables, tx, &key)?).clone();
        row.tags.extend(tags::map(input.tags));
        if row.tags.len() > tags::MOST {
            return Err(AddTagsToResourceError::from(errors::too_many_tags()));
        }
        tx.put(&tables.parameters, key, row);
        Ok(())
    });
    write.await?;
    Ok(AddTagsToResourceOutput {})
}
