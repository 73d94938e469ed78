//! The keeper: one task that lets what is live follow the rows, one order after the other.
//!
//! Invariant: the keeper alone opens, changes and closes what is on the board, so the last order sees the last rows. It waits for
//! orders and does nothing between them.

use super::board::{Open, Shift};
use super::companion::Elbv2;
use super::gate::{Gate, Traffic};
use super::outside::Life;
use super::pool::{Member, Pool};
use super::routes::Routes;
use super::rows::{
    Balancer, GroupKey, Kind, Listener, ListenerKey, Registered, Rule, TargetKey, balancer_of,
};
use super::settings::Settings;
use super::watcher;
use crate::store::Direction;
use elbv2_api::model::ProtocolEnum;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    Listener(ListenerKey),
    Group(GroupKey),
}

/// Orders, and who waits until they are followed.
pub struct Message {
    orders: Vec<Order>,
    done: oneshot::Sender<()>,
}

impl Elbv2 {
    /// Opens the listeners that there are and looks at their targets, from now on.
    pub async fn resume(&self) {
        let (inbox, letters) = mpsc::unbounded_channel();
        let shift = Shift {
            inbox,
            end: CancellationToken::new(),
            keeper: TaskTracker::new(),
            tasks: TaskTracker::new(),
        };
        let keeper = self.clone().keep(letters, shift.end.clone());
        self.board.begin(shift.clone());
        shift.keeper.spawn(keeper);
        self.settle(self.everything()).await;
    }

    /// Closes the listeners and looks at nothing any more; requests that have begun are finished.
    pub async fn halt(&self) {
        let Some(shift) = self.board.shift() else {
            return;
        };
        shift.end.cancel();
        // Only then is nothing put on the board any more.
        shift.keeper.close();
        shift.keeper.wait().await;
        for open in self.board.end() {
            open.close().await;
        }
        shift.tasks.close();
        shift.tasks.wait().await;
    }

    fn everything(&self) -> Vec<Order> {
        let groups = self.tables.groups.range(.., Direction::Forward, usize::MAX);
        let groups = groups.into_iter().map(|(key, _)| Order::Group(key));
        let listeners = self
            .tables
            .listeners
            .range(.., Direction::Forward, usize::MAX);
        let listeners = listeners.into_iter().map(|(key, _)| Order::Listener(key));
        groups.chain(listeners).collect()
    }

    /// Waits until the keeper has followed these orders; returns at once when nothing is live.
    pub(super) async fn settle(&self, orders: Vec<Order>) {
        let (done, followed) = oneshot::channel();
        let shift = self.board.shift();
        if let Some(shift) = shift.filter(|_| !orders.is_empty())
            && shift.inbox.send(Message { orders, done }).is_ok()
        {
            let _ = followed.await;
        }
    }

    async fn keep(self, mut letters: mpsc::UnboundedReceiver<Message>, end: CancellationToken) {
        loop {
            let message = tokio::select! {
                message = letters.recv() => message,
                () = end.cancelled() => None,
            };
            let Some(message) = message else {
                return;
            };
            for order in message.orders {
                match order {
                    Order::Listener(key) => self.keep_listener(key).await,
                    Order::Group(key) => self.keep_group(key).await,
                }
            }
            let _ = message.done.send(());
        }
    }

    async fn keep_listener(&self, key: ListenerKey) {
        let row = self.tables.listeners.get(&key);
        let owner = self.tables.balancers.get(&balancer_of(&key));
        let Some((row, owner)) = row.zip(owner) else {
            if let Some(open) = self.board.forget_open(&key) {
                open.close().await;
            }
            return;
        };
        let routes = Arc::new(self.routes(&key, &owner));
        let (port, secure) = asked(&row);
        let before = self.board.open(&key);
        if let Some(open) = &before
            && (open.port, open.secure) == (port, secure)
            && open.at.is_ok()
        {
            open.routes.send_replace(routes);
            return;
        }
        // The port may be the one it has: first closed, then opened.
        if let Some(open) = before {
            open.close().await;
        }
        let open = self.listen(&key, &owner, (port, secure), routes).await;
        self.board.put_open(key, open);
    }

    fn routes(&self, key: &ListenerKey, owner: &Balancer) -> Routes {
        let rules = self.tables.rules_of(key);
        let rules = rules.iter().map(|(_, rule)| -> &Rule { rule });
        let idle = owner.attributes.get("idle_timeout.timeout_seconds");
        let idle = idle.and_then(|text| text.parse().ok()).unwrap_or(60);
        let pool = &mut |group| self.board.pool_or_new(group);
        Routes::new(&key.0, rules, Duration::from_secs(idle), pool)
    }

