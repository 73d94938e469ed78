//! PutResourcePolicy: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_PutResourcePolicy.html>

use crate::codebuild::{errors, policies};
use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::{PutResourcePolicyError, ResourceNotFoundException};
use codebuild_api::input::PutResourcePolicyInput;
use codebuild_api::output::PutResourcePolicyOutput;

/// The policy of a project or report group is this text from now on.
pub async fn put_resource_policy(
    input: PutResourcePolicyInput,
    call: Call,
) -> Result<PutResourcePolicyOutput, PutResourcePolicyError> {
    let service = &call.app.codebuild;
    let arn = input.resource_arn;
    let absent = errors::resource_not_found(&arn);
    let Some(resource) = policies::resource(&call.scope, &arn)? else {
        return Err(absent.into());
    };
    let policy = policies::parsed(call.now, &call.scope, &arn, input.policy)?;
    let (tables, key) = (service.tables.clone(), (call.scope, arn.clone()));
    let written = service.store.write(move |tx| {
        if !tables.has(tx, &key.0, &resource) {
            return Err(absent);
        }
        tx.put(&tables.policies.rows, key, policy);
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<ResourceNotFoundException>::refused)?;
    Ok(PutResourcePolicyOutput {
        resource_arn: Some(arn),
    })
}
