//! A listener of a network load balancer: bytes both ways between a client and a target.

use super::{CONNECT, MOST_CONNECTIONS};
use crate::companions::elbv2::{Gate, Life, Verdict};
use crate::server::listener::accept;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Takes connections until told to stop; those it has taken go on.
pub async fn serve(socket: TcpListener, gate: Gate, life: Life) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let next = async {
            let place = places.clone().acquire_owned().await.ok()?;
            Some((accept(&socket).await.0, place))
        };
        let next = tokio::select! {
            next = next => next,
            () = life.stop.cancelled() => None,
        };
        let Some((client, place)) = next else {
            break;
        };
        let gate = gate.clone();
        tokio::spawn(async move {
            carry(client, &gate).await;
            drop(place);
        });
    }
    drop(socket);
    life.stopped.cancel();
}

/// A client that cannot be led anywhere is let go.
async fn carry(mut client: TcpStream, gate: &Gate) {
    let Verdict::Forward(target) = gate.lead() else {
        return;
    };
    let connected = tokio::time::timeout(CONNECT, TcpStream::connect(target)).await;
    let Ok(Ok(mut target)) = connected else {
        return;
    };
    let _ = (client.set_nodelay(true), target.set_nodelay(true));
    if let Err(error) = tokio::io::copy_bidirectional(&mut client, &mut target).await {
        tracing::debug!(%error, "a connection through a load balancer broke");
    }
}
