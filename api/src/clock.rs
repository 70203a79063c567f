//! Time, identifiers and secrets: the three things a test wants to hold still.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Uuid;

/// Where the service takes time, identifiers and secrets from.
#[derive(Clone)]
pub struct Sources {
    source: Arc<dyn Source>,
}

/// One origin of all three.
pub trait Source: Send + Sync {
    /// Milliseconds since 1970 in UTC.
    fn now_ms(&self) -> i64;
    /// A new identifier, greater than those before.
    fn id(&self) -> String;
    /// A new identifier that need not come after those before it.
    fn request_id(&self) -> String {
        self.id()
    }
    /// Bytes that nobody can guess.
    fn secret(&self) -> [u8; 32];
}

impl Sources {
    /// The machine's clock, version 7 UUIDs and its random number generator.
    #[must_use]
    pub fn system() -> Self {
        Self::new(System)
    }

    /// Any other origin.
    pub fn new(source: impl Source + 'static) -> Self {
        Self { source: Arc::new(source) }
    }

    /// Milliseconds since 1970 in UTC.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.source.now_ms()
    }

    /// A new identifier, greater than those before.
    #[must_use]
    pub fn id(&self) -> String {
        self.source.id()
    }

    /// A new identifier of a request, which need not come after those before it: no lock and no system call is needed for it.
    #[must_use]
    pub fn request_id(&self) -> String {
        self.source.request_id()
    }

    /// Bytes that nobody can guess.
    #[must_use]
    pub fn secret(&self) -> [u8; 32] {
        self.source.secret()
    }
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sources")
    }
}

struct System;

impl Source for System {
    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    fn id(&self) -> String {
        Uuid::now_v7().to_string()
    }

    fn request_id(&self) -> String {
        let now_ms = u64::try_from(self.now_ms()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(now_ms, &rand::random()).into_uuid().to_string()
    }

    fn secret(&self) -> [u8; 32] {
        rand::random()
    }
}

/// A clock that stands still until it is moved, identifiers that count, secrets that can be guessed.
#[cfg(test)]
pub mod fixed {
    use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

    use super::Source;

    /// The origin for tests that compare whole answers.
    #[derive(Debug)]
    pub struct Fixed {
        now_ms: AtomicI64,
        ids: AtomicU64,
    }

    impl Default for Fixed {
        fn default() -> Self {
            // 2026-11-22T08:00:00Z
            Self { now_ms: AtomicI64::new(1_795_334_400_000), ids: AtomicU64::new(0) }
        }
    }

    impl Source for Fixed {
        fn now_ms(&self) -> i64 {
            self.now_ms.load(Ordering::Relaxed)
        }

        fn id(&self) -> String {
            let next = self.ids.fetch_add(1, Ordering::Relaxed) + 1;
            format!("00000000-0000-7000-8000-{next:012x}")
        }

        fn secret(&self) -> [u8; 32] {
            let next = self.ids.fetch_add(1, Ordering::Relaxed) + 1;
            let mut secret = [0; 32];
            secret[24..].copy_from_slice(&next.to_be_bytes());
            secret[..8].copy_from_slice(&next.to_le_bytes());
            secret
        }
    }
}
