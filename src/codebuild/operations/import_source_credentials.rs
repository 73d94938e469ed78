//! ImportSourceCredentials: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ImportSourceCredentials.html>

use crate::codebuild::{credentials, errors, names};
use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::{ImportSourceCredentialsError, ResourceAlreadyExistsException};
use codebuild_api::input::ImportSourceCredentialsInput;
use codebuild_api::output::ImportSourceCredentialsOutput;

/// The ARN of the provider's credential; one that is there is replaced unless the request says otherwise.
pub async fn import_source_credentials(
    input: ImportSourceCredentialsInput,
    call: Call,
) -> Result<ImportSourceCredentialsOutput, ImportSourceCredentialsError> {
    let service = &call.app.codebuild;
    let keeps = input.should_overwrite == Some(false);
    let credential = credentials::imported(input)?;
    let key = credential.key(&call.scope);
    let arn = names::token_arn(&call.scope, &key.1);
    let taken = errors::credentials_exist(&arn);
    let tables = service.tables.clone();
    let written = service.store.write(move |tx| {
        if keeps && tx.contains(&tables.credentials, &key) {
            return Err(taken);
        }
        tx.put(&tables.credentials, key, credential);
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<ResourceAlreadyExistsException>::refused)?;
    Ok(ImportSourceCredentialsOutput { arn: Some(arn) })
}
