//! `CreateListener`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html>

use crate::companions::elbv2::companion::{Rows, balancer_arn};
use crate::companions::elbv2::rows::{Listener, Rule};
use crate::companions::elbv2::{actions, changes, errors, listening, names, tags};
use crate::server::Call;
use elbv2_api::error::CreateListenerError;
use elbv2_api::input::CreateListenerInput;
use elbv2_api::output::CreateListenerOutput;
use std::sync::Arc;

/// Listeners of a load balancer.
const MOST: usize = 50;

/// The listener listens when this answers.
pub async fn create_listener(
    input: CreateListenerInput,
    call: Call,
) -> Result<CreateListenerOutput, CreateListenerError> {
    let elbv2 = &call.app.elbv2;
    let kept = tags::of(input.tags)?;
    let wanted = listening::Wanted {
        protocol: input.protocol,
        port: input.port,
        ssl_policy: input.ssl_policy,
        certificates: input.certificates,
        alpn_policy: input.alpn_policy,
        mutual_authentication: input.mutual_authentication,
    };
    let (arn, given) = (input.load_balancer_arn, input.default_actions);
    let write = elbv2.write(&call.scope, move |tables, scope, tx| {
        let rows = Rows::inside(tables, scope, tx);
        let (owner_key, owner) = rows.balancer(&arn)?;
        let definition = listening::complete(owner.kind, wanted)?;
        let others = tables.listeners_in(tx, &owner_key);
        if others
            .iter()
            .any(|(_, other)| other.definition.port == definition.port)
        {
            return Err(errors::listener_exists(&balancer_arn(&owner_key, &owner)));
        }
        if others.len() >= MOST {
            return Err(errors::too_many_listeners(&arn));
        }
        let rule = Rule {
            priority: None,
            conditions: Vec::new(),
            actions: actions::accept(&rows, &owner_key, owner.kind, given)?,
            tags: Default::default(),
        };
        let row = Listener {
            definition,
            attributes: Default::default(),
            tags: kept,
        };
        let key = (owner_key.0, owner_key.1, names::id());
        let default = (key.0.clone(), key.1.clone(), key.2.clone(), names::id());
        let groups = tables.put_rule(tx, default, rule);
        tx.put(&tables.listeners, key.clone(), row.clone());
        let orders = changes::orders(key.clone(), groups);
        Ok(((key, Arc::new(row), owner), orders))
    });
    let (key, row, owner) = write.await?;
    Ok(CreateListenerOutput {
        listeners: Some(vec![elbv2.shown_listener(&key, &row, &owner)]),
    })
}
