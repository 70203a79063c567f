//! How far the raw value of a leaf can go one way by the deadline, on what evidence, and what a unit of it costs.
//!
//! Under `rates` the limit is the peers' percentile of the rate per year (Theil-Sen, [`crate::rates`]) times the years, and a unit
//! of effort is a year of work at that rate. Under `peer_level` it is the percentile of the values that the peers have reached in
//! the same period, and a unit of effort is the distance between their quartiles. A leaf of which too few peers have evidence
//! moves only within a limit that the caller gives; then the whole of it costs what a leaf pushed to its limit costs: the years
//! under `rates`, 1 under `peer_level`. Limits are read a trillionth short, so that no rounding of doubles goes beyond them.

use citygauge_indicators::NodeIndex;
use citygauge_indicators::exact::nearest_double;
use dashu_ratio::RBig;

use super::digits;
use super::request::{Basis, Bound, Request};
use super::stuck::Stuck;
use crate::assessment::Assessment;
use crate::normalise::number;
use crate::rates::{LEAST_PEERS, Rates, Way};
use crate::sample::order::{quantile, sorted};
use crate::years::Quantity;

/// By what a limit is short of what peers have reached, as a part of it.
const SHORT: f64 = 1e-12;

/// What stops a raw value on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// What the peers have achieved.
    Peers,
    /// What the caller gives.
    Caller,
    /// The values that the item admits.
    Item,
    /// The end of the scale: nothing beyond scores more.
    Scale,
}

impl Stop {
    /// The word in answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Peers => "peers",
            Self::Caller => "caller",
            Self::Item => "item",
            Self::Scale => "scale",
        }
    }
}

/// The limit of one way.
#[derive(Debug, Clone)]
pub(super) struct Limit {
    /// The last raw value that can be reached, a decimal of fifteen digits.
    pub value: RBig,
    /// What stops there.
    pub stop: Stop,
    /// The effort per unit of the raw value.
    pub cost: f64,
}

/// The evidence of one leaf and way, which does not depend on the deadline.
#[derive(Debug, Clone)]
pub(super) struct Evidence {
    way: Way,
    now: RBig,
    /// Per year under `rates`, else in all, above 0; or why there is none.
    pace: Result<f64, Stuck>,
    /// The effort per unit that follows from the evidence.
    cost: Result<f64, Stuck>,
    /// What the caller asks for.
    own_cost: Option<f64>,
    bound: Option<RBig>,
    item: Option<RBig>,
    basis: Basis,
}

impl Evidence {
    pub(super) fn of(
        assessment: &Assessment,
        request: &Request,
        node: NodeIndex,
        item: Option<usize>,
        now: &RBig,
        way: Way,
    ) -> Self {
        let set = assessment.set();
        let code = &set.nodes()[node].code;
        let (pace, cost) = match request.limits.basis {
            Basis::Rates => of_rates(assessment, request, node, way),
            Basis::PeerLevel => of_level(assessment, request, node, now, way),
        };
        let own = request.bounds.iter().find(|bound| bound.node == *code);
        let end_of = |least: Option<f64>, greatest: Option<f64>| if way == Way::Up { greatest } else { least };
        let range = item.map(|item| set.items()[item].range());
        Self {
            way,
            now: now.clone(),
            pace,
            cost,
            own_cost: request.costs.iter().find(|cost| cost.node == *code).map(|cost| cost.per_unit),
            bound: own.and_then(|Bound { least, greatest, .. }| end_of(*least, *greatest)).map(number),
            item: range.and_then(|(least, greatest)| end_of(least, greatest)).map(number),
            basis: request.limits.basis,
        }
    }

