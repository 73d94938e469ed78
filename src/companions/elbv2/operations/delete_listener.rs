//! `DeleteListener`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteListener.html>

use crate::companions::elbv2::changes;
use crate::companions::elbv2::companion::Rows;
use crate::server::Call;
use elbv2_api::error::DeleteListenerError;
use elbv2_api::input::DeleteListenerInput;
use elbv2_api::output::DeleteListenerOutput;

/// Nothing listens any more when this answers; requests that have begun are finished.
pub async fn delete_listener(
    input: DeleteListenerInput,
    call: Call,
) -> Result<DeleteListenerOutput, DeleteListenerError> {
    let arn = input.listener_arn;
    let write = call.app.elbv2.write(&call.scope, move |tables, scope, tx| {
        let (key, _) = Rows::inside(tables, scope, tx).listener(&arn)?;
        Ok(((), changes::remove_listener(tables, tx, key)))
    });
    write.await?;
    Ok(DeleteListenerOutput {})
}
