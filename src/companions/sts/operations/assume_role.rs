//! `AssumeRole`: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>

use crate::companions::iam::RoleArn;
use crate::companions::sts::Assumed;
use crate::server::call::{Call, Principal};
use crate::server::fault::{AccessDenied, Invalid};
use crate::store::StoreError;
use slipway_runtime::CommonError;
use std::time::Duration;
use sts_api::error::AssumeRoleError;
use sts_api::input::AssumeRoleInput;
use sts_api::model::{AssumedRoleUser, Credentials};
use sts_api::output::AssumeRoleOutput;

const HOUR: i32 = 3600;

/// Keys of a session of the role, if its trust policy names the caller. They are known until they expire.
pub async fn assume_role(
    input: AssumeRoleInput,
    call: Call,
) -> Result<AssumeRoleOutput, AssumeRoleError> {
    let arn = RoleArn::parse(&input.role_arn)
        .ok_or_else(|| refused(format!("{} is invalid", input.role_arn)))?;
    let role = call
        .app
        .iam
        .trusting_role(&input.role_arn, call.principal.arn());
    let role = role.map_err(|_| denied(call.principal.arn(), &input.role_arn))?;
    let seconds = input.duration_seconds.unwrap_or(HOUR);
    if seconds > role.longest_session_seconds {
        return Err(refused(TOO_LONG.to_owned()).into());
    }
    let assumed = Assumed {
        account: arn.account.clone(),
        role: role.name.clone(),
        role_id: role.id.clone(),
        name: input.role_session_name.clone(),
        begins: call.now,
        lasts: Duration::from_secs(u64::try_from(seconds).unwrap_or(0)),
        limits: None,
    };
    let session = call
        .app
        .sts
        .begin(assumed)
        .await
        .unwrap_or_else(|error| StoreError::raise(error));
    let principal =
        Principal::session(&arn.account, &role.name, &role.id, &input.role_session_name);
    Ok(AssumeRoleOutput {
        credentials: Some(Credentials {
            access_key_id: session.access_key_id,
            secret_access_key: session.secret_access_key,
            session_token: session.session_token,
            expiration: session.expires.wire(),
        }),
        assumed_role_user: Some(AssumedRoleUser {
            assumed_role_id: principal.id(),
            arn: principal.arn().to_owned(),
        }),
        source_identity: input.source_identity,
        ..Default::default()
    })
}

const TOO_LONG: &str =
    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";

fn refused(text: String) -> CommonError {
    Invalid::new(text).into()
}

fn denied(caller: &str, role: &str) -> CommonError {
    let text =
        format!("User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role}");
    AccessDenied::new(text).into()
}
