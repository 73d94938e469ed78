//! AddTagsToOnPremisesInstances: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_AddTagsToOnPremisesInstances.html>

use crate::codedeploy::errors;
use crate::codedeploy::validate::instances as rules;
use crate::server::call::Call;
use crate::store::WriteError;
use codedeploy_api::error::AddTagsToOnPremisesInstancesError;
use codedeploy_api::input::AddTagsToOnPremisesInstancesInput;
use codedeploy_api::output::AddTagsToOnPremisesInstancesOutput;

/// Adds tags to all of the instances or, if one cannot take them, to none.
pub async fn add_tags_to_on_premises_instances(
    input: AddTagsToOnPremisesInstancesInput,
    call: Call,
) -> Result<AddTagsToOnPremisesInstancesOutput, AddTagsToOnPremisesInstancesError> {
    let (tags, names) = (input.tags, input.instance_names);
    rules::tagging::<AddTagsToOnPremisesInstancesError>(&tags, &names, true)?;
    let service = &call.app.codedeploy;
    let (tables, scope) = (service.tables.clone(), call.scope);
    let written = service.store.write(move |tx| {
        for name in names {
            let (key, mut row) = tables.find_registered(tx, &scope, &name)?;
            row.tags.extend(tags.iter().cloned().map(|tag| {
                let text = |of: Option<String>| of.unwrap_or_default();
                (text(tag.key), text(tag.value))
            }));
            if row.tags.len() > rules::MOST_TAGS {
                return Err(AddTagsToOnPremisesInstancesError::from(
                    errors::too_many_instance_tags(&name, rules::MOST_TAGS),
                ));
            }
            tx.put(&tables.instances, key, row);
        }
        Ok(())
    });
    written.await.map_err(WriteError::refused)?;
    Ok(AddTagsToOnPremisesInstancesOutput::default())
}
