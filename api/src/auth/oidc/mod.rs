//! Tokens of an identity provider (OpenID Connect) beside keys.
//!
//! ```text
//! word -> signed (shape, algorithm, key, signature) -> claims (issuer, audience, time, subject) -> mapped (role, limits) -> Caller
//! ```
//!
//! Only what the configuration says is believed: the keys are those that the provider publishes (`keys`), never one that a token brings or
//! points to; the algorithm is one of the list and fits the key. A token that was accepted is remembered by its digest until the keys are
//! fetched again, so that the same one is not checked for every request; what was refused is not remembered.

mod claims;
mod jwk;
mod keys;
mod mapped;
mod published;
mod refusal;
mod signed;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use moka::sync::Cache;
use sha2::{Digest, Sha256};

pub use jwk::{Jwk, Unusable};
pub use published::Published;
pub use refusal::Refusal;

use self::claims::Times;
use self::keys::Keys;
use super::Caller;
use crate::config::{Config, Oidc as Settings};
use crate::outbound::{OutboundError, Provider};

/// The most tokens that are remembered.
const REMEMBERED: u64 = 10_000;

/// Whoever accepts the tokens of one provider.
pub struct Oidc {
    settings: Settings,
    issuer: String,
    keys: Arc<Keys>,
    seen: Cache<[u8; 32], Arc<Seen>>,
}

/// A token that was accepted.
struct Seen {
    caller: Caller,
    times: Times,
    /// Of which keys its own was one.
    keys: u64,
}

impl Oidc {
    /// Makes ready to accept tokens; nothing is asked of the provider before the first one comes. `None` where no provider is configured.
    ///
    /// # Errors
    ///
    /// [`OutboundError`] where the provider cannot be asked by the rules of the configuration.
    pub fn new(config: &Config) -> Result<Option<Self>, OutboundError> {
        let settings = &config.oidc;
        let Some((issuer, discovery)) = settings.issuer.clone().zip(settings.discovery_address()) else { return Ok(None) };
        let keys = Keys::new(settings, issuer.clone(), discovery, Provider::new(settings)?);
        let seen = Cache::builder().max_capacity(REMEMBERED).build();
        Ok(Some(Self { settings: settings.clone(), issuer, keys: Arc::new(keys), seen }))
    }

    /// Whether a word after `Bearer` is meant to be a token of a provider; keys have no dots.
    #[must_use]
    pub fn is_token(word: &str) -> bool {
        word.contains('.')
    }

    /// Whether this token was accepted lately; that it still is, is to be checked.
    #[must_use]
    pub fn knows(&self, token: &str) -> bool {
        token.len() <= signed::LONGEST && self.seen.contains_key(&digest(token))
    }

    /// Who shows this token.
    ///
    /// # Errors
    ///
    /// [`Refusal`] says why it lets nobody in.
    pub async fn identify(&self, token: &str, now_ms: i64) -> Result<Caller, Refusal> {
        if token.len() > signed::LONGEST {
            return Err(Refusal::TooLong);
        }
        let place = digest(token);
        if let Some(seen) = self.seen.get(&place) {
            if let Err(refusal) = seen.times.admit(now_ms, self.settings.leeway_s) {
                self.seen.invalidate(&place);
                return Err(refusal);
            }
            if self.keys.fresh(now_ms) == Some(seen.keys) {
                return Ok(seen.caller.clone());
            }
        }
        let checked = self.check(token, now_ms).await;
        match &checked {
            Ok(seen) => self.seen.insert(place, seen.clone()),
            Err(_) => self.seen.invalidate(&place),
        }
        checked.map(|seen| seen.caller.clone())
    }

    async fn check(&self, token: &str, now_ms: i64) -> Result<Arc<Seen>, Refusal> {
        let head = signed::head(token, &self.settings.accepted())?;
        let (key, keys) = self.keys.find(head.kid.as_deref(), head.algorithm, now_ms).await?;
        let claims = signed::claims(token, &key, head.algorithm)?;
        let (subject, times) = claims::check(&claims, &self.issuer, &self.settings, now_ms)?;
        let (role, scope) = mapped::mapped(&claims, &self.settings)?;
        let caller = Caller::of_token(&self.issuer, &subject, role, scope);
        Ok(Arc::new(Seen { caller, times, keys }))
    }

    /// What the provider publishes at this moment, or why that is not known.
    ///
    /// # Errors
    ///
    /// What is wrong, as a fault for whoever looks after the service.
    pub async fn published(&self) -> Result<Published, citygauge_indicators::Fault> {
        self.keys.fetch().await
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

impl fmt::Debug for Oidc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oidc").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
