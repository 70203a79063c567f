//! Reading a long list in steps.

/// A step through a list, and where the next one starts.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T, K> {
    /// The rows, in the order of their key.
    pub items: Vec<T>,
    /// The key of the last row when more follow: what to pass as the position of the next step.
    pub next: Option<K>,
}

impl<T, K> Page<T, K> {
    /// Cuts rows that were read one beyond `limit`, which tells whether more follow.
    pub(super) fn cut(mut items: Vec<T>, limit: u64, key: impl Fn(&T) -> K) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(key);
        Self { items, next }
    }
}
