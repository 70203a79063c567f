//! Leads the faults of a derived document back to the changes that caused them.

use serde_json::Value;

use super::Overlay;
use crate::fault::Fault;
use crate::json::escape;

/// Where a member of a list comes from.
pub(super) enum Origin {
    /// It stands in the base and is as it was.
    Kept(String),
    /// It stands in the base and was changed.
    Changed(String),
    /// It was added, at this place.
    Added(usize),
}

/// The origins of all members of the derived document.
pub(super) struct Places<'o> {
    overlay: &'o Overlay,
    members: Vec<(&'static str, Vec<Origin>)>,
}

impl<'o> Places<'o> {
    pub fn new(overlay: &'o Overlay) -> Self {
        Self { overlay, members: super::LISTS.map(|list| (list, Vec::new())).into() }
    }

    pub fn push(&mut self, list: &str, origin: Origin) {
        if let Some((_, members)) = self.members.iter_mut().find(|(name, _)| *name == list) {
            members.push(origin);
        }
    }

    /// A fault with its place in the overlay. What no change names is a consequence of the changes as a whole.
    pub fn fault(&self, mut fault: Fault) -> Fault {
        let pointer = fault.pointer.take().unwrap_or_default();
        let mut parts = pointer.splitn(4, '/').skip(1);
        let (first, second, rest) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
        let origin = self
            .members
            .iter()
            .find(|(list, _)| *list == first)
            .and_then(|(_, members)| members.get(second?.parse::<usize>().ok()?));
        let rest = rest.map(|rest| format!("/{rest}")).unwrap_or_default();
        let changes = &self.overlay.changes;
        let (at, code) = match origin {
            Some(Origin::Added(place)) => (format!("/changes/add/{first}/{place}{rest}"), None),
            Some(Origin::Changed(code)) => {
                let patch = changes.of(first).0.0.get(code);
                let named = rest.is_empty() || patch.is_some_and(|patch| names(patch, &rest));
                let at = format!("/changes/{first}/{}", escape(code));
                (if named { at + &rest } else { at }, Some(code))
            }
            Some(Origin::Kept(code)) => ("/changes".to_owned(), Some(code)),
            None if matches!(first, "code" | "version") || (first == "title" && self.overlay.title.is_some()) => (pointer, None),
            None if changes.set.0.contains_key(first) => (format!("/changes/set{pointer}"), None),
            None => ("/changes".to_owned(), None),
        };
        fault.node_or_item = fault.node_or_item.or_else(|| code.cloned());
        fault.at(at)
    }
}

/// Whether a patch speaks of the member that a pointer leads to.
fn names(patch: &Value, pointer: &str) -> bool {
    pointer.split('/').nth(1).is_some_and(|key| patch.get(key).is_some())
}