    /// The limit by a deadline so many years ahead; `end` is where the scale ends.
    pub(super) fn limit(&self, years: &RBig, end: Option<&RBig>) -> Result<Limit, Stuck> {
        let sign = number(if self.way == Way::Up { 1.0 } else { -1.0 });
        let span = match self.basis {
            Basis::Rates => years.clone(),
            Basis::PeerLevel => RBig::ONE,
        };
        let by_peers = match self.pace {
            Ok(pace) => Some(&self.now + &sign * number(pace) * &span * number(1.0 - SHORT)),
            // A limit of the caller stands in for evidence that is not there, not for evidence that nobody moves this way.
            Err(Stuck::NoEvidence) if self.bound.is_some() => None,
            Err(stuck) => return Err(stuck),
        };
        let ends = [
            (by_peers.as_ref(), Stop::Peers),
            (self.bound.as_ref(), Stop::Caller),
            (self.item.as_ref(), Stop::Item),
            (end, Stop::Scale),
        ];
        let on_way = |value: &RBig| &sign * (value - &self.now);
        let ends = ends.into_iter().filter_map(|(value, stop)| Some((value?, stop)));
        let nearest = ends.reduce(|one, other| if on_way(other.0) < on_way(one.0) { other } else { one });
        let (value, stop) = nearest.ok_or(Stuck::NoEvidence)?;
        let value = digits::up_to(value, self.way);
        if on_way(&value) <= RBig::ZERO {
            return Err(match stop {
                Stop::Peers => Stuck::NoPrecedent,
                Stop::Caller => Stuck::Bound,
                Stop::Item | Stop::Scale => Stuck::AtEnd,
            });
        }
        let cost = match (self.own_cost, &self.cost, &self.bound) {
            (Some(cost), ..) => cost,
            (None, Ok(cost), _) => *cost,
            (None, Err(Stuck::NoEvidence), Some(bound)) => nearest_double(&(span / on_way(bound))),
            (None, Err(stuck), _) => return Err(*stuck),
        };
        Ok(Limit { value, stop, cost })
    }
}

/// The rate per year and the years that a unit takes.
fn of_rates(assessment: &Assessment, request: &Request, node: NodeIndex, way: Way) -> (Result<f64, Stuck>, Result<f64, Stuck>) {
    let rates = Rates::of(assessment, Quantity::Value, node, &request.city, request.period, request.peers.as_deref(), way);
    let sign = if way == Way::Up { 1.0 } else { -1.0 };
    let pace = match rates.percentile(request.limits.percentile).map(|rate| rate * sign) {
        Some(rate) if rates.peers() >= LEAST_PEERS => {
            if rate > 0.0 {
                Ok(rate)
            } else {
                Err(Stuck::NoPrecedent)
            }
        }
        _ => Err(Stuck::NoEvidence),
    };
    (pace, pace.map(|rate| 1.0 / rate))
}

/// The distance to the level of the peers, and the quartile distances that a unit takes.
fn of_level(
    assessment: &Assessment,
    request: &Request,
    node: NodeIndex,
    now: &RBig,
    way: Way,
) -> (Result<f64, Stuck>, Result<f64, Stuck>) {
    let values = level_values(assessment, request, node);
    if values.len() < LEAST_PEERS {
        return (Err(Stuck::NoEvidence), Err(Stuck::NoEvidence));
    }
    let (p, sign) = match way {
        Way::Up => (request.limits.percentile, 1.0),
        Way::Down => (1.0 - request.limits.percentile, -1.0),
    };
    let at = |p: f64| quantile(&values, p).unwrap_or_default();
    let distance = sign * nearest_double(&(number(at(p)) - now));
    let spread = at(0.75) - at(0.25);
    (
        if distance > 0.0 { Ok(distance) } else { Err(Stuck::NoPrecedent) },
        if spread > 0.0 { Ok(1.0 / spread) } else { Err(Stuck::NoSpread) },
    )
}

/// The raw values of the peers in the period, in rising order.
fn level_values(assessment: &Assessment, request: &Request, node: NodeIndex) -> Vec<f64> {
    let Some(at) = assessment.observations.slice_of(request.period) else { return Vec::new() };
    let Some(values) = assessment.measured[at].values.get(&node) else { return Vec::new() };
    let is_peer =
        |code: &str| code != request.city && request.peers.as_deref().is_none_or(|peers| peers.iter().any(|peer| peer == code));
    let cities = assessment.cities_of(request.period).enumerate();
    let values = cities.filter(|(_, code)| is_peer(code)).filter_map(|(row, _)| values.get(row));
    sorted(&values.collect::<Vec<f64>>())
}
