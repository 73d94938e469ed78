//! `ModifyListener`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListener.html>

use crate::companions::elbv2::companion::{Rows, balancer_arn};
use crate::companions::elbv2::keeper::Order;
use crate::companions::elbv2::rows::Listener;
use crate::companions::elbv2::{changes, errors, listening};
use crate::server::Call;
use elbv2_api::error::ModifyListenerError;
use elbv2_api::input::ModifyListenerInput;
use elbv2_api::output::ModifyListenerOutput;
use std::sync::Arc;

/// New requests go the new way when this answers; those on their way are not touched.
pub async fn modify_listener(
    input: ModifyListenerInput,
    call: Call,
) -> Result<ModifyListenerOutput, ModifyListenerError> {
    let elbv2 = &call.app.elbv2;
    let wanted = listening::Wanted {
        protocol: input.protocol,
        port: input.port,
        ssl_policy: input.ssl_policy,
        certificates: input.certificates,
        alpn_policy: input.alpn_policy,
        mutual_authentication: input.mutual_authentication,
    };
    let (arn, given) = (input.listener_arn, input.default_actions);
    let write = elbv2.write(&call.scope, move |tables, scope, tx| {
        let rows = Rows::inside(tables, scope, tx);
        let (key, row) = rows.listener(&arn)?;
        let (owner_key, owner) = rows.owner(&key.1)?;
        let mut row = Listener::clone(&row);
        row.definition = listening::complete(owner.kind, wanted.over(&row.definition))?;
        let others = tables.listeners_in(tx, &owner_key);
        let mut others = others.iter().filter(|(other, _)| *other != key);
        if others.any(|(_, other)| other.definition.port == row.definition.port) {
            return Err(errors::listener_exists(&balancer_arn(&owner_key, &owner)));
        }
        let mut orders = vec![Order::Listener(key.clone())];
        if let Some(given) = given {
            let rule = changes::default_rule(tables, tx, &key).ok_or_else(errors::no_listener)?;
            orders = changes::change_rule(tables, scope, tx, rule, Some(given), None)?;
        }
        tx.put(&tables.listeners, key.clone(), row.clone());
        Ok(((key, Arc::new(row), owner), orders))
    });
    let (key, row, owner) = write.await?;
    Ok(ModifyListenerOutput {
        listeners: Some(vec![elbv2.shown_listener(&key, &row, &owner)]),
    })
}
