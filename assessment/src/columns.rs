//! The names of the columns of the frames that the engine works on, in one place.

use polars::prelude::PlSmallStr;

/// A data item.
pub(crate) fn item(index: usize) -> PlSmallStr {
    format!("item:{index}").into()
}

/// Whether a data item is not applicable; only where that occurs.
pub(crate) fn not_applicable(index: usize) -> PlSmallStr {
    format!("na:{index}").into()
}

/// A data item some periods earlier.
pub(crate) fn previous(index: usize, periods: u32) -> PlSmallStr {
    format!("previous:{periods}:{index}").into()
}

/// An attribute of the city.
pub(crate) fn attribute(name: &str) -> PlSmallStr {
    format!("attribute:{name}").into()
}

/// Value, bound or doubt of a step of a formula.
pub(crate) fn step(what: &str, number: usize) -> PlSmallStr {
    format!("step:{what}:{number}").into()
}

/// The raw value of a leaf.
pub(crate) fn value(node: usize) -> PlSmallStr {
    format!("value:{node}").into()
}

/// How far a double may lie from the exact value.
pub(crate) fn bound(node: usize) -> PlSmallStr {
    format!("bound:{node}").into()
}

/// Whether the doubles leave a decision open.
pub(crate) fn doubt(node: usize) -> PlSmallStr {
    format!("doubt:{node}").into()
}

/// The score of a node.
pub(crate) fn score(node: usize) -> PlSmallStr {
    format!("score:{node}").into()
}

/// The mark of a node.
pub(crate) fn mark(node: usize) -> PlSmallStr {
    format!("mark:{node}").into()
}

/// The score that fills a node in its parent.
pub(crate) fn fill(node: usize) -> PlSmallStr {
    format!("fill:{node}").into()
}

/// What enters the parent of a node: its score, its filling, or nothing.
pub(crate) fn entered(node: usize) -> PlSmallStr {
    format!("entered:{node}").into()
}

/// Whether a node has no score although children have.
pub(crate) fn unless(node: usize) -> PlSmallStr {
    format!("unless:{node}").into()
}

/// Whether a node applies to a city; only where some node does not.
pub(crate) fn applies(node: usize) -> PlSmallStr {
    format!("applies:{node}").into()
}
