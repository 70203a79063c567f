//! What a path stands on: the city as it is, the goal, and what may move.

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{Faults, NodeIndex};
use dashu_ratio::RBig;
use std::collections::BTreeMap;

use super::candidates::Candidates;
use super::goal::Aim;
use super::movable::Movable;
use super::request::Request;
use super::stuck::Stuck;
use super::support::Support;
use super::tree::Scores;
use super::{faults, verify};
use crate::adjust;
use crate::assessment::Assessment;
use crate::error::Result;
use crate::exact::node::Nodes;
use crate::what_if::Supposed;

/// The city as it is, and what is asked for.
pub(super) struct Ground<'a> {
    pub assessment: &'a Assessment,
    pub request: &'a Request,
    pub aim: Aim,
    pub at: usize,
    pub row: usize,
    pub nodes: &'a Nodes<'a>,
    /// What bonuses and deductions add to the total.
    pub adjustment: RBig,
    candidates: Candidates<'a>,
    items: Vec<usize>,
}

impl<'a> Ground<'a> {
    pub(super) fn new(
        assessment: &'a Assessment,
        request: &'a Request,
        aim: Aim,
        nodes: &'a Nodes<'a>,
        at: usize,
        row: usize,
    ) -> std::result::Result<Self, Faults> {
        let support = Support::of(assessment, nodes, at, row, &aim.nodes())?;
        let candidates = Candidates::of(assessment, request, &aim, support, at, row)?;
        let (sums, _) = adjust::sums(assessment.inputs(at), row);
        let items = aim.items();
        Ok(Self { assessment, request, aim, at, row, nodes, adjustment: sums.bonus - sums.deduction, candidates, items })
    }

    /// What may move by a deadline so many years ahead, in the order of the set, and why each other leaf stays.
    pub(super) fn movables(&self, years: &RBig) -> (Vec<Movable>, BTreeMap<NodeIndex, Stuck>) {
        let mut stuck = self.candidates.stuck.clone();
        let mut movables = Vec::new();
        for candidate in &self.candidates.candidates {
            match candidate.movable(years) {
                Ok(movable) => movables.push(movable),
                Err(reason) => stuck.extend(candidate.leaves.iter().map(|leaf| (*leaf, reason))),
            }
        }
        (movables, stuck)
    }

    /// The scores of the city as sums that are still to be made.
    pub(super) fn scores(&self) -> Scores<'a> {
        Scores::new(self.assessment, self.nodes, self.at, self.row)
    }

    /// What the engine says where raw values have changed.
    pub(super) fn supposed(&self, movables: &[Movable], targets: &[Option<f64>]) -> Result<Vec<Supposed<'a>>> {
        verify::supposed(self.assessment, self.request, movables, targets, &self.items)
    }

    /// What the engine says where everything moves as far as it can by a deadline so many years ahead.
    pub(super) fn furthest(&self, movables: &[Movable]) -> Result<Vec<Supposed<'a>>> {
        let targets: Vec<Option<f64>> = movables.iter().map(|movable| Some(nearest_double(&movable.best.0))).collect();
        self.supposed(movables, &targets)
    }
}

/// The faults of a request that no city and no data have a part in.
pub(super) fn check(assessment: &Assessment, request: &Request) -> Faults {
    let set = assessment.set();
    let mut faults = Faults::default();
    if request.by.in_years() <= request.period.in_years() {
        faults.push(faults::deadline(request.by, request.period));
    }
    if !(0.5..=1.0).contains(&request.limits.percentile) {
        faults.push(faults::number("/limits/percentile".into(), request.limits.percentile, "0.5..1"));
    }
    let named = |list: &str, codes: Vec<&String>, faults: &mut Faults| {
        for (at, code) in codes.iter().enumerate() {
            let pointer = format!("/{list}/{at}");
            match set.node_index(code) {
                None => faults.push(faults::unknown_node(code, pointer)),
                Some(node) if set.nodes()[node].leaf().is_none() => faults.push(faults::no_indicator(code, pointer)),
                Some(_) if codes[..at].contains(code) => faults.push(faults::twice(code, pointer)),
                Some(_) if list != "fixed" && request.fixed.contains(code) => {
                    faults.push(faults::fixed_and_bound(code, pointer));
                }
                Some(_) => {}
            }
        }
    };
    named("fixed", request.fixed.iter().collect(), &mut faults);
    named("bounds", request.bounds.iter().map(|bound| &bound.node).collect(), &mut faults);
    named("costs", request.costs.iter().map(|cost| &cost.node).collect(), &mut faults);
    for (at, bound) in request.bounds.iter().enumerate() {
        for end in [bound.least, bound.greatest].into_iter().flatten().filter(|end| !end.is_finite()) {
            faults.push(faults::number(format!("/bounds/{at}"), end, "-1e308..1e308"));
        }
        if let (Some(least), Some(greatest)) = (bound.least, bound.greatest)
            && least > greatest
        {
            faults.push(faults::empty_bound(&bound.node, format!("/bounds/{at}"), least, greatest));
        }
    }
    for (at, cost) in request.costs.iter().enumerate() {
        if !(cost.per_unit.is_finite() && cost.per_unit > 0.0) {
            faults.push(faults::number(format!("/costs/{at}/per_unit"), cost.per_unit, "> 0"));
        }
    }
    faults
}
