//! How large what is sent may be: the bounds of the checks, in one place for whoever tells them.

pub use crate::check::rules::MAX_RULES;
pub use crate::check::{MAX_CODE, MAX_ITEMS, MAX_NODES, MAX_TREE_DEPTH};
pub use crate::formula::{MAX_DEPTH as MAX_FORMULA_DEPTH, MAX_PARTS as MAX_FORMULA_PARTS};
pub use crate::json::{MOST_CHARACTERS, MOST_DEPTH, MOST_ELEMENTS, MOST_MEMBERS, MOST_OF_A_NAME, MOST_VALUES};
pub use crate::planning::bounds as planning;