    /// Listens on the port that is asked for, or else on any that is free.
    async fn listen(
        &self,
        key: &ListenerKey,
        owner: &Balancer,
        (port, secure): (u16, bool),
        routes: Arc<Routes>,
    ) -> Open {
        let (sender, receiver) = watch::channel(routes);
        let life = Life::default();
        let gate = Gate {
            traffic: match owner.kind {
                Kind::Application => Traffic::Http,
                Kind::Network => Traffic::Tcp,
            },
            scheme: if secure { "https" } else { "http" },
            port,
            routes: receiver,
        };
        let at = |port| SocketAddr::new(IpAddr::V4(owner.address), port);
        let sockets = &self.outside.sockets;
        let mut opened = sockets.serve(at(port), gate.clone(), life.clone()).await;
        if let Err(error) = &opened {
            tracing::warn!(
                load_balancer = key.1, port, %error,
                "a listener cannot have its port; it listens on another one"
            );
            opened = sockets.serve(at(0), gate, life.clone()).await;
        }
        match &opened {
            Ok(address) => {
                tracing::info!(load_balancer = key.1, port, %address, "a listener listens")
            }
            Err(error) => {
                tracing::warn!(load_balancer = key.1, port, %error, "a listener cannot listen")
            }
        }
        let at = opened.map_err(|error| error.to_string());
        Open::new((port, secure), at, sender, life)
    }

    async fn keep_group(&self, key: GroupKey) {
        let Some(row) = self.tables.groups.get(&key) else {
            let members = self.board.forget_pool(&key).map(|pool| pool.members());
            for member in members.iter().flat_map(|members| members.iter()) {
                member.end.cancel();
            }
            self.board.tell();
            return;
        };
        let pool = self.board.pool_or_new(key.clone());
        let settings = Arc::new(Settings::of(&row, self.tables.is_used(&key)));
        pool.settings.send_if_modified(|old| {
            let changed = **old != *settings;
            *old = settings.clone();
            changed
        });
        let mut members = Vec::new();
        for (target, registered) in self.tables.targets_of(&key) {
            members.push(self.member(&pool, target, &registered).await);
        }
        let gone = pool.members();
        pool.put(members.clone());
        let stays = |old: &&Arc<Member>| members.iter().any(|new| Arc::ptr_eq(new, old));
        for member in gone.iter().filter(|old| !stays(old)) {
            member.end.cancel();
        }
        self.board.tell();
    }

    /// The target as it is on the board, or new there.
    async fn member(&self, pool: &Arc<Pool>, key: TargetKey, row: &Registered) -> Arc<Member> {
        let draining = row.drained.is_some();
        let before = pool.member(&key);
        if let Some(member) = before.as_ref().filter(|member| member.draining == draining) {
            return member.clone();
        }
        let member = Arc::new(Member::new(key.clone(), draining, self.locate(&key).await));
        let (this, end) = (self.clone(), member.end.clone());
        let watch = match row.drained {
            Some(until) => tokio_util::either::Either::Left(watcher::drain(this, key, until)),
            None => {
                let (pool, member) = (pool.clone(), member.clone());
                tokio_util::either::Either::Right(watcher::look_after(this, pool, member))
            }
        };
        if let Some(shift) = self.board.shift() {
            shift.tasks.spawn(async move {
                tokio::select! {
                    () = end.cancelled() => (),
                    () = watch => (),
                }
            });
        }
        member
    }

    /// Where a target is reached now.
    pub(super) async fn locate(&self, key: &TargetKey) -> Option<SocketAddr> {
        let port = u16::try_from(key.3).ok()?;
        let address = match key.2.parse::<IpAddr>() {
            Ok(address) => Some(address),
            Err(_) => self.outside.instances.address(&key.2).await,
        };
        Some(SocketAddr::new(address?, port))
    }
}

/// Port, and whether clients are to speak TLS.
fn asked(row: &Listener) -> (u16, bool) {
    let port = row
        .definition
        .port
        .and_then(|port| u16::try_from(port).ok());
    let secure = matches!(
        row.definition.protocol,
        Some(ProtocolEnum::Https | ProtocolEnum::Tls)
    );
    (port.unwrap_or_default(), secure)
}
