//! The guarded client against small real servers on loopback.

mod conditional;
mod files;
mod guard;
mod limits;
mod pages;
mod redirects;
mod secrets;
pub(crate) mod server;
mod tables;

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use citygauge_indicators::{Faults, Language};
use serde_json::Value;

use super::resolve::{Looking, Lookup};
use super::{Content, FetchError, Fetched, Outbound, SourceKind, Validators};
use crate::config::{Sources, Webhooks};

/// A folder of its own and the client that fetches into it.
struct Desk {
    outbound: Outbound,
    folder: tempfile::TempDir,
}

impl Desk {
    /// Which may ask this machine, with limits that a test need not wait for.
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Sources)) -> Self {
        let mut config = Sources {
            hosts: vec!["127.0.0.1:*".into()],
            allow_loopback: true,
            connect_timeout_ms: 5_000,
            read_timeout_ms: 20_000,
            total_timeout_ms: 60_000,
            ..Sources::default()
        };
        change(&mut config);
        Self::of(Outbound::new(&config, &Webhooks::default()).expect("a sound configuration"))
    }

    /// Which knows only these names.
    fn resolving(names: &[(&str, &[&str])], change: impl FnOnce(&mut Sources)) -> Self {
        let mut config = Sources { hosts: vec!["*.example.cn:*".into()], allow_loopback: true, ..Sources::default() };
        change(&mut config);
        let address = |text: &&str| text.parse().expect("an address");
        let names = names.iter().map(|(name, all)| ((*name).to_owned(), all.iter().map(address).collect())).collect();
        Self::of(Outbound::with_lookup(&config, &Webhooks::default(), Arc::new(Names(names))).expect("a sound configuration"))
    }

    fn of(outbound: Outbound) -> Self {
        Self { outbound, folder: tempfile::tempdir().expect("a temporary folder") }
    }

    async fn fetch(&self, kind: Value) -> Result<Fetched, FetchError> {
        self.fetch_again(kind, &Validators::default()).await
    }

    async fn fetch_again(&self, kind: Value, known: &Validators) -> Result<Fetched, FetchError> {
        let kind = self::kind(kind);
        let fetching = self.outbound.fetch(&kind, known, None, self.folder.path());
        // A job may carry it from thread to thread.
        fn movable<T: Send>(fetching: T) -> T {
            fetching
        }
        movable(fetching).await
    }

    async fn content(&self, kind: Value) -> Content {
        match self.fetch(kind).await {
            Ok(Fetched::Content(content)) => content,
            other => panic!("no content came: {other:?}"),
        }
    }

    /// The codes of what is wrong, after looking at the sentences themselves.
    async fn refused(&self, kind: Value) -> Vec<&'static str> {
        match self.fetch(kind).await {
            Err(FetchError::Refused(faults)) => codes(&faults),
            other => panic!("it was not refused: {other:?}"),
        }
    }

    async fn transient(&self, kind: Value) -> Vec<&'static str> {
        match self.fetch(kind).await {
            Err(FetchError::Transient { faults, .. }) => codes(&faults),
            other => panic!("it may not pass: {other:?}"),
        }
    }

    fn check(&self, kind: Value) -> Faults {
        self.outbound.check(&self::kind(kind))
    }

    /// Files that were left behind.
    fn left(&self) -> Vec<PathBuf> {
        self.folder.path().read_dir().expect("the folder is ours").map(|entry| entry.expect("an entry").path()).collect()
    }
}

fn kind(kind: Value) -> SourceKind {
    serde_json::from_value(kind).expect("a kind")
}

fn codes(faults: &Faults) -> Vec<&'static str> {
    for fault in &faults.0 {
        assert!(fault.is_error() && fault.hint.is_some(), "{fault:?}");
        assert_ne!(fault.message.get(Language::Zh), fault.message.get(Language::En), "{fault:?}");
    }
    faults.0.iter().map(|fault| fault.code).collect()
}

fn text(content: &Content) -> String {
    std::fs::read_to_string(content.file.path()).expect("the file is ours")
}

/// Names of a test, which no resolver of the machine knows.
struct Names(HashMap<String, Vec<IpAddr>>);

impl Lookup for Names {
    fn lookup(&self, name: String) -> Looking {
        let found = self.0.get(&name).cloned().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such name"));
        Box::pin(async move { found })
    }
}
