//! Names become addresses here and nowhere else: what is checked is what is connected to.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::reach::{Barred, Reach};

/// The addresses of a name, as they are found out.
pub(super) type Looking = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Finds the addresses of a name.
pub(super) trait Lookup: Send + Sync {
    fn lookup(&self, name: String) -> Looking;
}

/// The resolver of the machine.
pub(super) struct OfMachine;

impl Lookup for OfMachine {
    fn lookup(&self, name: String) -> Looking {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Hands out the addresses of a name, unless one of them may not be reached.
pub(super) struct Guarded {
    pub lookup: Arc<dyn Lookup>,
    pub reach: Reach,
}

/// A name with an address that may not be reached.
#[derive(Debug)]
pub(super) struct BarredName {
    pub address: IpAddr,
    pub what: Barred,
}

impl fmt::Display for BarredName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}", self.address, self.what.1)
    }
}

impl std::error::Error for BarredName {}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let looking = self.lookup.lookup(name.as_str().to_owned());
        let reach = self.reach.clone();
        Box::pin(async move {
            let found = looking.await?;
            // A name that is both outside and inside is refused: which of them is connected to would be chance.
            for &address in &found {
                reach.check(address).map_err(|what| BarredName { address, what })?;
            }
            if found.is_empty() {
                return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address").into());
            }
            let addresses: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}
