//! ListDeploymentConfigs: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListDeploymentConfigs.html>

use crate::aws::page;
use crate::codedeploy::configs;
use crate::codedeploy::pages::{self, PAGE};
use crate::codedeploy::store::names_of;
use crate::server::call::Call;
use crate::store::Direction;
use codedeploy_api::error::ListDeploymentConfigsError;
use codedeploy_api::input::ListDeploymentConfigsInput;
use codedeploy_api::output::ListDeploymentConfigsOutput;
use std::collections::BTreeSet;

/// Names of the predefined configurations and the account's own, in their order, a hundred on a page.
pub async fn list_deployment_configs(
    input: ListDeploymentConfigsInput,
    call: Call,
) -> Result<ListDeploymentConfigsOutput, ListDeploymentConfigsError> {
    let binding = format!("ListDeploymentConfigs/{:?}", call.scope);
    let after = pages::position::<String>(&binding, input.next_token.as_deref())?;
    let table = &call.app.codedeploy.tables.configs;
    // As many at most as an account may make.
    let own = table.range(names_of(&call.scope), Direction::Forward, usize::MAX);
    let own = own.into_iter().map(|((_, name), _)| name);
    let names: BTreeSet<String> = own.chain(configs::predefined_names()).collect();
    let rest = names.into_iter().filter(|name| Some(name) > after.as_ref());
    let (names, next) = page::cut(rest.collect(), PAGE, String::clone);
    Ok(ListDeploymentConfigsOutput {
        deployment_configs_list: Some(names),
        next_token: next.map(|at| page::token(&binding, &at)),
    })
}
