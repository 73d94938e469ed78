//! DeleteSourceCredentials: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteSourceCredentials.html>

use crate::codebuild::errors;
use crate::codebuild::names::{self, TOKEN};
use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::{DeleteSourceCredentialsError, ResourceNotFoundException};
use codebuild_api::input::DeleteSourceCredentialsInput;
use codebuild_api::output::DeleteSourceCredentialsOutput;

/// The ARN of the credential that is gone.
pub async fn delete_source_credentials(
    input: DeleteSourceCredentialsInput,
    call: Call,
) -> Result<DeleteSourceCredentialsOutput, DeleteSourceCredentialsError> {
    let service = &call.app.codebuild;
    let absent = errors::credentials_not_found(&input.arn);
    let Some(server) = names::of_arn(&call.scope, &input.arn, TOKEN)? else {
        return Err(absent.into());
    };
    let key = (call.scope.clone(), server.to_owned());
    let tables = service.tables.clone();
    let written = service.store.write(move |tx| {
        let gone = tx.remove(&tables.credentials, &key);
        gone.map(drop).ok_or(absent)
    });
    written
        .await
        .map_err(WriteError::<ResourceNotFoundException>::refused)?;
    Ok(DeleteSourceCredentialsOutput {
        arn: Some(input.arn),
    })
}
