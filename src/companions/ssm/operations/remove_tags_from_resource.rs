//! `RemoveTagsFromResource`: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RemoveTagsFromResource.html>

use crate::companions::ssm::tags;
use crate::server::Call;
use ssm_api::error::RemoveTagsFromResourceError;
use ssm_api::input::RemoveTagsFromResourceInput;
use ssm_api::output::RemoveTagsFromResourceOutput;

/// Takes tags off a parameter; those it does not have change nothing.
pub async fn remove_tags_from_resource(
    input: RemoveTagsFromResourceInput,
    call: Call,
) -> Result<RemoveTagsFromResourceOutput, RemoveTagsFromResourceError> {
    let ssm = &call.app.ssm;
    let (kind, id) = (input.resource_type, &input.resource_id);
    let key = tags::resource::<RemoveTagsFromResourceError>(ssm, &call.scope, kind, id)?;
    let write = ssm.write(move |tables, tx| {
        let mut row = (*tags::row_in(tables, tx, &key)?).clone();
        row.tags.retain(|name, _| !input.tag_keys.contains(name));
        tx.put(&tables.parameters, key, row);
        Ok::<_, RemoveTagsFromResourceError>(())
    });
    write.await?;
    Ok(RemoveTagsFromResourceOutput {})
}
