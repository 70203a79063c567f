//! Rates: how fast a quantity of a city has moved, how fast it moved in other cities, and what that says of a rate that a target
//! asks for.
//!
//! A rate is a change per year: of the raw value of a leaf in its unit, of a score in points of the score. The history is that of the
//! periods of one length, up to the period that is looked at. Peers' percentiles are R's type 7, over peers with a rate, and point
//! the way that is wanted: on the way down the 75th percentile is the rate that a quarter of the peers undercut.

mod verdict;

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{NodeIndex, Period};
use dashu_ratio::RBig;

use crate::assessment::Assessment;
use crate::normalise::number;
use crate::sample::order::{quantile, sorted};
use crate::years::Quantity;
use crate::years::trend::median_slope;

pub use verdict::Verdict;

/// The least number of peers with a rate on whose percentiles a verdict rests.
pub const LEAST_PEERS: usize = 5;

/// Which way a quantity has to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The number has to grow.
    Up,
    /// The number has to fall.
    Down,
}

impl Way {
    /// The way of a change; up where there is none.
    #[must_use]
    pub fn of(change: &RBig) -> Self {
        if *change < RBig::ZERO { Self::Down } else { Self::Up }
    }

    fn sign(self) -> f64 {
        match self {
            Self::Up => 1.0,
            Self::Down => -1.0,
        }
    }
}

/// A series with two values or more, in the order of time.
type Series = Vec<(Period, f64)>;

/// What the histories of a city and of its peers say of the rate of one quantity.
#[derive(Debug, Clone)]
pub struct Rates {
    way: Way,
    own: Option<Series>,
    own_periods: usize,
    peers: Vec<Series>,
    /// The peers' rates on the way, in rising order.
    sorted: Vec<f64>,
}

impl Rates {
    /// The rates of a node: of the raw value (of a leaf) or of the score. Peers are the cities of the cohort, or those named, without
    /// the city itself.
    #[must_use]
    pub fn of(
        assessment: &Assessment,
        quantity: Quantity,
        node: NodeIndex,
        city: &str,
        period: Period,
        peers: Option<&[String]>,
        way: Way,
    ) -> Self {
        let observations = &assessment.observations;
        let slices: Vec<usize> = assessment.periods.iter().map(|period| period.at).collect();
        let is_before = |at: usize| {
            let known = observations.slices[at].period;
            known.kind() == period.kind() && known <= period
        };
        let slices: Vec<usize> = slices.into_iter().filter(|&at| is_before(at)).collect();
        let series = |place: usize| -> Series {
            let value = |&at: &usize| {
                let row = observations.slices[at].row_of(place)?;
                let value = match quantity {
                    Quantity::Score => assessment.computed[at].actual.score(node, row),
                    Quantity::Value => assessment.measured[at].values.get(&node).and_then(|values| values.get(row)),
                };
                Some((observations.slices[at].period, value?))
            };
            slices.iter().filter_map(value).collect()
        };
        let (mut own, mut own_periods, mut others) = (None, 0, Vec::new());
        for (place, known) in observations.cities.iter().enumerate() {
            let is_own = known.code == city;
            if !is_own && peers.is_some_and(|peers| !peers.contains(&known.code)) {
                continue;
            }
            let series = series(place);
            if is_own {
                own_periods = series.len();
            }
            match series.len() {
                0 | 1 => {}
                _ if is_own => own = Some(series),
                _ => others.push(series),
            }
        }
        let rates: Vec<f64> = others.iter().map(|series| way.sign() * slope(series)).collect();
        Self { way, own, own_periods, peers: others, sorted: sorted(&rates) }
    }

    /// Which way is looked at.
    #[must_use]
    pub fn way(&self) -> Way {
        self.way
    }

    /// The city's own rate per year, the median of the slopes between all pairs of periods (Theil 1950, Sen 1968); none with fewer than
    /// two values.
    #[must_use]
    pub fn own(&self) -> Option<f64> {
        self.own.as_ref().map(|series| nearest_double(&median_slope(series)))
    }

    /// In how many periods the city has a value.
    #[must_use]
    pub fn own_periods(&self) -> usize {
        self.own_periods
    }

    /// How many peers have a rate.
    #[must_use]
    pub fn peers(&self) -> usize {
        self.peers.len()
    }

    /// The rate per year, signed, that a part `p` (0 to 1) of the peers does not exceed on the way; none without peers.
    #[must_use]
    pub fn percentile(&self, p: f64) -> Option<f64> {
        quantile(&self.sorted, p).map(|rate| self.way.sign() * rate)
    }

    /// The same exactly, and on the way: above 0 where it leads there.
    fn exact_percentile(&self, p: f64) -> Option<RBig> {
        let sign = number(self.way.sign());
        let mut rates: Vec<RBig> = self.peers.iter().map(|series| &sign * median_slope(series)).collect();
        rates.sort();
        let last = rates.len().checked_sub(1)?;
        let at = RBig::from(last) * number(p);
        let below = at.floor();
        let place = usize::try_from(below.clone()).ok()?;
        let (low, high) = (&rates[place], &rates[(place + 1).min(last)]);
        Some(low + (at - RBig::from(below)) * (high - low))
    }
}

/// The median slope in doubles: of a decimal's nearest double, so within the last digits of the exact one.
fn slope(series: &[(Period, f64)]) -> f64 {
    let times: Vec<f64> = series.iter().map(|(period, _)| nearest_double(&period.in_years())).collect();
    let mut slopes = Vec::with_capacity(series.len() * (series.len() - 1) / 2);
    for late in 1..series.len() {
        for early in 0..late {
            slopes.push((series[late].1 - series[early].1) / (times[late] - times[early]));
        }
    }
    let middle = slopes.len() / 2;
    let (below, &mut above, _) = slopes.select_nth_unstable_by(middle, f64::total_cmp);
    if slopes_are_odd(series.len()) {
        return above;
    }
    let below = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (below + above) / 2.0
}

/// Whether the number of pairs of `points` is odd.
fn slopes_are_odd(points: usize) -> bool {
    (points * (points - 1) / 2) % 2 == 1
}

#[cfg(test)]
mod tests;
