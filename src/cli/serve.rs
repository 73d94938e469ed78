//! `slipway serve`: the server until it is told to stop.

use crate::app::App;
use crate::config::{Config, Flags};
use crate::sandbox::Kind;
use crate::server::{Listener, trace};
use anyhow::Context;
use std::collections::HashMap;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub async fn run(flags: Flags) -> anyhow::Result<ExitCode> {
    let config = Config::load(flags)?;
    trace::start(&config);
    let stop = CancellationToken::new();
    tokio::spawn(cancel_on_signal(stop.clone()));
    let (app, task) = start(config, stop).await?;
    announce(&app)?;
    task.await?;
    Ok(ExitCode::SUCCESS)
}

/// A server that serves until `stop`; the task ends when everything is closed.
pub async fn start(
    config: Config,
    stop: CancellationToken,
) -> anyhow::Result<(Arc<App>, JoinHandle<()>)> {
    let (listen, hosts) = (config.listen, config.hosts.clone());
    let listener = Listener::bind(listen, &hosts).await;
    let listener = listener.with_context(|| format!("cannot listen on {listen}"))?;
    let address = listener.address()?;
    let app = App::open(config).await?;
    if let Some(warning) = &app.warning {
        tracing::warn!("{warning}");
    }
    let (inside, endpoints) = for_builds(&app, address).await?;
    app.world.listens(address, endpoints);
    app.resume().await;
    let task = tokio::spawn(serve(app.clone(), listener, inside, stop));
    Ok((app, task))
}

async fn serve(
    app: Arc<App>,
    listener: Listener,
    inside: Option<Listener>,
    stop: CancellationToken,
) {
    let builds = async {
        if let Some(inside) = inside {
            inside.serve(app.clone(), stop.clone()).await;
        }
    };
    tokio::join!(listener.serve(app.clone(), stop.clone()), builds);
    if let Err(error) = app.close().await {
        tracing::error!(%error, "the store cannot be closed");
    }
}

/// How builds reach the server: on this machine by loopback, from containers by a second listener on their own network.
async fn for_builds(
    app: &App,
    address: SocketAddr,
) -> anyhow::Result<(Option<Listener>, HashMap<Kind, String>)> {
    let here = SocketAddr::new(reachable(address.ip()), address.port());
    let mut endpoints = HashMap::from([(Kind::Host, format!("http://{here}"))]);
    let Some(docker) = &app.docker else {
        return Ok((None, endpoints));
    };
    let network = docker
        .network()
        .await
        .context("cannot make the builds' network")?;
    let door = SocketAddr::new(network.gateway, address.port());
    endpoints.insert(Kind::Docker, format!("http://{door}"));
    if address.ip().is_unspecified() {
        return Ok((None, endpoints));
    }
    match Listener::bind(door, &[]).await {
        Ok(listener) => Ok((Some(listener), endpoints)),
        Err(error) => {
            tracing::warn!(
                "builds in containers cannot reach this server: cannot listen on {door}: {error}"
            );
            endpoints.remove(&Kind::Docker);
            Ok((None, endpoints))
        }
    }
}

/// A server that listens everywhere is reached by loopback.
pub(super) fn reachable(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    }
}

/// Test containers wait for the line `Ready.`; the address stands before it because port 0 is free to choose.
fn announce(app: &App) -> anyhow::Result<()> {
    let address = app.world.address().context("the server listens nowhere")?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "slipway {} serves on http://{address}",
        env!("CARGO_PKG_VERSION")
    )?;
    writeln!(out, "Ready.")?;
    Ok(out.flush()?)
}

async fn cancel_on_signal(stop: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("the signal can be waited for");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    stop.cancel();
}
