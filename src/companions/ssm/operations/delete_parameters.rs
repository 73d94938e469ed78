//! `DeleteParameters`: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameters.html>

use crate::server::Call;
use ssm_api::error::DeleteParametersError;
use ssm_api::input::DeleteParametersInput;
use ssm_api::output::DeleteParametersOutput;

/// Deletes those parameters that are there, together, and names the others.
pub async fn delete_parameters(
    input: DeleteParametersInput,
    call: Call,
) -> Result<DeleteParametersOutput, DeleteParametersError> {
    let ssm = &call.app.ssm;
    let found: Vec<_> = input
        .names
        .into_iter()
        .map(|name| (ssm.key(&call.scope, &name), name))
        .collect();
    let write = ssm.write(move |tables, tx| {
        let mut deleted = Vec::new();
        let mut invalid = Vec::new();
        for (key, name) in found {
            match key.is_some_and(|key| tables.remove(tx, &key)) {
                true => deleted.push(name),
                false => invalid.push(name),
            }
        }
        Ok::<_, DeleteParametersError>((deleted, invalid))
    });
    let (deleted, invalid) = write.await?;
    Ok(DeleteParametersOutput {
        deleted_parameters: Some(deleted),
        invalid_parameters: Some(invalid),
    })
}
