//! RegisterOnPremisesInstance: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_RegisterOnPremisesInstance.html>

use crate::aws::{Arn, ids};
use crate::codedeploy::errors;
use crate::codedeploy::instances::{Iam, Instance};
use crate::codedeploy::tags::Tags;
use crate::codedeploy::validate::instances as rules;
use crate::server::call::Call;
use crate::store::WriteError;
use codedeploy_api::error::RegisterOnPremisesInstanceError;
use codedeploy_api::input::RegisterOnPremisesInstanceInput;
use codedeploy_api::output::RegisterOnPremisesInstanceOutput;

/// Registers an instance, or one again that was deregistered: with a new ARN and no tags.
pub async fn register_on_premises_instance(
    input: RegisterOnPremisesInstanceInput,
    call: Call,
) -> Result<RegisterOnPremisesInstanceOutput, RegisterOnPremisesInstanceError> {
    rules::name::<RegisterOnPremisesInstanceError>(&input.instance_name)?;
    let iam =
        rules::iam::<RegisterOnPremisesInstanceError>(input.iam_user_arn, input.iam_session_arn)?;
    let service = &call.app.codedeploy;
    let (tables, now) = (service.tables.clone(), call.now);
    let key = (call.scope, input.instance_name);
    let written = service.store.write(move |tx| {
        let present = tx.get(&tables.instances, &key);
        if present.is_some_and(|row| row.is_registered()) {
            return Err(RegisterOnPremisesInstanceError::from(
                errors::instance_registered(&key.1),
            ));
        }
        let owned = (key.0.clone(), iam.arn().to_owned());
        if tx.contains(&tables.instance_arns, &owned) {
            return Err(match &iam {
                Iam::User(arn) => errors::user_arn_used(arn).into(),
                Iam::Session(arn) => errors::session_arn_used(arn).into(),
            });
        }
        let suffix = ids::alphanumeric(SUFFIX);
        let resource = format!("instance/{}_{suffix}", key.1);
        let instance = Instance {
            arn: Arn::regional("codedeploy", &key.0, resource).to_string(),
            iam,
            registered: now,
            deregistered: None,
            tags: Tags::new(),
        };
        tx.put(&tables.instance_arns, owned, key.1.clone());
        tx.put(&tables.instances, key, instance);
        Ok(())
    });
    written.await.map_err(WriteError::refused)?;
    Ok(RegisterOnPremisesInstanceOutput::default())
}

/// Random letters and digits at the end of an instance's ARN.
const SUFFIX: usize = 10;
