//! The raw values that may move, before their limits are known: one per leaf, one for the leaves that are the same item.

use std::collections::BTreeMap;

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::formula::Formula;
use citygauge_indicators::{Faults, ItemKind, NodeIndex};
use dashu_ratio::RBig;

use super::faults;
use super::goal::{Aim, Demand};
use super::limits::Evidence;
use super::movable::{Candidate, Output};
use super::request::Request;
use super::shape::Shape;
use super::stuck::Stuck;
use super::support::Support;
use crate::assessment::Assessment;
use crate::exact::leaf::Cells;
use crate::normalise::number;
use crate::rates::Way;

/// The candidates in the order of the set, and why each other leaf stays as it is.
pub(super) struct Candidates<'a> {
    pub candidates: Vec<Candidate<'a>>,
    pub stuck: BTreeMap<NodeIndex, Stuck>,
}

impl<'a> Candidates<'a> {
    pub(super) fn of(
        assessment: &'a Assessment,
        request: &Request,
        aim: &Aim,
        support: Support,
        at: usize,
        row: usize,
    ) -> Result<Self, Faults> {
        let set = assessment.set();
        let cells = Cells::new(set, &assessment.observations, at);
        let mut stuck = support.stuck;
        let needs = needs(aim);
        let mut groups: Vec<(Option<usize>, RBig, Vec<NodeIndex>)> = Vec::new();
        for &leaf in support.leaves.keys() {
            let item = single_item(assessment, leaf);
            let reason = reason(assessment, request, leaf, item, &needs);
            let value = cells.value(leaf, row).0;
            match (reason, value) {
                (Some(reason), _) => stuck.extend([(leaf, reason)]),
                (None, None) => stuck.extend([(leaf, Stuck::NoData)]),
                (None, Some(value)) => match groups.iter_mut().find(|(known, ..)| item.is_some() && *known == item) {
                    Some((_, _, leaves)) => leaves.push(leaf),
                    None => groups.push((item, value, vec![leaf])),
                },
            }
        }
        told_bounds(assessment, request, &stuck, cells, row)?;
        // A leaf that is kept keeps the others that are the same item.
        groups.retain(|(item, _, leaves)| {
            let others = support.leaves.keys().filter(|leaf| item.is_some() && single_item(assessment, **leaf) == *item);
            let kept = others.filter_map(|leaf| stuck.get(leaf)).next().copied();
            if let Some(reason) = kept {
                stuck.extend(leaves.iter().map(|leaf| (*leaf, reason)));
            }
            kept.is_none()
        });
        let mut candidates = Vec::new();
        for (item, now, leaves) in groups {
            let shapes: Result<Vec<Shape>, Stuck> =
                leaves.iter().map(|&leaf| Shape::of(assessment, leaf, request.period)).collect();
            let shapes = match shapes {
                Ok(shapes) => shapes,
                Err(reason) => {
                    stuck.extend(leaves.iter().map(|leaf| (*leaf, reason)));
                    continue;
                }
            };
            let outputs = leaves.iter().flat_map(|&leaf| {
                let plain = Output { leaf, floor: None };
                let floored = support.leaves[&leaf].map(|floor| Output { leaf, floor: Some(floor) });
                [Some(plain), floored].into_iter().flatten()
            });
            let evidence = [Way::Up, Way::Down].map(|way| {
                // Own limits and efforts of any of the leaves hold for the item that they are.
                let named = leaves.iter().find(|&&leaf| is_named(assessment, request, leaf)).unwrap_or(&leaves[0]);
                (way, Evidence::of(assessment, request, *named, item, &now, way))
            });
            let needs = needs.iter().filter(|(needed, _)| item == Some(*needed)).map(|(_, at_least)| number(*at_least));
            candidates.push(Candidate {
                outputs: outputs.collect(),
                needs: needs.collect(),
                leaves,
                item,
                now,
                shapes,
                evidence,
            });
        }
        Ok(Self { candidates, stuck })
    }
}

/// The item that a leaf is, where it is nothing else.
fn single_item(assessment: &Assessment, leaf: NodeIndex) -> Option<usize> {
    let set = assessment.set();
    let formula = set.nodes()[leaf].leaf()?.formula.as_ref()?;
    set.item_index(formula.as_item()?)
}

fn is_named(assessment: &Assessment, request: &Request, leaf: NodeIndex) -> bool {
    let code = &assessment.set().nodes()[leaf].code;
    request.bounds.iter().any(|bound| bound.node == *code) || request.costs.iter().any(|cost| cost.node == *code)
}

/// What the goal asks of items.
fn needs(aim: &Aim) -> Vec<(usize, f64)> {
    fn collect(demand: &Demand, needs: &mut Vec<(usize, f64)>) {
        match demand {
            Demand::Score { .. } => {}
            Demand::Item { item, at_least } => needs.push((*item, *at_least)),
            Demand::Count { of, .. } => of.iter().flatten().for_each(|demand| collect(demand, needs)),
        }
    }
    let mut needs = Vec::new();
    aim.demands.iter().for_each(|demand| collect(demand, &mut needs));
    needs
}

/// Why a leaf stays, whatever its evidence.
fn reason(
    assessment: &Assessment,
    request: &Request,
    leaf: NodeIndex,
    item: Option<usize>,
    needs: &[(usize, f64)],
) -> Option<Stuck> {
    let set = assessment.set();
    let reads = |formula: &Formula, item: usize| formula.items().contains(set.items()[item].code.as_str());
    let is_shared = |item: usize| {
        let formulas = set.leaves().filter_map(|(_, leaf)| leaf.formula.as_ref());
        formulas.filter(|formula| formula.as_item().is_none()).any(|formula| reads(formula, item))
    };
    match item {
        _ if request.fixed.contains(&set.nodes()[leaf].code) => Some(Stuck::Fixed),
        Some(item) if matches!(set.items()[item].kind, ItemKind::Boolean | ItemKind::Choice) => Some(Stuck::NoScale),
        Some(item) if set.adjustment_formulas().iter().any(|formula| reads(formula, item)) => Some(Stuck::Adjusted),
        Some(item) if needs.iter().any(|(needed, _)| *needed == item) && is_shared(item) => Some(Stuck::Required),
        _ => Shape::of(assessment, leaf, request.period).err(),
    }
}

/// The faults of own limits and efforts that the data tell: of an indicator without data, and around a value that they leave out.
fn told_bounds(
    assessment: &Assessment,
    request: &Request,
    stuck: &BTreeMap<NodeIndex, Stuck>,
    cells: Cells,
    row: usize,
) -> Result<(), Faults> {
    let set = assessment.set();
    let mut faults = Faults::default();
    let named = request.bounds.iter().enumerate().map(|(at, bound)| (&bound.node, format!("/bounds/{at}"), Some(bound)));
    let costs = request.costs.iter().enumerate().map(|(at, cost)| (&cost.node, format!("/costs/{at}"), None));
    for (code, pointer, bound) in named.chain(costs) {
        let Some(leaf) = set.node_index(code) else { continue };
        match stuck.get(&leaf) {
            Some(reason @ (Stuck::NoData | Stuck::NotApplicable)) => faults.push(faults::no_data(code, pointer, reason.word())),
            _ => {
                let Some(value) = bound.and_then(|_| cells.value(leaf, row).0) else { continue };
                let below = bound.and_then(|bound| bound.least).is_some_and(|least| value < number(least));
                let above = bound.and_then(|bound| bound.greatest).is_some_and(|greatest| value > number(greatest));
                if below || above {
                    faults.push(faults::outside_bound(code, pointer, nearest_double(&value)));
                }
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}
