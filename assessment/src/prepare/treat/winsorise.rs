//! Winsorising: the most extreme value is moved to its neighbour, again and again, until the sample passes the test for
//! outliers or enough values are moved; at the upper end where the skewness is not negative, else at the lower.
//!
//! Source: COINr's `winsorise`. Tied extremes are one step and move together, and the limit is looked at between the steps,
//! so that more values can be moved than it says; how many were, is kept with the result.

use dashu_ratio::RBig;

use super::map::Map;
use super::sample::Sample;
use super::shape::{Thresholds, is_right_skewed, passes};
use super::{Applied, Fitted};

pub(super) fn fit(sample: &Sample, at_most: u32, skewness: f64, kurtosis: f64) -> Fitted {
    let thresholds = Thresholds { skewness, kurtosis };
    let order = sample.order();
    let mut moved = Moved { sample, order: &order, low: 0, high: order.len().saturating_sub(1), below: 0, above: 0 };
    while moved.below + moved.above < at_most as usize && !moved.passes(thresholds) {
        if moved.is_right_skewed() { moved.lower() } else { moved.raise() }
    }
    match moved.below + moved.above {
        0 => Fitted::Untouched,
        count => Fitted::Applied(Applied { method: "winsorise", map: moved.map(), moved: count }),
    }
}

/// A sample some of whose extremes have been moved.
struct Moved<'a> {
    sample: &'a Sample<'a>,
    order: &'a [usize],
    /// The places in the order of the smallest and the largest value that are left.
    low: usize,
    high: usize,
    /// How many values were moved at each end.
    below: usize,
    above: usize,
}

impl Moved<'_> {
    fn clamped<T: PartialOrd + Clone>(&self, value: impl Fn(usize) -> T) -> Vec<T> {
        let place = |at: usize| self.order[at.clamp(self.low, self.high)];
        (0..self.order.len()).map(|at| value(place(at))).collect()
    }

    fn doubles(&self) -> Vec<f64> {
        self.clamped(|place| self.sample.doubles[place])
    }

    fn exact(&self) -> Vec<RBig> {
        self.clamped(|place| self.sample.exact(place))
    }

    fn passes(&self, thresholds: Thresholds) -> bool {
        self.low >= self.high || passes(&self.doubles(), self.sample.bound, thresholds, || self.exact())
    }

    fn is_right_skewed(&self) -> bool {
        is_right_skewed(&self.doubles(), self.sample.bound, || self.exact())
    }

    /// Moves the largest values to the next smaller one.
    fn lower(&mut self) {
        let largest = self.order[self.high];
        while self.high > self.low && self.sample.compare(self.order[self.high], largest).is_eq() {
            self.high -= 1;
        }
        self.above = self.order.len() - 1 - self.high;
    }

    /// Moves the smallest values to the next larger one.
    fn raise(&mut self) {
        let smallest = self.order[self.low];
        while self.high > self.low && self.sample.compare(self.order[self.low], smallest).is_eq() {
            self.low += 1;
        }
        self.below = self.low;
    }

    fn map(&self) -> Map {
        let end = |moved: usize, at: usize| (moved > 0).then(|| self.sample.exact(self.order[at]));
        Map::Clamp { low: end(self.below, self.low), high: end(self.above, self.high) }
    }
}
