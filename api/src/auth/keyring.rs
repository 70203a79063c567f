//! The keys that were seen lately, so that not every request asks the database who calls.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::auth::Token;
use crate::state::State;
use crate::store::keys::{self, Key};
use crate::store::{StoreError, keys::find_by_prefix};

/// How long a key may go on after another process has revoked it. This process forgets it at once.
const REMEMBERED_MS: i64 = 1_000;

/// How exactly the last use of a key is noted.
const NOTED_EVERY_MS: i64 = 60_000;

/// More keys than are ever in use at once; beyond it the memory is emptied.
const CAPACITY: usize = 10_000;

/// The memory. Only keys that exist are in it, so guesses do not fill it.
#[derive(Debug, Default)]
pub struct Keyring {
    seen: Mutex<HashMap<String, Seen>>,
}

#[derive(Debug, Clone)]
struct Seen {
    key: Arc<Key>,
    loaded_ms: i64,
    noted_ms: i64,
}

/// Notes the use of a key beside the request, which does not wait for a busy database. It is only a
/// convenience for whoever reads the list of keys, so what fails is left to the next time.
fn note_use(state: &State, id: String, now_ms: i64) {
    let store = state.store().clone();
    tokio::spawn(async move {
        let _turn = store.turn().await;
        keys::touch(store.db(), &id, now_ms, NOTED_EVERY_MS).await
    });
}

impl Keyring {
    /// The key whose token starts like this one; its hash and validity are still to be checked.
    pub async fn find(&self, state: &State, token: &Token) -> Result<Option<Arc<Key>>, StoreError> {
        let now_ms = state.now_ms();
        let seen = self.locked().get(token.prefix()).cloned();
        if let Some(seen) = seen.as_ref().filter(|seen| now_ms - seen.loaded_ms < REMEMBERED_MS) {
            return Ok(Some(seen.key.clone()));
        }
        let Some(key) = find_by_prefix(state.db(), token.prefix()).await?.map(Arc::new) else { return Ok(None) };
        let mut noted_ms = seen.map_or(i64::MIN, |seen| seen.noted_ms);
        if now_ms.saturating_sub(noted_ms) >= NOTED_EVERY_MS && token.matches(&key.hash) {
            noted_ms = now_ms;
            note_use(state, key.id.clone(), now_ms);
        }
        let mut remembered = self.locked();
        if remembered.len() >= CAPACITY {
            remembered.clear();
        }
        remembered.insert(token.prefix().to_owned(), Seen { key: key.clone(), loaded_ms: now_ms, noted_ms });
        Ok(Some(key))
    }

    /// Whether this token's key was found before and the token fits it; that it still works is to be checked.
    pub fn knows(&self, token: &Token) -> bool {
        let seen = self.locked().get(token.prefix()).map(|seen| seen.key.clone());
        seen.is_some_and(|key| token.matches(&key.hash))
    }

    /// Forgets a key that was revoked.
    pub fn forget(&self, prefix: &str) {
        self.locked().remove(prefix);
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, HashMap<String, Seen>> {
        self.seen.lock().expect("nothing panics while it holds the keys")
    }
}
