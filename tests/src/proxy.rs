//! Something that stands between a service and what it needs, and can be taken away.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Passes connections on until it is told to be away; then it ends those that there are and every new one.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    is_away: Arc<AtomicBool>,
    ended: watch::Sender<()>,
}

impl Proxy {
    /// Begins to pass connections on to an address, such as `127.0.0.1:5432`.
    pub async fn to(address: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let (ended, _) = watch::channel(());
        let proxy = Self { address: listener.local_addr().expect("it listens"), is_away: Arc::default(), ended: ended.clone() };
        let (address, is_away) = (address.to_owned(), proxy.is_away.clone());
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                if is_away.load(Ordering::SeqCst) {
                    continue;
                }
                let (address, mut ended) = (address.clone(), ended.subscribe());
                tokio::spawn(async move {
                    let Ok(mut far) = TcpStream::connect(&address).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = ended.changed() => {}
                    }
                });
            }
        });
        proxy
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends all connections and refuses new ones.
    pub fn go_away(&self) {
        self.is_away.store(true, Ordering::SeqCst);
        self.ended.send_replace(());
    }

    /// Passes connections on again.
    pub fn come_back(&self) {
        self.is_away.store(false, Ordering::SeqCst);
    }
}
