//! `DeregisterTaskDefinition`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html>

use crate::companions::ecs::rows::{Definition, Family};
use crate::companions::ecs::{definition, errors, names};
use crate::server::Call;
use ecs_api::error::DeregisterTaskDefinitionError;
use ecs_api::input::DeregisterTaskDefinitionInput;
use ecs_api::model::TaskDefinitionStatus;
use ecs_api::output::DeregisterTaskDefinitionOutput;

/// The revision becomes inactive; what runs it goes on.
pub async fn deregister_task_definition(
    input: DeregisterTaskDefinitionInput,
    call: Call,
) -> Result<DeregisterTaskDefinitionOutput, DeregisterTaskDefinitionError> {
    let named = names::definition(&call.scope, &input.task_definition);
    if named.is_none_or(|(_, revision)| revision.is_none()) {
        return Err(errors::client("Revision is missing.").into());
    }
    let ecs = &call.app.ecs;
    let key = definition::find(&ecs.tables, &call.scope, &input.task_definition);
    let key = key.ok_or_else(|| errors::client("The specified task definition does not exist."))?;
    let now = call.now;
    let write = ecs.write(move |tables, tx| {
        let row = tx.get(&tables.definitions, &key);
        let mut row = Definition::clone(&*row.ok_or_else(errors::no_definition)?);
        row.shape.status = Some(TaskDefinitionStatus::Inactive);
        row.shape.deregistered_at.get_or_insert(now.wire());
        let family_key = (key.0.clone(), key.1.clone());
        if let Some(family) = tx.get(&tables.families, &family_key) {
            let mut family = Family::clone(&family);
            family.active.remove(&key.2);
            tx.put(&tables.families, family_key, family);
        }
        tx.put(&tables.definitions, key, row.clone());
        Ok::<_, DeregisterTaskDefinitionError>(row)
    });
    let row = write.await?;
    Ok(DeregisterTaskDefinitionOutput {
        task_definition: Some(row.shape),
    })
}
