//! The keys that the provider publishes: fetched when they are needed, kept for a while, and for a while longer where it is away.
//!
//! | What is held | What happens |
//! | --- | --- |
//! | keys not older than `keys_ttl_s`, the wanted one among them | it is used; nobody is asked |
//! | the wanted one is not among them | they are fetched, [`AGAIN_MS`] after the last time at the earliest |
//! | older keys | they are fetched; where that fails they go on for `keys_stale_s`, with a try every [`RETRY_MS`] |
//! | none, or even older ones | they are fetched; where that fails, [`Refusal::Away`] |
//!
//! One fetch runs at a time, in a task of its own, which goes on where whoever caused it has left.

use std::sync::{Arc, RwLock};

use citygauge_indicators::Fault;
use jsonwebtoken::{Algorithm, DecodingKey};
use tokio::sync::Mutex;
use tracing::{info, warn};

use super::Refusal;
use super::jwk::Jwk;
use super::published::{self, Published};
use crate::config::Oidc as Settings;
use crate::outbound::Provider;

/// The pause between two fetches for the sake of keys that nobody has heard of, so that made-up names cost the provider nothing.
pub(super) const AGAIN_MS: i64 = 30_000;

/// The pause after a fetch that failed.
pub(super) const RETRY_MS: i64 = 5_000;

/// The keys, and how old they are.
pub(super) struct Keys {
    provider: Provider,
    issuer: String,
    discovery: String,
    ttl_ms: i64,
    stale_ms: i64,
    held: RwLock<Held>,
    turn: Arc<Mutex<()>>,
}

#[derive(Clone, Default)]
struct Held {
    keys: Option<Arc<Vec<Jwk>>>,
    /// How often keys have come.
    generation: u64,
    fetched_ms: i64,
    /// When the last fetch began, and whether it failed.
    tried_ms: Option<i64>,
    has_failed: bool,
}

impl Keys {
    pub fn new(settings: &Settings, issuer: String, discovery: String, provider: Provider) -> Self {
        let (ttl_ms, stale_ms) = (i64::from(settings.keys_ttl_s) * 1_000, i64::from(settings.keys_stale_s) * 1_000);
        let (held, turn) = (RwLock::default(), Arc::default());
        Self { provider, issuer, discovery, ttl_ms, stale_ms, held, turn }
    }

    /// Which keys are held, where they are not too old.
    pub fn fresh(&self, now_ms: i64) -> Option<u64> {
        Some(self.held()).filter(|held| held.is_fresh(now_ms, self.ttl_ms)).map(|held| held.generation)
    }

    /// The key of this name for this algorithm, and of which keys it is one.
    pub async fn find(
        self: &Arc<Self>,
        kid: Option<&str>,
        algorithm: Algorithm,
        now_ms: i64,
    ) -> Result<(DecodingKey, u64), Refusal> {
        let mut held = self.held();
        let mut picked = held.pick(kid, algorithm);
        let is_missing = matches!(picked, Err(Refusal::UnknownKey | Refusal::Unnamed));
        if is_missing || !held.is_fresh(now_ms, self.ttl_ms) {
            held = self.renewed(held, picked.is_ok(), now_ms).await;
            picked = held.pick(kid, algorithm);
        }
        if held.keys.is_none() || now_ms - held.fetched_ms >= self.ttl_ms + self.stale_ms {
            return Err(Refusal::Away);
        }
        match picked {
            Err(Refusal::UnknownKey | Refusal::Unnamed) if held.has_failed => Err(Refusal::Away),
            picked => picked.map(|key| (key, held.generation)),
        }
    }

    /// What is held after the provider was asked, unless that was tried just now.
    async fn renewed(self: &Arc<Self>, seen: Held, does: bool, now_ms: i64) -> Held {
        // While the provider is known to be away, nobody waits for it who can do without.
        let turn = if seen.has_failed && does {
            match self.turn.clone().try_lock_owned() {
                Ok(turn) => turn,
                Err(_) => return seen,
            }
        } else {
            self.turn.clone().lock_owned().await
        };
        let held = self.held();
        if held.generation != seen.generation || !held.may_try(now_ms) {
            return held;
        }
        let this = self.clone();
        let fetching = tokio::spawn(async move {
            this.renew(now_ms).await;
            drop(turn);
        });
        if let Err(error) = fetching.await {
            warn!(%error, "the keys of the identity provider were not fetched");
        }
        self.held()
    }

    async fn renew(&self, now_ms: i64) {
        let fetched = self.fetch().await;
        let mut held = self.held.write().expect(UNBROKEN);
        held.tried_ms = Some(now_ms);
        held.has_failed = fetched.is_err();
        match fetched {
            Ok(published) => {
                let (used, unused) = (published.keys.len(), published.unusable.len());
                info!(used, unused, "the identity provider publishes {used} keys that are used here, and {unused} others");
                held.keys = Some(Arc::new(published.keys));
                (held.generation, held.fetched_ms) = (held.generation + 1, now_ms);
            }
            Err(fault) => {
                let code = fault.code;
                warn!(
                    code,
                    "the keys of the identity provider cannot be fetched: {}",
                    fault.line(citygauge_indicators::Language::En)
                );
            }
        }
    }

    /// What the provider publishes at this moment.
    pub async fn fetch(&self) -> Result<Published, Fault> {
        published::fetch(&self.provider, &self.issuer, &self.discovery).await
    }

    fn held(&self) -> Held {
        self.held.read().expect(UNBROKEN).clone()
    }
}

const UNBROKEN: &str = "nothing panics while it holds the keys of the provider";

impl Held {
    fn is_fresh(&self, now_ms: i64, ttl_ms: i64) -> bool {
        // A clock that was set back makes keys of the future, which are fetched again.
        self.keys.is_some() && (0..ttl_ms).contains(&(now_ms - self.fetched_ms))
    }

    fn may_try(&self, now_ms: i64) -> bool {
        let pause_ms = if self.has_failed { RETRY_MS } else { AGAIN_MS };
        self.tried_ms.is_none_or(|tried_ms| !(0..pause_ms).contains(&(now_ms - tried_ms)))
    }

    /// The key of a name; without a name, the only one that fits.
    fn pick(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<DecodingKey, Refusal> {
        let keys = self.keys.as_deref().map(Vec::as_slice).unwrap_or_default();
        let named = keys.iter().filter(|key| kid.is_none() || key.kid.as_deref() == kid);
        let (fitting, others): (Vec<&Jwk>, Vec<&Jwk>) = named.partition(|key| key.algorithms.contains(&algorithm));
        match (fitting.as_slice(), kid) {
            ([key], _) => Ok(key.key.clone()),
            ([key, ..], Some(_)) => Ok(key.key.clone()),
            (_, None) => Err(Refusal::Unnamed),
            ([], Some(_)) if others.is_empty() => Err(Refusal::UnknownKey),
            ([], Some(_)) => Err(Refusal::UnfitKey),
        }
    }
}
