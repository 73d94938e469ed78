//! `DescribeTaskDefinition`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html>

use crate::companions::ecs::{definition, errors};
use crate::server::Call;
use ecs_api::error::DescribeTaskDefinitionError;
use ecs_api::input::DescribeTaskDefinitionInput;
use ecs_api::output::DescribeTaskDefinitionOutput;

pub async fn describe_task_definition(
    input: DescribeTaskDefinitionInput,
    call: Call,
) -> Result<DescribeTaskDefinitionOutput, DescribeTaskDefinitionError> {
    let tables = &call.app.ecs.tables;
    let key = definition::find(tables, &call.scope, &input.task_definition);
    let row = key.and_then(|key| tables.definitions.get(&key));
    let row = row.ok_or_else(errors::cannot_describe)?;
    let tagged = input.include.is_some_and(|include| !include.is_empty());
    Ok(DescribeTaskDefinitionOutput {
        task_definition: Some(row.shape.clone()),
        tags: tagged.then(|| row.tags.clone()),
    })
}
