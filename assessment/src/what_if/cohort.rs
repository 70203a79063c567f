//! What if several cities had other values: the whole cohort is assessed again, so that fits, derived weights and the scores of all
//! cities follow.

use std::collections::BTreeMap;

use citygauge_indicators::{Fault, Faults, IndicatorSet, Period};

use super::changes::{Admitted, Change, admitted, put, row, unknown_city};
use crate::numbers::extent;
use crate::observations::Observations;

/// The most values that may change at once, over all cities.
const MOST_CELLS: usize = 1_000_000;

/// Faults that are told of one request.
const MOST_FAULTS: usize = 1_000;

fn too_many() -> Fault {
    Fault::error("what_if.too_many_changes", "更改的数值过多", "too many values change")
        .expected(format!("..{MOST_CELLS}"))
        .hint("请分批假设", "suppose fewer at a time")
}

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
        let mut all: BTreeMap<(usize, usize), Vec<Change>> = BTreeMap::new();
        let mut cells = 0;
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
            cells += rows.len();
            if cells > MOST_CELLS {
                faults.push(too_many());
                return Err(faults);
            }
            for row in rows {
                all.entry((at, row)).or_default().push(change.clone());
            }
        }
        let mut admissible: BTreeMap<usize, Vec<(usize, Admitted)>> = BTreeMap::new();
        for ((at, row), changes) in all {
            // What is wrong for every city is wrong in the same way for each.
            if faults.0.len() >= MOST_FAULTS {
                break;
            }
            let slice = &self.slices[at];
            match admitted(set, &self.cities[slice.cities[row]].code, slice.period, &changes) {
                Ok(admitted) => admissible.entry(at).or_default().push((row, admitted)),
                Err(found) => faults.0.extend(found.0),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        for (at, rows) in admissible {
            put(&mut changed, at, &rows);
            let slice = &mut changed.slices[at];
            slice.extents = slice.items.iter().map(extent).collect();
        }
        Ok(changed.completed(set))
    }
}
