//! `DeleteService`: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html>

use crate::companions::ecs::rows::{Service, ServiceStatus};
use crate::companions::ecs::scheduler::turn;
use crate::companions::ecs::{errors, view};
use crate::server::Call;
use ecs_api::error::DeleteServiceError;
use ecs_api::input::DeleteServiceInput;
use ecs_api::model::SchedulingStrategy;
use ecs_api::output::DeleteServiceOutput;

/// It drains: its tasks are stopped, and when the last one has, it is `INACTIVE`.
pub async fn delete_service(
    input: DeleteServiceInput,
    call: Call,
) -> Result<DeleteServiceOutput, DeleteServiceError> {
    let ecs = &call.app.ecs;
    let cluster = input.cluster.as_deref();
    let (key, _) = ecs.service::<DeleteServiceError>(&call.scope, cluster, &input.service)?;
    let (put, now, force) = (key.clone(), call.now, input.force == Some(true));
    let write = ecs.write(move |tables, tx| {
        let row = tx.get(&tables.services, &put);
        let mut service = Service::clone(&*row.ok_or_else(errors::no_service)?);
        if service.status == ServiceStatus::Inactive {
            return Err(errors::no_service().into());
        }
        check(&service, force)?;
        service.status = ServiceStatus::Draining;
        let shown = service.clone();
        let effects = turn(tables, tx, &put, service, now);
        Ok::<_, DeleteServiceError>((shown, effects))
    });
    let (service, effects) = write.await?;
    ecs.follow(&key, effects);
    Ok(DeleteServiceOutput {
        service: Some(view::service(ecs, &key, &service, true)),
    })
}

fn check(service: &Service, force: bool) -> Result<(), DeleteServiceError> {
    let daemon = service.settings.scheduling_strategy == Some(SchedulingStrategy::Daemon);
    let scaled = service.desired > 0 && !service.sets.is_empty();
    if scaled && !daemon && !force {
        let text = "The service cannot be stopped while it is scaled above 0.";
        return Err(errors::invalid(text).into());
    }
    Ok(())
}
