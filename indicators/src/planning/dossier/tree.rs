//! The business architecture as the tree of Annex B.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::planning::architecture::{ArchitectureElement, ArchitecturePart};
use crate::planning::element::{Element, ElementDocument};
use crate::text::Text;

/// A business, with those below it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BusinessNode {
    /// The code of the element.
    pub code: String,
    /// What it is called.
    pub title: Text,
    /// 1, 2 or 3.
    pub level: u32,
    /// What stands below it, by code.
    pub children: Vec<Self>,
}

/// The tree of the business architecture, by code on each level. The elements were checked, so it has three levels at most.
#[must_use]
pub fn business_tree(elements: &[Element]) -> Vec<BusinessNode> {
    let mut below: BTreeMap<Option<&str>, Vec<(&ArchitectureElement, u32)>> = BTreeMap::new();
    for element in elements {
        if let ElementDocument::Architecture(found) = &element.document
            && found.part == ArchitecturePart::Business
            && let Some(level) = found.level
        {
            below.entry(found.parent.as_deref()).or_default().push((found, level.get()));
        }
    }
    branch(None, 1, &below)
}

fn branch(
    parent: Option<&str>,
    level: u32,
    below: &BTreeMap<Option<&str>, Vec<(&ArchitectureElement, u32)>>,
) -> Vec<BusinessNode> {
    let found = below.get(&parent).into_iter().flatten().filter(|(_, found)| *found == level);
    let mut nodes: Vec<BusinessNode> = found
        .map(|(element, level)| BusinessNode {
            code: element.code.clone(),
            title: element.title.clone(),
            level: *level,
            children: branch(Some(&element.code), level + 1, below),
        })
        .collect();
    nodes.sort_by(|a, b| a.code.cmp(&b.code));
    nodes
}
