//! DeleteGitHubAccountToken: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeleteGitHubAccountToken.html>

use crate::codedeploy::errors;
use crate::server::call::Call;
use codedeploy_api::error::DeleteGitHubAccountTokenError;
use codedeploy_api::input::DeleteGitHubAccountTokenInput;
use codedeploy_api::output::DeleteGitHubAccountTokenOutput;

/// There are no tokens (see ListGitHubAccountTokenNames), so that every name is unknown.
pub async fn delete_git_hub_account_token(
    input: DeleteGitHubAccountTokenInput,
    _call: Call,
) -> Result<DeleteGitHubAccountTokenOutput, DeleteGitHubAccountTokenError> {
    let name = input.token_name.filter(|name| !name.is_empty());
    let name = name.ok_or_else(errors::token_name_missing)?;
    Err(errors::token_not_found(&name).into())
}
