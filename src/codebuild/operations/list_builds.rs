//! ListBuilds: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListBuilds.html>

use crate::codebuild::named::LAST;
use crate::codebuild::pages::List;
use crate::server::call::Call;
use crate::store::Direction;
use codebuild_api::error::ListBuildsError;
use codebuild_api::input::ListBuildsInput;
use codebuild_api::output::ListBuildsOutput;

/// Ids of the account's builds in the order of the ids; a hundred on a page.
pub async fn list_builds(
    input: ListBuildsInput,
    call: Call,
) -> Result<ListBuildsOutput, ListBuildsError> {
    let list = List::new(format!("ListBuilds/{:?}", call.scope), &input.next_token)
        .ordered(input.sort_order, Direction::Forward);
    let settings = &call.app.codebuild.tables.settings;
    let at = |id: &str| (call.scope.clone(), id.to_owned());
    let (ids, next) = list.page(at(""), at(LAST), |range, direction, limit| {
        let rows = settings.range(range, direction, limit);
        let rows = rows.unwrap_or_else(|fault| fault.raise());
        rows.into_iter()
            .map(|(key, _)| (key.clone(), key.1))
            .collect()
    })?;
    Ok(ListBuildsOutput {
        ids: Some(ids),
        next_token: next,
    })
}
