//! What the histories say of one target: the rate that it asks for beside those that were reached.

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{NodeIndex, Period};
use dashu_ratio::RBig;

use super::interpolate::years_between;
use crate::assessment::Assessment;
use crate::normalise::number;
use crate::rates::{Rates, Verdict, Way};
use crate::years::Quantity;

/// The rate that a target asks for, and the rates that were reached; all per year, in the unit of the target.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The place of the node in the set.
    pub node: NodeIndex,
    /// The value that the target starts from.
    pub baseline: f64,
    /// The target.
    pub target: f64,
    /// The years between them.
    pub years: f64,
    /// The change per year that the target asks for.
    pub required_rate: f64,
    /// The city's own median slope (Theil and Sen).
    pub own_rate: Option<f64>,
    /// In how many periods the city has a value.
    pub own_periods: usize,
    /// How many peers have a rate.
    pub peers: usize,
    /// The peers' median rate, on the way.
    pub peers_p50: Option<f64>,
    /// The rate that three quarters of the peers do not exceed, on the way.
    pub peers_p75: Option<f64>,
    /// The rate that nine tenths of the peers do not exceed, on the way.
    pub peers_p90: Option<f64>,
    /// What that says of the target.
    pub verdict: Verdict,
}

/// Of whom, from when and until when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span<'a> {
    pub city: &'a str,
    pub baseline: Period,
    pub due: Period,
    pub peers: Option<&'a [String]>,
}

impl Evidence {
    /// None where the deadline does not lie after the baseline.
    pub(super) fn of(
        assessment: &Assessment,
        quantity: Quantity,
        node: NodeIndex,
        span: Span,
        baseline: f64,
        target: f64,
    ) -> Option<Self> {
        let years = years_between(span.baseline, span.due);
        if years <= RBig::ZERO {
            return None;
        }
        let change = number(target) - number(baseline);
        let required = &change / &years;
        let rates = Rates::of(assessment, quantity, node, span.city, span.baseline, span.peers, Way::of(&change));
        Some(Self {
            node,
            baseline,
            target,
            years: nearest_double(&years),
            required_rate: nearest_double(&required),
            own_rate: rates.own(),
            own_periods: rates.own_periods(),
            peers: rates.peers(),
            peers_p50: rates.percentile(0.5),
            peers_p75: rates.percentile(0.75),
            peers_p90: rates.percentile(0.9),
            verdict: rates.verdict(&required),
        })
    }
}
