//! `RegisterTaskDefinition`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html>

use crate::aws::{Scope, Time};
use crate::companions::ecs::rows::{Definition, Family};
use crate::companions::ecs::{Ecs, definition, names, tags};
use crate::server::Call;
use ecs_api::error::RegisterTaskDefinitionError;
use ecs_api::input::RegisterTaskDefinitionInput;
use ecs_api::output::RegisterTaskDefinitionOutput;

pub async fn register_task_definition(
    input: RegisterTaskDefinitionInput,
    call: Call,
) -> Result<RegisterTaskDefinitionOutput, RegisterTaskDefinitionError> {
    let principal = call.principal.arn().to_owned();
    let row = register(&call.app.ecs, &call.scope, input, principal, call.now).await?;
    Ok(RegisterTaskDefinitionOutput {
        task_definition: Some(row.shape),
        tags: Some(row.tags),
    })
}

/// The next revision of the family.
pub async fn register(
    ecs: &Ecs,
    scope: &Scope,
    input: RegisterTaskDefinitionInput,
    by: String,
    now: Time,
) -> Result<Definition, RegisterTaskDefinitionError> {
    let mut shape = definition::check(&input)?;
    shape.registered_at = Some(now.wire());
    shape.registered_by = Some(by);
    let mut row = Definition {
        shape,
        tags: tags::fresh(input.tags)?,
    };
    let family_key = (scope.clone(), input.family);
    let write = ecs.write(move |tables, tx| {
        let family = tx.get(&tables.families, &family_key);
        let mut family = family.map_or_else(Family::default, |family| Family::clone(&family));
        family.newest += 1;
        family.active.insert(family.newest);
        let key = (family_key.0.clone(), family_key.1.clone(), family.newest);
        row.shape.revision = i32::try_from(family.newest).ok();
        row.shape.task_definition_arn = Some(names::definition_arn(&key));
        tx.put(&tables.families, family_key, family);
        tx.put(&tables.definitions, key, row.clone());
        Ok::<_, RegisterTaskDefinitionError>(row)
    });
    write.await
}
