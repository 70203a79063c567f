//! Checked sets: the documents that the service keeps, as the engine takes them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use citygauge_indicators::{IndicatorSet, SetDocument};

use crate::error::Failure;
use crate::state::State;
use crate::store::indicator_sets::{self, SetKey, StoredSet};

/// Sets that were checked lately, by digest. A digest names one document, so nothing here can be outdated.
#[derive(Debug, Default)]
pub struct CheckedSets(Mutex<HashMap<String, Arc<IndicatorSet>>>);

/// Sets that are remembered; beyond it the memory is emptied.
const CAPACITY: usize = 32;

/// A version that the service keeps, with its checked set.
pub async fn find(state: &State, key: &SetKey) -> Result<(StoredSet, Arc<IndicatorSet>), Failure> {
    let stored = indicator_sets::find(state.db(), key).await?;
    let set = checked(state, &stored).await?;
    Ok((stored, set))
}

/// The checked set of a version. It was checked before it was kept; a fault now is a defect.
pub async fn checked(state: &State, stored: &StoredSet) -> Result<Arc<IndicatorSet>, Failure> {
    if let Some(set) = state.checked_sets().get(&stored.entry.digest) {
        return Ok(set);
    }
    let document = stored.document.clone();
    let set = state.engine(move || SetDocument::check_text(document.as_bytes())).await?;
    let set = Arc::new(set.map_err(|faults| Failure::internal(format!("the set {} is at fault: {faults}", stored.entry.key)))?);
    state.checked_sets().put(&stored.entry.digest, &set);
    Ok(set)
}

impl CheckedSets {
    fn get(&self, digest: &str) -> Option<Arc<IndicatorSet>> {
        self.locked().get(digest).cloned()
    }

    /// Remembers a set under the digest of its document.
    pub fn put(&self, digest: &str, set: &Arc<IndicatorSet>) {
        let mut sets = self.locked();
        if sets.len() >= CAPACITY {
            sets.clear();
        }
        sets.insert(digest.to_owned(), set.clone());
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<IndicatorSet>>> {
        self.0.lock().expect("nothing panics while it holds the sets")
    }
}
