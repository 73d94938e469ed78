//! DeleteCustomActionType: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_DeleteCustomActionType.html>

use crate::codepipeline::action_types;
use crate::server::call::Call;
use crate::store::WriteError;
use codepipeline_api::error::DeleteCustomActionTypeError;
use codepipeline_api::input::DeleteCustomActionTypeInput;
use codepipeline_api::model::{ActionOwner, ActionTypeId};
use codepipeline_api::output::DeleteCustomActionTypeOutput;

/// Marks the type as deleted and forgets its tags; one that is not there is deleted just as well.
pub async fn delete_custom_action_type(
    input: DeleteCustomActionTypeInput,
    call: Call,
) -> Result<DeleteCustomActionTypeOutput, DeleteCustomActionTypeError> {
    let service = &call.app.codepipeline;
    let (tables, scope) = (service.tables.clone(), call.scope);
    let owner = ActionOwner::Custom;
    let id = ActionTypeId::new(input.category, owner, input.provider, input.version);
    let written = service.store.write(move |tx| {
        let key = action_types::key(&scope, &id);
        if let Some(definition) = tx.remove(&tables.action_types, &key) {
            tx.put(&tables.deleted_action_types, key, (*definition).clone());
            tx.remove(&tables.tags, &(scope, action_types::resource_name(&id)));
        }
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<DeleteCustomActionTypeError>::refused)?;
    Ok(DeleteCustomActionTypeOutput::default())
}
