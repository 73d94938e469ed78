//! `GetAccountSettings`: <https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html>

use crate::companions::lambda::code::MOST_UNPACKED;
use crate::companions::lambda::run::MOST_TOGETHER;
use crate::companions::lambda::store::functions_of;
use crate::server::Call;
use crate::store::Direction;
use lambda_api::error::GetAccountSettingsError;
use lambda_api::input::GetAccountSettingsInput;
use lambda_api::model::{AccountLimit, AccountUsage};
use lambda_api::output::GetAccountSettingsOutput;

/// AWS's limits of code and ours of calls at a time, and what the account has.
pub async fn get_account_settings(
    _input: GetAccountSettingsInput,
    call: Call,
) -> Result<GetAccountSettingsOutput, GetAccountSettingsError> {
    let functions = &call.app.lambda.tables.functions;
    let all = functions.range(functions_of(&call.scope), Direction::Forward, usize::MAX);
    let size = all.iter().map(|(_, row)| row.latest.code.size).sum::<u64>();
    let reserved = all.iter().filter_map(|(_, row)| row.reserved);
    let reserved: usize = reserved.map(|reserved| reserved as usize).sum();
    let unreserved = MOST_TOGETHER.saturating_sub(reserved);
    Ok(GetAccountSettingsOutput {
        account_limit: Some(AccountLimit {
            total_code_size: Some(80_530_636_800),
            code_size_unzipped: i64::try_from(MOST_UNPACKED).ok(),
            code_size_zipped: Some(52_428_800),
            concurrent_executions: i32::try_from(MOST_TOGETHER).ok(),
            unreserved_concurrent_executions: i32::try_from(unreserved).ok(),
        }),
        account_usage: Some(AccountUsage {
            total_code_size: i64::try_from(size).ok(),
            function_count: i64::try_from(all.len()).ok(),
        }),
    })
}
