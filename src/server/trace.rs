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
    let filter = filter(&config.log);
    let layer = fmt::layer().with_writer(std::io::stderr);
    let layer: Box<dyn Layer<Registry> + Send + Sync> = match config.log_format {
        LogFormat::Text => layer.with_filter(filter).boxed(),
        LogFormat::Json => layer.json().flatten_event(true).with_filter(filter).boxed(),
    };
    let _ = tracing_subscriber::registry().with(layer).try_init();
}

/// The Docker client logs whole requests at level debug, and with them the environment of builds.
fn filter(text: &str) -> Targets {
    Targets::from_str(text)
        .unwrap_or_else(|_| Targets::new().with_default(tracing::Level::INFO))
        .with_target("bollard", tracing::Level::INFO)
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

#[cfg(test)]
mod tests {
    use super::*;

    // Witness: invariant above; `bollard::docker` logs payloads at debug.
    #[test]
    fn requests_to_docker_are_never_logged() {
        for text in ["debug", "trace", "bollard=trace", "info,bollard=debug"] {
            let filter = filter(text);
            assert!(
                !filter.would_enable("bollard::docker", &tracing::Level::DEBUG),
                "{text}"
            );
        }
        assert!(filter("debug").would_enable("slipway::server", &tracing::Level::DEBUG));
    }
}
