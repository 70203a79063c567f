//! Goals (7.3 of GB/T 36333-2018): plans of goals are drafted from an assessment, looked through for what the clause asks of a goal,
//! and compared with what was reached.

mod aims;
mod ambition;
mod apply;
mod draft;
mod evidence;
mod interpolate;
pub mod lint;
pub mod monitor;
mod propose;
mod targets;
#[cfg(test)]
mod tests;

use citygauge_indicators::IndicatorSet;

pub use ambition::Ambition;
pub use apply::{Applied, Unmoved, apply};
pub use evidence::Evidence;
pub use interpolate::{end_in_years, expected_at};
pub use propose::{Asked, Proposal, Proposed, propose};

/// The place of a level among those of the set, from the lowest on.
pub(crate) fn level_place(set: &IndicatorSet, code: &str) -> Option<usize> {
    level_codes(set).iter().position(|known| *known == code)
}

/// The codes of the levels of the set, from the lowest on.
pub(crate) fn level_codes(set: &IndicatorSet) -> Vec<&str> {
    let Some(levels) = set.levels() else { return Vec::new() };
    if levels.staged.is_empty() {
        levels.bands.iter().map(|band| band.code.as_str()).collect()
    } else {
        levels.staged.iter().map(|stage| stage.code.as_str()).collect()
    }
}
