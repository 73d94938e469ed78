//! ListGitHubAccountTokenNames: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListGitHubAccountTokenNames.html>

use crate::codedeploy::pages;
use crate::server::call::Call;
use codedeploy_api::error::ListGitHubAccountTokenNamesError;
use codedeploy_api::input::ListGitHubAccountTokenNamesInput;
use codedeploy_api::output::ListGitHubAccountTokenNamesOutput;

/// Tokens are made by connecting a GitHub account in AWS's console, which nobody can do here: there are none.
pub async fn list_git_hub_account_token_names(
    input: ListGitHubAccountTokenNamesInput,
    _call: Call,
) -> Result<ListGitHubAccountTokenNamesOutput, ListGitHubAccountTokenNamesError> {
    // No page has a token.
    pages::position::<String>("ListGitHubAccountTokenNames", input.next_token.as_deref())?;
    Ok(ListGitHubAccountTokenNamesOutput {
        token_name_list: Some(Vec::new()),
        next_token: None,
    })
}
