//! Logs: one span per request, one line per request at level debug.
//!
//! Invariant: no header, no query string and no body is logged; any of them may hold a secret.

use crate::config::{Config, LogFormat};
use std::str::FromStr;
use tracing_subscriber::{
    Layer, Registry, filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt,
};

/// Starts logging to standard error. A second call changes nothing.
pub fn start(config: &Config) {
    let filter = Targets::from_str(&config.log)
        .unwrap_or_else(|_| Targets::new().with_default(tracing::Level::INFO));
    let layer = fmt::layer().with_writer(std::io::stderr);
    let layer: Box<dyn Layer<Registry> + Send + Sync> = match config.log_format {
        LogFormat::Text => layer.with_filter(filter).boxed(),
        LogFormat::Json => layer.json().flatten_event(true).with_filter(filter).boxed(),
    };
    let _ = tracing_subscriber::registry().with(layer).try_init();
}

/// The span that everything of one request is logged in.
pub fn span(request_id: &str) -> tracing::Span {
    tracing::info_span!("request", id = request_id)
}

/// The line at the end of a request. `operation`: its name, or the path's kind where there is none.
pub fn answered(operation: &str, status: http::StatusCode, started: std::time::Instant) {
    tracing::debug!(
        operation,
        status = status.as_u16(),
        micros = started.elapsed().as_micros(),
        "answered"
    );
}
