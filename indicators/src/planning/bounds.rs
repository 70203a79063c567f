//! How large the documents of planning may be.

pub use super::dossier::MOST_ELEMENTS;
pub use super::element::{MOST_CHARACTERS, MOST_ENTRIES, MOST_LINKS, MOST_OF_A_CODE};
pub use super::goal_plan::{MOST_GOALS, MOST_PARTS};
pub use super::roadmap::{MAX_PROJECTS, MAX_YEARS};
