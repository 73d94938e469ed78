//! `slipway serve`: the server until it is told to stop.

use crate::app::App;
use crate::config::{Config, Flags};
use crate::server::{Listener, trace};
use anyhow::Context;
use std::io::Write;
use std::process::ExitCode;
use tokio_util::sync::CancellationToken;

pub fn run(flags: Flags) -> anyhow::Result<ExitCode> {
    let config = Config::load(flags)?;
    trace::start(&config);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(serve(config))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    tokio::spawn(cancel_on_signal(stop.clone()));
    let listener = Listener::bind(config.listen, &config.hosts).await;
    let listener = listener.with_context(|| format!("cannot listen on {}", config.listen))?;
    let app = App::start(config).await?;
    announce(&listener)?;
    listener.serve(app.clone(), stop).await;
    Ok(app.close().await?)
}

/// Test containers wait for the line `Ready.`; the address stands before it because port 0 is free to choose.
fn announce(listener: &Listener) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "slipway {} serves on http://{}",
        env!("CARGO_PKG_VERSION"),
        listener.address()?
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
