//! What is to be re-checked in a design: the links compared with what they point to now.

use std::collections::BTreeMap;

use citygauge_indicators::planning::dossier::{Mark, Rest, Resting, marks};
use citygauge_indicators::planning::{DesignActivity, ElementKind, LinkTarget};

use super::change::key;
use super::fingerprint;
use super::outside::{Now, look};
use crate::error::Failure;
use crate::state::State;
use crate::store::designs::{Design, StoredElement};

/// What each target of these elements is now: a fingerprint by its key, none for what is gone.
pub async fn now(
    state: &State,
    design: &Design,
    elements: &[StoredElement],
) -> Result<BTreeMap<String, Option<String>>, Failure> {
    // A list, because a lazy iterator would keep this from running in a job.
    let targets: Vec<&LinkTarget> = elements.iter().flat_map(|stored| &stored.element.links).map(|link| &link.to).collect();
    let outside = look(state, &design.header.city, None, targets).await?;
    let mut now: BTreeMap<String, Option<String>> = BTreeMap::new();
    for (target, found) in outside {
        match found {
            Now::Is(fingerprint) => now.insert(key(&target), Some(fingerprint)),
            Now::Absent => now.insert(key(&target), None),
            // Nothing is known of it, so nothing is said.
        };
    }
    for stored in elements {
        let target = LinkTarget::Element(stored.element.code().to_owned());
        now.insert(key(&target), Some(fingerprint(&stored.element.document)?));
    }
    Ok(now)
}

/// The elements that are to be re-checked, in the order of the activities.
pub async fn find(state: &State, design: &Design, elements: &[StoredElement]) -> Result<Vec<Mark>, Failure> {
    Ok(compared(elements, &now(state, design, elements).await?))
}

/// The elements that are to be re-checked, by what their targets are now.
pub fn compared(elements: &[StoredElement], now: &BTreeMap<String, Option<String>>) -> Vec<Mark> {
    let resting: Vec<Resting> = elements
        .iter()
        .map(|stored| Resting {
            code: stored.element.code().to_owned(),
            order: order(stored.element.kind()),
            rests_on: stored
                .element
                .links
                .iter()
                .map(|link| {
                    let key = key(&link.to);
                    Rest {
                        name: link.to.to_string(),
                        element: link.to.element().map(str::to_owned),
                        changed: now.get(&key).is_some_and(|now| now.as_ref() != stored.seen.get(&key)),
                    }
                })
                .collect(),
        })
        .collect();
    marks(&resting)
}

/// The place of a kind in the order of the activities; feedback comes after all of them.
fn order(kind: ElementKind) -> usize {
    let place = kind.activity().and_then(|activity| DesignActivity::ALL.iter().position(|known| *known == activity));
    place.unwrap_or(DesignActivity::ALL.len())
}
