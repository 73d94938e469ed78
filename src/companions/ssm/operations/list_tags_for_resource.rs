//! `ListTagsForResource`: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListTagsForResource.html>

use crate::companions::ssm::{errors, tags};
use crate::server::Call;
use ssm_api::error::ListTagsForResourceError;
use ssm_api::input::ListTagsForResourceInput;
use ssm_api::output::ListTagsForResourceOutput;

/// The tags of a parameter.
pub async fn list_tags_for_resource(
    input: ListTagsForResourceInput,
    call: Call,
) -> Result<ListTagsForResourceOutput, ListTagsForResourceError> {
    let ssm = &call.app.ssm;
    let (kind, id) = (input.resource_type, &input.resource_id);
    let key = tags::resource::<ListTagsForResourceError>(ssm, &call.scope, kind, id)?;
    let row = ssm.tables.parameters.get(&key);
    let row = row.ok_or_else(|| errors::no_resource(id))?;
    Ok(ListTagsForResourceOutput {
        tag_list: Some(tags::shown(&row.tags)),
    })
}
