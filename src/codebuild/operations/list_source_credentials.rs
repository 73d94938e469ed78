//! ListSourceCredentials: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListSourceCredentials.html>

use crate::codebuild::named::LAST;
use crate::server::call::Call;
use crate::store::Direction;
use codebuild_api::error::ListSourceCredentialsError;
use codebuild_api::input::ListSourceCredentialsInput;
use codebuild_api::output::ListSourceCredentialsOutput;

/// One for each provider at most.
const MOST: usize = 16;

/// The account's credentials without their secrets.
pub async fn list_source_credentials(
    _input: ListSourceCredentialsInput,
    call: Call,
) -> Result<ListSourceCredentialsOutput, ListSourceCredentialsError> {
    let table = &call.app.codebuild.tables.credentials;
    let all = (call.scope.clone(), String::new())..=(call.scope.clone(), LAST.to_owned());
    let rows = table.range(all, Direction::Forward, MOST);
    let infos = rows.iter().map(|(_, row)| row.info(&call.scope));
    Ok(ListSourceCredentialsOutput {
        source_credentials_infos: Some(infos.collect()),
    })
}
