//! Observations in parts: periods that can be assessed apart give what all of them give together.

use citygauge_indicators::{Cohort, Imputation, IndicatorSet, MissingRule, NodeKind};

use super::{Observations, Slice};

impl Observations {
    /// The same observations in parts of whole periods, in the order of time, each of at most so many cells (rows times items) or of a
    /// single period. Assessed one after the other they give what the whole gives, and need the memory of one. One part, where the
    /// periods of the set do not stand apart ([`periods_stand_apart`]).
    #[must_use]
    pub fn parts(&self, set: &IndicatorSet, cells: usize) -> Vec<Self> {
        if self.cells() <= cells || !periods_stand_apart(set) {
            return vec![self.clone()];
        }
        let mut parts: Vec<Vec<Slice>> = Vec::new();
        let mut filled = 0;
        for slice in &self.slices {
            let more = slice.height().saturating_mul(slice.items.len());
            match parts.last_mut().filter(|_| filled + more <= cells) {
                Some(part) => part.push(slice.clone()),
                None => {
                    parts.push(vec![slice.clone()]);
                    filled = 0;
                }
            }
            filled += more;
        }
        parts.into_iter().map(|slices| Self { cities: self.cities.clone(), slices }).collect()
    }

    /// Rows times items over all periods.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.slices.iter().map(|slice| slice.height().saturating_mul(slice.items.len())).sum()
    }
}

/// Whether the results of a period rest on that period alone, and on what formulas read of earlier ones, which every period
/// carries along: no rule is fitted on several periods, none fills from another one, and all weights are given.
#[must_use]
pub fn periods_stand_apart(set: &IndicatorSet) -> bool {
    set.nodes().iter().all(|node| {
        let apart = match &node.kind {
            NodeKind::Inner { weighting, .. } => weighting.is_none(),
            NodeKind::Leaf(leaf) => {
                leaf.scoring.cohort().is_none_or(|cohort| *cohort == Cohort::Period)
                    && !matches!(leaf.imputation, Imputation::Previous { .. } | Imputation::Interpolate { .. })
            }
        };
        apart && !matches!(node.missing, MissingRule::Previous { .. })
    })
}
