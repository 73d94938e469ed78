//! CreateApplication: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateApplication.html>

use crate::aws::ids;
use crate::codedeploy::errors;
use crate::codedeploy::store::{Application, names_of};
use crate::codedeploy::tags::{self, Tags};
use crate::server::call::Call;
use crate::store::{Direction, WriteError};
use codedeploy_api::error::CreateApplicationError;
use codedeploy_api::input::CreateApplicationInput;
use codedeploy_api::model::ComputePlatform;
use codedeploy_api::output::CreateApplicationOutput;

/// A new application with its tags; a name that is taken is refused.
pub async fn create_application(
    input: CreateApplicationInput,
    call: Call,
) -> Result<CreateApplicationOutput, CreateApplicationError> {
    let service = &call.app.codedeploy;
    let (tables, scope, now) = (service.tables.clone(), call.scope, call.now);
    let written = service.store.write(move |tx| {
        let key = (scope, input.application_name);
        if tx.contains(&tables.applications, &key) {
            return Err(CreateApplicationError::from(errors::application_exists(
                &key.1,
            )));
        }
        let all = names_of(&key.0);
        let count = tx.range(&tables.applications, all, Direction::Forward, MOST);
        if count.len() == MOST {
            return Err(errors::too_many_applications(MOST).into());
        }
        let tags = tags::merged(Tags::new(), input.tags.as_deref().unwrap_or_default())?;
        let application = Application {
            id: ids::uuid(),
            platform: input.compute_platform.unwrap_or(ComputePlatform::Server),
            created: now,
        };
        let id = application.id.clone();
        tx.put(&tables.tags, (key.0.clone(), id.clone()), tags);
        tx.put(&tables.applications, key, application);
        Ok(id)
    });
    let id = written.await.map_err(WriteError::refused)?;
    Ok(CreateApplicationOutput {
        application_id: Some(id),
    })
}

/// Applications of an account in a region.
const MOST: usize = 1000;
