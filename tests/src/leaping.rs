//! A clock that leaps, back and forth, when it is told to.

use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use citygauge_api::clock::{Source, Sources};
use uuid::{ContextV7, Timestamp, Uuid};

/// A clock; clones are one clock.
#[derive(Debug, Clone)]
pub struct Leaping {
    leapt_ms: Arc<AtomicI64>,
    ids: Arc<Mutex<Ids>>,
}

#[derive(Debug)]
struct Ids {
    context: ContextV7,
    given: HashSet<Uuid>,
}

impl Default for Leaping {
    fn default() -> Self {
        let ids = Ids { context: ContextV7::new(), given: HashSet::new() };
        Self { leapt_ms: Arc::default(), ids: Arc::new(Mutex::new(ids)) }
    }
}

impl Leaping {
    /// What a service takes time and identifiers from: version 7 UUIDs made as those of the machine's clock are.
    #[must_use]
    pub fn sources(&self) -> Sources {
        Sources::new(self.clone())
    }

    /// So far from the machine's clock it is from now on, in milliseconds.
    pub fn leap(&self, ms: i64) {
        self.leapt_ms.store(ms, Ordering::SeqCst);
    }
}

impl Source for Leaping {
    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the machine's clock is past 1970");
        i64::try_from(since.as_millis()).expect("it is not that late") + self.leapt_ms.load(Ordering::SeqCst)
    }

    fn id(&self) -> String {
        let now_ms = self.now_ms().unsigned_abs();
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        let nanos = u32::try_from(now_ms % 1_000 * 1_000_000).expect("less than a second");
        let id = Uuid::new_v7(Timestamp::from_unix(&ids.context, now_ms / 1_000, nanos));
        assert!(ids.given.insert(id), "{id} was given before");
        id.to_string()
    }

    fn secret(&self) -> [u8; 32] {
        rand::random()
    }
}
