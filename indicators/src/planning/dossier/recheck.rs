//! What is to be re-checked because something that it rests on has changed (5.1.3).
//!
//! An element is marked where a link points to something that is not what it was when the link was made or last confirmed.
//! The mark goes on to whatever rests on the element, along the order of the activities: from an activity to itself and to
//! later ones, never back. So a need that names a project as its occasion does not make the two mark each other.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// An element with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resting {
    /// Its code.
    pub code: String,
    /// The place of its activity in the order of clause 5.1.2, from 0.
    pub order: usize,
    /// What it rests on.
    pub rests_on: Vec<Rest>,
}

/// One thing that an element rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rest {
    /// How it is named: `element:R1`, `observation:330100/2026/x`.
    pub name: String,
    /// Its code, where it is an element of the dossier.
    pub element: Option<String>,
    /// Whether it has changed, or is gone, since the link was made or confirmed.
    pub changed: bool,
}

/// An element that is to be re-checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Its code.
    pub code: String,
    /// What it rests on that has changed.
    pub changed: Vec<String>,
    /// The marked elements that it rests on.
    pub through: Vec<String>,
}

/// The elements that are to be re-checked: by activity, then by code.
#[must_use]
pub fn marks(elements: &[Resting]) -> Vec<Mark> {
    let order: BTreeMap<&str, usize> = elements.iter().map(|element| (element.code.as_str(), element.order)).collect();
    let mut dependents: BTreeMap<&str, Vec<&Resting>> = BTreeMap::new();
    for element in elements {
        let earlier = element.rests_on.iter().filter_map(|rest| rest.element.as_deref());
        for code in earlier.filter(|code| order.get(code).is_some_and(|order| *order <= element.order)) {
            dependents.entry(code).or_default().push(element);
        }
    }
    let mut marked: BTreeSet<&str> = BTreeSet::new();
    let mut open: VecDeque<&str> = VecDeque::new();
    for element in elements.iter().filter(|element| element.rests_on.iter().any(|rest| rest.changed)) {
        marked.insert(&element.code);
        open.push_back(&element.code);
    }
    while let Some(code) = open.pop_front() {
        for dependent in dependents.get(code).into_iter().flatten() {
            if marked.insert(&dependent.code) {
                open.push_back(&dependent.code);
            }
        }
    }
    let mut found: Vec<&Resting> = elements.iter().filter(|element| marked.contains(element.code.as_str())).collect();
    found.sort_by(|a, b| (a.order, &a.code).cmp(&(b.order, &b.code)));
    let mark = |element: &Resting| Mark {
        code: element.code.clone(),
        changed: element.rests_on.iter().filter(|rest| rest.changed).map(|rest| rest.name.clone()).collect(),
        through: element
            .rests_on
            .iter()
            .filter_map(|rest| rest.element.as_deref())
            .filter(|code| marked.contains(code) && order.get(code).is_some_and(|order| *order <= element.order))
            .map(str::to_owned)
            .collect::<BTreeSet<String>>()
            .into_iter()
            .collect(),
    };
    found.into_iter().map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An element of an activity, resting on others; `!` before a name says that it has changed.
    fn element(code: &str, order: usize, rests_on: &[&str]) -> Resting {
        let rest = |name: &&str| {
            let (name, changed) = name.strip_prefix('!').map_or((*name, false), |name| (name, true));
            Rest { name: name.to_owned(), element: name.strip_prefix("element:").map(str::to_owned), changed }
        };
        Resting { code: code.to_owned(), order, rests_on: rests_on.iter().map(rest).collect() }
    }

    fn codes(marks: &[Mark]) -> Vec<&str> {
        marks.iter().map(|mark| mark.code.as_str()).collect()
    }

    #[test]
    fn a_changed_input_marks_what_rests_on_it_to_the_last_activity() {
        let elements = [
            element("project", 3, &["element:task"]),
            element("task", 3, &["element:requirement"]),
            element("requirement", 0, &["!observation:a/2026/x"]),
            element("other", 3, &["element:finding"]),
            element("finding", 0, &["observation:a/2026/y"]),
        ];
        let marks = marks(&elements);
        assert_eq!(codes(&marks), ["requirement", "project", "task"]);
        assert_eq!(marks[0].changed, ["observation:a/2026/x"]);
        assert_eq!((&marks[1].changed, &marks[1].through), (&Vec::new(), &vec!["task".to_owned()]));
    }

    #[test]
    fn a_mark_does_not_run_back_to_an_earlier_activity() {
        let elements = [element("project", 3, &["!element:task"]), element("requirement", 0, &["element:project"])];
        assert_eq!(codes(&marks(&elements)), ["project"]);
    }

    #[test]
    fn elements_that_rest_on_each_other_are_marked_once() {
        let elements = [element("a", 0, &["element:b"]), element("b", 0, &["element:a", "!path:p"]), element("c", 1, &[])];
        assert_eq!(codes(&marks(&elements)), ["a", "b"]);
    }

    #[test]
    fn nothing_is_marked_while_nothing_has_changed() {
        assert_eq!(marks(&[element("a", 0, &["element:b", "gap:x/y"]), element("b", 0, &[])]), []);
    }
}
