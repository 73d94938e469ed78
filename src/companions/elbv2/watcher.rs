//! Who looks after one target: looks at it while its group is in use, or sees it off.
//!
//! Invariant: failed looks count once per interval; looks between them only find out sooner that a new target is there.

use super::companion::Elbv2;
use super::health::{Health, Status};
use super::keeper::Order;
use super::outside::{Look, Seen};
use super::pool::{Member, Pool};
use super::rows::{TargetKey, group_of};
use super::settings::Settings;
use crate::aws::Time;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// The first pause between looks at a new target; the next ones are twice as long each, up to the group's interval.
const SOON: Duration = Duration::from_millis(250);

/// Looks at a target until it is dropped.
pub async fn look_after(this: Elbv2, pool: Arc<Pool>, member: Arc<Member>) {
    let mut changes = pool.settings.subscribe();
    let mut counted: Option<Time> = None;
    let mut pause = SOON;
    loop {
        let settings = changes.borrow_and_update().clone();
        if !settings.used {
            member.set_health(Health::default());
            (counted, pause) = (None, SOON);
            if changes.changed().await.is_err() {
                return;
            }
            continue;
        }
        member.set_address(this.locate(&member.key).await);
        let seen = look(&this, member.address(), &settings).await;
        let now = (this.outside.now)();
        let health = member.health();
        let good = health.after(seen, &settings);
        let due = counted.is_none_or(|at| now.since(at) >= settings.interval);
        let after = match due || good.status == Status::Healthy {
            true => good,
            false => health.looked(),
        };
        if due {
            counted = Some(now);
        }
        if member.set_health(after) {
            let (group, target) = (&pool.key.1, &member.key.2);
            tracing::debug!(group, target, status = ?after.status, "a target has changed");
            this.board.tell();
        }
        let waiting = matches!(after.status, Status::New | Status::Initial);
        let wait = match waiting && pause < settings.interval {
            true => pause,
            false => settings.interval,
        };
        pause = (pause * 2).min(settings.interval);
        tokio::select! {
            () = (this.outside.wait)(wait) => (),
            _ = changes.changed() => (),
        }
    }
}

async fn look(this: &Elbv2, address: Option<SocketAddr>, settings: &Settings) -> Seen {
    let Some(mut at) = address else {
        return Seen::Failed;
    };
    if let Some(port) = settings.port {
        at.set_port(port);
    }
    let look = Look {
        at,
        path: settings.path.clone(),
        patience: settings.patience,
    };
    this.outside.sockets.look(look).await
}

/// Waits until a deregistered target is gone, and removes its row.
pub async fn drain(this: Elbv2, key: TargetKey, until: Time) {
    let left = until.since((this.outside.now)());
    (this.outside.wait)(left).await;
    let (tables, target) = (this.tables.clone(), key.clone());
    let gone = this.store.write(move |tx| {
        let row = tx.get(&tables.targets, &target);
        // It may have been registered again.
        if row.is_some_and(|row| row.drained == Some(until)) {
            tx.remove(&tables.targets, &target);
        }
        Ok::<_, Infallible>(())
    });
    if let Err(error) = gone.await {
        tracing::warn!(%error, "a target stays draining until the next start");
    }
    // Not waited for: the keeper ends this task when it follows.
    let order = Order::Group(group_of(&key));
    tokio::spawn(async move { this.settle(vec![order]).await });
}
