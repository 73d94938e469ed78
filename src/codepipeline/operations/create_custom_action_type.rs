//! CreateCustomActionType: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_CreateCustomActionType.html>

use crate::aws::Arn;
use crate::codepipeline::{action_types, custom_types, errors, quotas, tags};
use crate::server::call::Call;
use crate::store::WriteError;
use codepipeline_api::error::CreateCustomActionTypeError;
use codepipeline_api::input::CreateCustomActionTypeInput;
use codepipeline_api::output::CreateCustomActionTypeOutput;
use slipway_runtime::CommonError;

/// A new type, or a deleted one as it was.
pub async fn create_custom_action_type(
    mut input: CreateCustomActionTypeInput,
    call: Call,
) -> Result<CreateCustomActionTypeOutput, CreateCustomActionTypeError> {
    let service = &call.app.codepipeline;
    let tags_given = input.tags.take();
    let definition = custom_types::definition(input);
    custom_types::check(&definition)?;
    let resource = action_types::resource_name(&definition.id);
    let arn = Arn::regional("codepipeline", &call.scope, resource.clone()).to_string();
    tags::check(tags_given.as_deref().unwrap_or_default())?;
    let given = tags_given.clone().unwrap_or_default();
    let tags = tags::merge(&arn, tags::Tags::default(), given)?;
    let (tables, scope) = (service.tables.clone(), call.scope.clone());
    let stored = definition.clone();
    let written = service.store.write(move |tx| {
        let key = action_types::key(&scope, &stored.id);
        // The model lists no exception for this; AWS has one all the same.
        if tx.contains(&tables.action_types, &key) {
            return Err(CommonError::new(errors::action_type_exists(&stored.id)).into());
        }
        let before = tx.get(&tables.deleted_action_types, &key);
        if before.is_some_and(|before| !custom_types::is_same(&before, &stored)) {
            return Err(CommonError::new(errors::action_type_differs(&stored.id)).into());
        }
        quotas::action_types(&tables, tx, &scope)?;
        tx.remove(&tables.deleted_action_types, &key);
        tx.put(&tables.tags, (scope, resource), tags);
        tx.put(&tables.action_types, key, stored);
        Ok::<_, CreateCustomActionTypeError>(())
    });
    written.await.map_err(WriteError::refused)?;
    Ok(CreateCustomActionTypeOutput {
        action_type: custom_types::shown(definition),
        tags: tags_given,
    })
}
