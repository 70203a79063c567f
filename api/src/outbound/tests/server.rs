//! A server that answers byte by byte as it is told, and remembers what it was asked.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

/// What a client asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Path and query, as they were sent.
    pub target: String,
    /// Names in lower case.
    pub headers: HashMap<String, String>,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// A parameter of the query, decoded.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let url = Url::parse(&format!("http://x{}", self.target)).expect("a target");
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    pub fn offset(&self) -> usize {
        self.parameter("offset").expect("an offset").parse().expect("a number")
    }
}

/// What a server does, in order; then it closes the connection.
pub enum Step {
    Send(Vec<u8>),
    Repeat(Vec<u8>, u64),
    Pause(Duration),
}

/// A server on loopback.
pub struct Server {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    sent: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Server {
    pub async fn start(answer: impl Fn(&Asked) -> Vec<Step> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it listens");
        let (asked, sent) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicU64::new(0)));
        let answer = Arc::new(answer);
        let (all_asked, all_sent) = (asked.clone(), sent.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, asked, sent) = (answer.clone(), all_asked.clone(), all_sent.clone());
                tokio::spawn(async move { serve(stream, &*answer, &asked, &sent).await });
            }
        });
        Self { address, asked, sent, task }
    }

    /// One that gives everybody the same.
    pub async fn of(answer: Vec<u8>) -> Self {
        Self::start(move |_| vec![Step::Send(answer.clone())]).await
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no server panicked").clone()
    }

    /// Bytes that went into sockets.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    answer: &(dyn Fn(&Asked) -> Vec<Step> + Sync + Send),
    all: &Mutex<Vec<Asked>>,
    sent: &AtomicU64,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8(head).expect("a head in ASCII");
    let mut lines = head.lines();
    let target = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a target").to_owned();
    let headers =
        lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    let asked = Asked { target, headers: headers.collect() };
    let steps = answer(&asked);
    all.lock().expect("no server panicked").push(asked);
    for step in steps {
        let (bytes, times) = match step {
            Step::Pause(pause) => {
                tokio::time::sleep(pause).await;
                continue;
            }
            Step::Send(bytes) => (bytes, 1),
            Step::Repeat(bytes, times) => (bytes, times),
        };
        for _ in 0..times {
            if stream.write_all(&bytes).await.is_err() {
                return;
            }
            sent.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        }
    }
    let _: std::io::Result<()> = stream.shutdown().await;
}

/// A whole answer.
pub fn reply(status: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let length = body.as_ref().len();
    [head(status, headers, &format!("Content-Length: {length}\r\n")), body.as_ref().to_vec()].concat()
}

/// The head of an answer, with more lines.
pub fn head(status: &str, headers: &[(&str, &str)], more: &str) -> Vec<u8> {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}{more}\r\n").into_bytes()
}

pub fn ok(media_type: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    reply("200 OK", &[("Content-Type", media_type)], body)
}
