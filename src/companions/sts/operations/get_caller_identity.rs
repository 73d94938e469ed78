//! `GetCallerIdentity`: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>

use crate::server::Call;
use sts_api::error::GetCallerIdentityError;
use sts_api::input::GetCallerIdentityInput;
use sts_api::output::GetCallerIdentityOutput;

pub async fn get_caller_identity(
    _input: GetCallerIdentityInput,
    call: Call,
) -> Result<GetCallerIdentityOutput, GetCallerIdentityError> {
    Ok(GetCallerIdentityOutput {
        user_id: Some(call.principal.id()),
        account: Some(call.account().to_string()),
        arn: Some(call.principal.arn().to_owned()),
    })
}
