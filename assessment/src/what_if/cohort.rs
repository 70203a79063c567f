//! What if several cities had other values: the whole cohort is assessed again, so that fits, derived weights and the scores of all
//! cities follow.

use citygauge_indicators::{Faults, IndicatorSet, Period};

use super::changes::{Change, admitted, put, row, unknown_city};
use crate::numbers::extent;
use crate::observations::Observations;

/// What is supposed of one city, or of every city of a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Supposition {
    /// The code of the city; every city with a row in the period unless given.
    pub city: Option<String>,
    /// The period.
    pub period: Period,
    /// What changes.
    pub change: Change,
}

impl Observations {
    /// The observations with changes, for a set whose items they were read for.
    ///
    /// # Errors
    /// A period without observations, a city without a row in it, and every change that the set does not admit, at once.
    pub fn supposing(&self, set: &IndicatorSet, suppositions: &[Supposition]) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let mut changed = self.clone();
        let mut all: Vec<(usize, usize, Vec<Change>)> = Vec::new();
        for Supposition { city, period, change } in suppositions {
            let Some(at) = self.slice_of(*period) else {
                faults.push(crate::absent_period(*period, &self.periods().collect::<Vec<_>>()));
                continue;
            };
            let rows = match city {
                None => 0..self.slices[at].height(),
                Some(city) => match row(self, at, city) {
                    Some(row) => row..row + 1,
                    None => {
                        faults.push(unknown_city(city, *period));
                        continue;
                    }
                },
            };
            for row in rows {
                match all.iter_mut().find(|(known, of, _)| (*known, *of) == (at, row)) {
                    Some((_, _, changes)) => changes.push(change.clone()),
                    None => all.push((at, row, vec![change.clone()])),
                }
            }
        }
        for (at, row, changes) in all {
            let slice = &self.slices[at];
            match admitted(set, &self.cities[slice.cities[row]].code, slice.period, &changes) {
                Ok(admitted) => put(&mut changed, at, row, &admitted),
                Err(found) => faults.0.extend(found.0),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        for slice in &mut changed.slices {
            slice.extents = slice.items.iter().map(extent).collect();
        }
        Ok(changed.completed(set))
    }
}
