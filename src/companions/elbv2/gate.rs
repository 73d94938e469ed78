//! What a listener does with requests and connections, as the proxy asks it.
//!
//! Invariant: answers at once; each request is led by the rules as they are when it comes.

use super::routes::{Facts, Routes, Step};
use elbv2_api::model::RedirectActionConfig;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Which traffic it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Traffic {
    Http,
    Tcp,
}

/// A listener, as the proxy sees it.
#[derive(Clone)]
pub struct Gate {
    pub traffic: Traffic,
    /// `http` or `https`: what clients are told that they speak.
    pub scheme: &'static str,
    /// As it was asked for.
    pub port: u16,
    pub(super) routes: watch::Receiver<Arc<Routes>>,
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Forward(SocketAddr),
    /// No target is there.
    Nobody,
    Redirect {
        status: u16,
        location: String,
    },
    Fixed {
        status: u16,
        content_type: String,
        body: String,
    },
}

impl Gate {
    pub fn decide(&self, facts: &Facts<'_>) -> Verdict {
        let routes = self.routes();
        match routes.find(facts) {
            None => Verdict::Nobody,
            step @ Some(Step::Forward(_)) => Self::forward(step),
            Some(Step::Redirect(config)) => self.redirect(config, facts),
            Some(Step::Fixed {
                status,
                content_type,
                body,
            }) => Verdict::Fixed {
                status: *status,
                content_type: content_type.clone(),
                body: body.clone(),
            },
        }
    }

    /// Where a connection goes.
    pub fn lead(&self) -> Verdict {
        Self::forward(self.routes().last())
    }

    /// How long a target may take to answer.
    pub fn patience(&self) -> Duration {
        self.routes().idle
    }

    fn routes(&self) -> Arc<Routes> {
        self.routes.borrow().clone()
    }

    fn forward(step: Option<&Step>) -> Verdict {
        let Some(Step::Forward(split)) = step else {
            return Verdict::Nobody;
        };
        let address = split.next().and_then(|pool| pool.next());
        address.map_or(Verdict::Nobody, Verdict::Forward)
    }

    fn redirect(&self, config: &RedirectActionConfig, facts: &Facts<'_>) -> Verdict {
        let port = self.port.to_string();
        let scheme = self.scheme.to_uppercase();
        let fill = |text: &Option<String>| {
            let text = text.as_deref().unwrap_or_default();
            text.replace("#{protocol}", &scheme)
                .replace("#{host}", facts.host)
                .replace("#{port}", &port)
                .replace("#{path}", facts.path.trim_start_matches('/'))
                .replace("#{query}", facts.query)
        };
        let scheme = fill(&config.protocol).to_lowercase();
        let (host, port) = (fill(&config.host), fill(&config.port));
        let usual = matches!(
            (scheme.as_str(), port.as_str()),
            ("http", "80") | ("https", "443")
        );
        let port = match usual {
            true => String::new(),
            false => format!(":{port}"),
        };
        let query = fill(&config.query);
        let query = match query.is_empty() {
            true => query,
            false => format!("?{query}"),
        };
        Verdict::Redirect {
            status: config
                .status_code
                .as_str()
                .trim_start_matches("HTTP_")
                .parse()
                .unwrap_or(302),
            location: format!("{scheme}://{host}{port}{}{query}", fill(&config.path)),
        }
    }
}
