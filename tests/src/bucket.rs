//! A server that speaks the S3 protocol, with a bucket: moto's, from PyPI (`moto[server]`).

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use citygauge_api::config::Objects;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Proxy;

/// How long the server may take to start.
const START: Duration = Duration::from_secs(60);

/// A bucket on a server of its own, behind a proxy that can be taken away.
#[derive(Debug)]
pub struct Bucket {
    server: Child,
    /// What stands between the service and the server.
    pub proxy: Proxy,
}

impl Bucket {
    /// The URL of the bucket.
    pub const URL: &'static str = "s3://artifacts/of/citygauge";

    /// Starts a server, or says that there is none to test with.
    pub async fn start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let mut command = Command::new("moto_server");
        command
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let Ok(server) = command.spawn() else {
            eprintln!("skipped on S3: moto_server is not installed (pip install 'moto[server]')");
            return None;
        };
        let address = format!("127.0.0.1:{port}");
        let bucket = Self { server, proxy: Proxy::to(&address).await };
        let deadline = Instant::now() + START;
        while !made(&address).await {
            assert!(Instant::now() < deadline, "moto_server did not make a bucket within {START:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Some(bucket)
    }

    /// The address of the server, which is that of the proxy.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.proxy.address())
    }

    /// The settings, as variables, of a service that keeps its artifacts here.
    #[must_use]
    pub fn environment(endpoint: &str) -> [(&str, &str); 6] {
        [
            ("CITYGAUGE_OBJECTS_URL", Self::URL),
            ("CITYGAUGE_OBJECTS_ENDPOINT", endpoint),
            ("CITYGAUGE_OBJECTS_ALLOW_HTTP", "true"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "not-to-be-told"),
            ("AWS_REGION", "eu-west-1"),
        ]
    }

    /// The settings of a service that keeps its artifacts here.
    #[must_use]
    pub fn settings(&self, credentials: &std::path::Path) -> Objects {
        std::fs::write(credentials, "[default]\naws_access_key_id = test\naws_secret_access_key = not-to-be-told\n")
            .expect("the file can be written");
        Objects {
            url: Some(Self::URL.into()),
            endpoint: Some(self.endpoint()),
            region: Some("eu-west-1".into()),
            allow_http: true,
            credentials_file: Some(credentials.to_owned()),
            ..Objects::default()
        }
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        // An error only says that it has ended already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Whether the server has made the bucket; one request, written out, needs no library.
async fn made(address: &str) -> bool {
    let ask = async {
        let mut server = TcpStream::connect(address).await?;
        let request = format!("PUT /artifacts HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        server.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        server.read_to_string(&mut answer).await.map(|_| answer)
    };
    ask.await.is_ok_and(|answer: String| answer.split(' ').nth(1) == Some("200"))
}
