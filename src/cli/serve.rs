//! `slipway serve`: the server until it is told to stop.

use crate::app::App;
use crate::config::{Config, Flags};
use crate::sandbox::Kind;
use crate::server::{Listener, tls, trace};
use crate::world::reachable;
use anyhow::Context;
use std::collections::HashMap;
use std::io::Write;
use std::net::SocketAddr;
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
    let agents = for_agents(&app).await?;
    app.resume().await;
    let others = [inside, agents].into_iter().flatten().collect();
    let task = tokio::spawn(serve(app.clone(), listener, others, stop));
    Ok((app, task))
}

async fn serve(app: Arc<App>, listener: Listener, others: Vec<Listener>, stop: CancellationToken) {
    let others = others.into_iter();
    let others = others.map(|other| other.serve(app.clone(), stop.clone()));
    tokio::join!(
        listener.serve(app.clone(), stop.clone()),
        futures::future::join_all(others)
    );
    if let Err(error) = app.close().await {
        tracing::error!(%error, "the store cannot be closed");
    }
}

/// The listener that agents of CodeDeploy insist on, where one is wanted.
async fn for_agents(app: &App) -> anyhow::Result<Option<Listener>> {
    let Some(address) = app.config.agent_listen else {
        return Ok(None);
    };
    let keys = &app.codedeploy.keys;
    let pair = keys.pair().await?;
    let listener = Listener::bind(address, &app.config.hosts).await;
    let listener = listener.with_context(|| format!("cannot listen on {address}"))?;
    app.world.listens_for_agents(listener.address()?);
    Ok(Some(listener.secured(tls::acceptor(&pair)?)))
}

/// How builds reach the server: on this machine by loopback, from containers by a second listener on their own network.
async fn for_builds(
    app: &App,
    address: SocketAddr,
) -> anyhow::Result<(Option<Listener>, HashMap<Kind, String>)> {
    let here = reachable(address);
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

/// Test containers wait for the line `Ready.`; the address stands before it because port 0 is free to choose.
fn announce(app: &App) -> anyhow::Result<()> {
    let address = app.world.address().context("the server listens nowhere")?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "slipway {} serves on http://{address}",
        env!("CARGO_PKG_VERSION")
    )?;
    if let Some(agents) = app.world.agents_address() {
        let certificate = app.codedeploy.keys.certificate_file();
        writeln!(
            out,
            "agents of CodeDeploy are served on https://{agents}; have them trust {certificate} by SSL_CERT_FILE and AWS_SSL_CA_BUNDLE"
        )?;
    }
    writeln!(out, "Ready.")?;
    Ok(out.flush()?)
}

/// Ctrl-C, or the signal that asks a program to end.
pub async fn cancel_on_signal(stop: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("the signal can be waited for");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    stop.cancel();
}
