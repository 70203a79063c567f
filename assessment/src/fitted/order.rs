//! The order of the values that a rule is fitted on.
//!
//! Doubles that lie further apart than their bounds are in order; where neighbours are closer, their exact values
//! are made and put in order, and only there.

use dashu_ratio::RBig;

use super::members::{Members, Place};
use crate::normalise::number;

/// The values in rising order.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// The doubles, rising.
    values: Vec<f64>,
    /// Where each of them stands; empty where doubles stand for their own decimals.
    places: Vec<Place>,
    /// The runs of neighbours that doubles do not put in order.
    runs: Vec<Run>,
    members: Members,
}

/// A run of neighbours whose exact values are needed.
#[derive(Debug, Clone)]
struct Run {
    start: usize,
    /// The exact values of the run, rising.
    exact: Vec<RBig>,
}

impl Run {
    fn end(&self) -> usize {
        self.start + self.exact.len()
    }
}

/// Where a value stands among others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// How many are smaller.
    pub below: usize,
    /// How many are equal.
    pub equal: usize,
}

impl Order {
    pub(super) fn of(members: Members) -> Self {
        if members.is_decimal {
            let mut values: Vec<f64> = members.doubles().map(|(value, _)| value).collect();
            values.sort_unstable_by(f64::total_cmp);
            return Self { values, places: Vec::new(), runs: Vec::new(), members };
        }
        let mut placed: Vec<(f64, Place)> = members.doubles().collect();
        placed.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        let mut runs = Vec::new();
        let mut start = 0;
        for close in placed.chunk_by(|(one, _), (other, _)| other - one <= apart(members.bound, members.bound, *other)) {
            if close.len() > 1 {
                let mut exact: Vec<RBig> = close.iter().map(|&(value, place)| members.exact(value, place)).collect();
                exact.sort();
                runs.push(Run { start, exact });
            }
            start += close.len();
        }
        let (values, places) = placed.into_iter().unzip();
        Self { values, places, runs, members }
    }

    /// How many values there are.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether doubles put all of its values and others in order, those that stand for their own decimals or not.
    pub(crate) fn tells(&self, are_decimals: bool) -> bool {
        are_decimals && self.members.is_decimal
    }

    /// Where a double stands that lies within `bound` of its exact value; none where the doubles leave it open. The value
    /// of a member meets itself among the values.
    pub(crate) fn standing(&self, value: f64, bound: f64, is_decimal: bool, is_member: bool) -> Option<Standing> {
        if self.tells(is_decimal) {
            let below = self.values.partition_point(|other| *other < value);
            let up_to = below + self.values[below..].partition_point(|other| *other <= value);
            return Some(Standing { below, equal: up_to - below });
        }
        let (from, to) = self.near(value, bound);
        match to - from {
            0 => Some(Standing { below: from, equal: 0 }),
            1 if is_member => Some(Standing { below: from, equal: 1 }),
            _ => None,
        }
    }

    /// Where an exact value stands.
    pub(crate) fn exact_standing(&self, value: &RBig) -> Standing {
        let double = citygauge_indicators::exact::nearest_double(value);
        let (from, to) = self.near(double, double.abs() * f64::EPSILON);
        let mut standing = Standing { below: from, equal: 0 };
        let mut at = from;
        while at < to {
            // What stands before `from` in its run is smaller.
            if let Some(run) = self.run_of(at) {
                let below = run.exact.partition_point(|other| other < value);
                if below > 0 {
                    standing.below = run.start + below;
                }
                standing.equal += run.exact[below..].partition_point(|other| other == value);
                at = run.end();
            } else {
                let other = self.exact(at);
                // Equal doubles that stand for their decimals are equal.
                let alike = if self.places.is_empty() {
                    self.values[at..to].partition_point(|double| *double <= self.values[at])
                } else {
                    1
                };
                standing.below += if other < *value { alike } else { 0 };
                standing.equal += if other == *value { alike } else { 0 };
                at += alike;
            }
        }
        standing
    }

    /// The value at a place of the rising order, exactly.
    pub(crate) fn exact(&self, at: usize) -> RBig {
        match self.run_of(at) {
            Some(run) => run.exact[at - run.start].clone(),
            None if self.places.is_empty() => number(self.values[at]),
            None => self.members.exact(self.values[at], self.places[at]),
        }
    }

    fn run_of(&self, at: usize) -> Option<&Run> {
        let run = &self.runs[..self.runs.partition_point(|run| run.start <= at)].last()?;
        (at < run.end()).then_some(run)
    }

    /// The values that may be equal to one, by their places; those before are smaller, those from the end on greater.
    fn near(&self, value: f64, bound: f64) -> (usize, usize) {
        let apart = apart(bound, self.members.bound, value);
        let from = self.values.partition_point(|other| value - other > apart);
        (from, from + self.values[from..].partition_point(|other| other - value <= apart))
    }
}

/// Doubles whose distance is beyond this are in order; the last term stands for the rounding of the comparison.
fn apart(one: f64, other: f64, value: f64) -> f64 {
    one + other + value.abs() * f64::EPSILON
}
