//! Checked sets: the documents that the service keeps, as the engine takes them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use citygauge_indicators::{IndicatorSet, SetDocument, Text};

use crate::error::Failure;
use crate::state::State;
use crate::store::indicator_sets::{self, SetFilter, SetKey, StoredSet};

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

/// What the data items of all sets are called; where sets differ, the last version of the last of them by code says it.
pub async fn item_titles(state: &State) -> Result<HashMap<String, Text>, Failure> {
    let (mut titles, mut after) = (HashMap::new(), None);
    loop {
        let page = indicator_sets::page(state.db(), &SetFilter::default(), after.as_ref(), 1_000).await?;
        for entry in page.items {
            let (_, set) = find(state, &entry.key).await?;
            let named = set.items().iter().filter(|item| !item.title.is_empty());
            titles.extend(named.map(|item| (item.code.clone(), item.title.clone())));
        }
        after = page.next;
        if after.is_none() {
            return Ok(titles);
        }
    }
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
