//! What is fitted of one leaf on the cities and periods that its rule names.

use std::sync::Arc;

use citygauge_indicators::{IndicatorSet, Leaf, NodeIndex, Period, Scoring};
use dashu_ratio::RBig;

use super::Parameter;
use super::members::{Members, Origin};
use super::order::Order;
use super::spread::Spread;
use crate::exact::leaf::Cells;
use crate::measure::Measured;
use crate::normalise::cohort::line::End;
use crate::normalise::number;
use crate::numbers::Extent;
use crate::observations::Observations;
use crate::prepare::Preparation;

/// Smallest and largest raw value, and what else the rule needs to know.
#[derive(Debug, Clone)]
pub(crate) struct Fit {
    /// How many values there are.
    pub count: usize,
    /// The smallest raw value, as a double.
    pub smallest: f64,
    /// The largest raw value, as a double.
    pub largest: f64,
    /// The smallest raw value, exactly.
    pub exact_smallest: RBig,
    /// The largest raw value, exactly.
    pub exact_largest: RBig,
    /// How far the doubles may lie from the exact values.
    pub bound: f64,
    /// The raw value of the reference city, for the rule that has one.
    pub reference: Option<End>,
    /// Mean and standard deviation, for `z_score`.
    pub spread: Option<Spread>,
    /// The order of the values, for the rules that go by it.
    pub order: Option<Arc<Order>>,
}

impl Fit {
    /// The worst raw value: the smallest, or the largest where less is better.
    pub(crate) fn worst(&self, rising: bool) -> End {
        let (value, exact) = if rising { (self.smallest, &self.exact_smallest) } else { (self.largest, &self.exact_largest) };
        End { value, exact: exact.clone(), bound: self.bound }
    }

    /// The best raw value.
    pub(crate) fn best(&self, rising: bool) -> End {
        self.worst(!rising)
    }

    /// What people and files are told of it.
    pub(crate) fn parameter(&self, set: &IndicatorSet, node: NodeIndex, period: Option<Period>) -> Parameter {
        let cohort = set.nodes()[node].leaf().and_then(|leaf| leaf.scoring.cohort());
        // A single value has no deviation.
        let sd = self.spread.as_ref().filter(|_| self.count > 1).map(|spread| spread.sd);
        Parameter {
            node: set.nodes()[node].code.clone(),
            period,
            cohort: cohort.cloned().unwrap_or_default(),
            count: self.count,
            smallest: self.smallest,
            largest: self.largest,
            reference: self.reference.as_ref().map(|end| end.value),
            mean: self.spread.as_ref().map(|spread| spread.mean),
            sd,
        }
    }
}

/// Whether a rule goes by more of its cohort than the extremes.
pub(super) fn keeps_values(scoring: &Scoring) -> bool {
    matches!(scoring, Scoring::ZScore { .. } | Scoring::Rank { .. } | Scoring::Borda { .. } | Scoring::PercentileRank { .. })
}

/// What fits are made of.
pub(super) struct Fitting<'a> {
    pub set: &'a IndicatorSet,
    pub observations: &'a Observations,
    pub measured: &'a [Measured],
    pub preparation: &'a Preparation,
    /// Where some rule keeps the values of its cohort.
    pub origin: Option<Arc<Origin>>,
}

impl Fitting<'_> {
    /// The fit of a leaf over some periods; none where it has no value in them. The doubles name the candidates for the
    /// extremes; among those that lie within the bound of the extreme, the exact values decide.
    pub fn of(&self, node: NodeIndex, leaf: &Leaf, slices: &[usize]) -> Option<Fit> {
        let column = |at: usize| self.measured[at].to_score(node).0;
        let mut range: Option<(f64, f64)> = None;
        let mut bound: f64 = 0.0;
        let mut is_decimal = true;
        let mut count = 0;
        for &at in slices {
            let raw = self.measured[at].to_score(node).1;
            if let Some(Extent { smallest: low, largest: high }) = raw.extent {
                range = Some(range.map_or((low, high), |(smallest, largest)| (smallest.min(low), largest.max(high))));
                bound = bound.max(raw.bound);
                is_decimal &= raw.is_decimal;
                count += column(at).len() - column(at).null_count();
            }
        }
        let (smallest, largest) = range?;
        let exactly = |extreme: f64, choose: fn(RBig, RBig) -> RBig| {
            if is_decimal {
                return number(extreme);
            }
            let candidates = slices.iter().flat_map(|&at| {
                let near = column(at).iter().enumerate();
                let cells = Cells::new(self.set, self.observations, at);
                let rows: Vec<usize> = near
                    .filter(|(_, value)| value.is_some_and(|value| (value - extreme).abs() <= 2.0 * bound))
                    .map(|(row, _)| row)
                    .collect();
                rows.into_iter().filter_map(move |row| self.preparation.value(cells, node, row)).collect::<Vec<_>>()
            });
            candidates.reduce(choose).unwrap_or_else(|| number(extreme))
        };
        let members = || Some(Members::new(self.origin.as_ref()?, self.measured, node, slices));
        let (mut reference, mut spread, mut order) = (None, None, None);
        match &leaf.scoring {
            Scoring::ReferenceDistance { city, .. } => reference = self.reference(node, city, slices),
            Scoring::ZScore { .. } => spread = members().and_then(Spread::of),
            Scoring::Rank { .. } | Scoring::Borda { .. } | Scoring::PercentileRank { .. } => {
                order = members().map(|members| Arc::new(Order::of(members)));
            }
            _ => {}
        }
        Some(Fit {
            count,
            smallest,
            largest,
            exact_smallest: exactly(smallest, RBig::min),
            exact_largest: exactly(largest, RBig::max),
            bound,
            reference,
            spread,
            order,
        })
    }

    /// The raw value of the reference city in the latest of some periods in which it has one.
    fn reference(&self, node: NodeIndex, city: &str, slices: &[usize]) -> Option<End> {
        let place = self.observations.cities.iter().position(|known| known.code == city)?;
        slices.iter().rev().find_map(|&at| {
            let row = self.observations.slices[at].row_of(place)?;
            let (column, raw) = self.measured[at].to_score(node);
            let exact = self.preparation.value(Cells::new(self.set, self.observations, at), node, row)?;
            Some(End { value: column.get(row)?, exact, bound: raw.bound })
        })
    }
}
