use hyper_util::rt::{TokioExecutor, TokioIo};
use slipway::aws::{Account, Region, Time};
use slipway::companions::s3::{Caller, S3, Tables};
use slipway::server::credential::Credential;
use slipway::server::s3::Door;
use slipway::store::{Builder, Location};

#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().collect();
    let mut b = Builder::new();
    let tables = Tables::declare(&mut b);
    let store = b.open(Location::Folder(args[1].clone().into())).unwrap();
    let s3 = S3::open(store.clone(), tables).unwrap();
    s3.sweep().await.unwrap();
    let door = Door::new(s3, &["localhost", "amazonaws.com"]);
    let l = tokio::net::TcpListener::bind(format!("127.0.0.1:{}", args[2]))
        .await
        .unwrap();
    println!("listening 127.0.0.1:{}", l.local_addr().unwrap().port());
    println!("Ready.");
    loop {
        let (stream, _) = l.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let door = door.clone();
        tokio::spawn(async move {
            let service =
                hyper::service::service_fn(move |req: http::Request<hyper::body::Incoming>| {
                    let door = door.clone();
                    async move {
                        let c = Credential::of(req.headers(), req.uri());
                        let account = c
                            .as_ref()
                            .and_then(|c| Account::parse(&c.access_key_id))
                            .unwrap_or_else(|| Account::parse("000000000000").unwrap());
                        let region = c
                            .as_ref()
                            .and_then(|c| Region::parse(&c.region))
                            .unwrap_or_else(|| Region::parse("us-east-1").unwrap());
                        let now = std::time::SystemTime::now()
                            .duration_since(std::time::UNIX_EPOCH)
                            .unwrap()
                            .as_millis() as i64;
                        if std::env::var("TRACE").is_ok() {
                            eprintln!("{} {} {:?}", req.method(), req.uri(), req.headers());
                        }
                        let caller = Caller {
                            principal: format!("arn:aws:iam::{account}:user/x"),
                            account,
                            region,
                            request_id: uuid::Uuid::new_v4().to_string(),
                            now: Time::from_millis(now),
                        };
                        Ok::<_, std::convert::Infallible>(door.serve(req, caller).await)
                    }
                });
            let _ = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}
