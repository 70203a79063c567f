//! Data items by their titles, for people who write those instead of codes.

use citygauge_indicators::{IndicatorSet, ItemIndex};

/// The only item with this title in Chinese or English; none where two have it.
pub(crate) fn titled(text: &str, set: &IndicatorSet) -> Option<ItemIndex> {
    let text = text.trim();
    let has = |title: &Option<String>| title.as_deref().is_some_and(|title| title.trim() == text);
    let mut found = set.items().iter().enumerate().filter(|(_, item)| has(&item.title.zh) || has(&item.title.en));
    match (found.next(), found.next()) {
        (Some((item, _)), None) if !text.is_empty() => Some(item),
        _ => None,
    }
}
