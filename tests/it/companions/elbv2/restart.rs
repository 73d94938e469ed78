//! Load balancers go on after a restart, and are gone after a reset.

use super::stand::{Backend, Balancer, get, group, text};
use crate::support::Server;
use camino::Utf8Path;
use slipway::config::{Config, Data};

#[tokio::test]
async fn a_load_balancer_listens_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let config = || Config {
        data: Data::Folder(Utf8Path::from_path(folder.path()).unwrap().to_owned()),
        ..Config::in_memory()
    };
    let server = Server::with(config()).await;
    let web = Balancer::new(&server, "web", "application").await;
    let blue = group(&server, "blue").await;
    web.listen(&server, &[(&blue, 1)]).await;
    let _backend = Backend::healthy(&server, &blue, "blue").await;
    let app = server.app.clone();
    server.stop().await;
    app.close().await.unwrap();
    drop(app);
    let refused = tokio::net::TcpStream::connect((web.dns.as_str(), 8080)).await;
    assert!(refused.is_err());
    let server = Server::with(config()).await;
    let answer = get(&web.url("/")).await;
    assert_eq!((answer.status, text(&answer).as_str()), (200, "blue"));
    server.app.reset().await.unwrap();
    let refused = tokio::net::TcpStream::connect((web.dns.as_str(), 8080)).await;
    assert!(refused.is_err());
}
