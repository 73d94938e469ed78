//! RemoveTagsFromOnPremisesInstances: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_RemoveTagsFromOnPremisesInstances.html>

use crate::codedeploy::validate::instances as rules;
use crate::server::call::Call;
use crate::store::WriteError;
use codedeploy_api::error::InstanceNotRegisteredException;
use codedeploy_api::error::RemoveTagsFromOnPremisesInstancesError;
use codedeploy_api::input::RemoveTagsFromOnPremisesInstancesInput;
use codedeploy_api::output::RemoveTagsFromOnPremisesInstancesOutput;

/// Takes tags of that key and value away, with an empty value whatever the value is; absent ones are ignored.
pub async fn remove_tags_from_on_premises_instances(
    input: RemoveTagsFromOnPremisesInstancesInput,
    call: Call,
) -> Result<RemoveTagsFromOnPremisesInstancesOutput, RemoveTagsFromOnPremisesInstancesError> {
    let (tags, names) = (input.tags, input.instance_names);
    rules::tagging::<RemoveTagsFromOnPremisesInstancesError>(&tags, &names, false)?;
    let service = &call.app.codedeploy;
    let (tables, scope) = (service.tables.clone(), call.scope);
    let written = service.store.write(move |tx| {
        for name in names {
            let (key, mut row) = tables.find_registered(tx, &scope, &name)?;
            row.tags.retain(|key, value| {
                !tags.iter().any(|tag| {
                    let given = tag.value.as_deref().unwrap_or_default();
                    tag.key.as_ref() == Some(key) && (given.is_empty() || given == value)
                })
            });
            tx.put(&tables.instances, key, row);
        }
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<InstanceNotRegisteredException>::refused)?;
    Ok(RemoveTagsFromOnPremisesInstancesOutput::default())
}
