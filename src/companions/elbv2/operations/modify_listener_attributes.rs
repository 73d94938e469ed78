//! `ModifyListenerAttributes`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListenerAttributes.html>

use crate::companions::elbv2::companion::Rows;
use crate::companions::elbv2::rows::Listener;
use crate::companions::elbv2::{attributes, listening, view};
use crate::server::Call;
use elbv2_api::error::ModifyListenerAttributesError;
use elbv2_api::input::ModifyListenerAttributesInput;
use elbv2_api::model::ListenerAttribute;
use elbv2_api::output::ModifyListenerAttributesOutput;

pub async fn modify_listener_attributes(
    input: ModifyListenerAttributesInput,
    call: Call,
) -> Result<ModifyListenerAttributesOutput, ModifyListenerAttributesError> {
    let given = input
        .attributes
        .into_iter()
        .map(|attribute| (attribute.key, attribute.value));
    let (arn, given) = (input.listener_arn, given.collect());
    let write = call.app.elbv2.write(&call.scope, move |tables, scope, tx| {
        let rows = Rows::inside(tables, scope, tx);
        let (key, row) = rows.listener(&arn)?;
        let (_, owner) = rows.owner(&key.1)?;
        let mut row = Listener::clone(&row);
        let secure = listening::is_secure(&row.definition);
        attributes::set_listener(owner.kind, secure, &mut row.attributes, given)?;
        let shown = attributes::of_listener(owner.kind, secure, &row.attributes);
        tx.put(&tables.listeners, key, row);
        Ok((shown, Vec::new()))
    });
    let shown = view::pairs(write.await?, |key, value| ListenerAttribute { key, value });
    Ok(ModifyListenerAttributesOutput {
        attributes: Some(shown),
    })
}
