//! The sockets of load balancers: listeners that proxy, and looks at targets.
//!
//! Invariant: which target a request goes to is the companion's to say (`Gate`); here bytes are moved, and no more of a body is in
//! memory than what is on its way.

mod answers;
mod forward;
mod http_listener;
mod idle;
mod look;
mod tcp_listener;

use crate::companions::elbv2::{Gate, Life, Look, Seen, Sockets, Traffic};
use async_trait::async_trait;
use forward::Targets;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpListener;

/// How long a connection to a target may take, as with AWS.
const CONNECT: Duration = Duration::from_secs(10);
/// Connections of a listener at a time; further ones wait in the system's queue.
const MOST_CONNECTIONS: usize = 1000;

/// Real sockets.
#[derive(Clone, Default)]
pub struct BalancerSockets {
    targets: Targets,
}

#[async_trait]
impl Sockets for BalancerSockets {
    async fn usable(&self, address: IpAddr) -> bool {
        TcpListener::bind((address, 0)).await.is_ok()
    }

    async fn serve(&self, at: SocketAddr, gate: Gate, life: Life) -> io::Result<SocketAddr> {
        let socket = TcpListener::bind(at).await?;
        let address = socket.local_addr()?;
        match gate.traffic {
            Traffic::Http => {
                tokio::spawn(http_listener::serve(
                    socket,
                    gate,
                    self.targets.clone(),
                    life,
                ));
            }
            Traffic::Tcp => {
                tokio::spawn(tcp_listener::serve(socket, gate, life));
            }
        }
        Ok(address)
    }

    async fn look(&self, look: Look) -> Seen {
        look::look(look).await
    }
}
