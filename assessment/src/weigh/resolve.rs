//! Resolving a set: from the deepest node that derives weights upwards, derive them and put them in place.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Arc;

use citygauge_indicators::{Cohort, Evidence, Fault, Faults, IndicatorSet, NodeIndex, NodeKind, Period, Weighting};

use super::best_light::Frontier;
use super::derivation::{Derivation, Statistic};
use super::faults;
use super::method::{Children, Derived, FEWEST, Obstacle};
use super::sample::Sample;
use super::{DIGITS, Weighed};
use crate::assess::over_time;
use crate::error::Result;
use crate::fitted::Fitted;
use crate::measure::Measured;
use crate::observations::Observations;
use crate::parallel::in_parallel;
use crate::tree::{self, Computed, Inputs, counted_children};

/// Derives every weight that is not given.
///
/// # Errors
/// Everything about the cohort that keeps weights from being derived, at once for all nodes of one height.
pub(crate) fn resolve(
    set: &IndicatorSet,
    observations: &Observations,
    measured: &[Measured],
    fitted: &Fitted,
    threads: Option<NonZeroUsize>,
) -> Result<Weighed> {
    let mut weighed = Weighed::given(set);
    let slices = observations.slices.len();
    let stages = stages(set);
    if stages.is_empty() || slices == 0 {
        return Ok(weighed);
    }
    weighed.frontiers = vec![BTreeMap::new(); slices];
    weighed.warnings = vec![Vec::new(); slices];
    let mut weights: Vec<BTreeMap<NodeIndex, f64>> = vec![BTreeMap::new(); slices];
    for nodes in stages {
        let computed = {
            let weighed = &weighed;
            let inputs = Inputs { set: weighed.set(0), weighed, observations, fitted, measured, at: 0, earlier: &[] };
            let wanted = wanted(set, &nodes);
            if wanted.contains(&true) { over_time(inputs, threads, |inputs| tree::part(inputs, &wanted))? } else { Vec::new() }
        };
        let mut faults = Faults::default();
        for node in nodes {
            let place = Place::new(set, observations, measured, &computed, node);
            let each = place.periods();
            let found = in_parallel(threads, each.len(), |i| Ok(place.derived(each[i])))?;
            for (at, found) in each.iter().zip(found) {
                let period = at.map(|at| observations.slices[at].period);
                match found {
                    Ok(found) => place.keep(*at, period, found, &mut weighed, &mut weights),
                    Err(obstacle) => faults.push(faults::refusal(set, node, period, obstacle, &place.children)),
                }
            }
        }
        if !faults.is_empty() {
            return Err(faults.into());
        }
        weighed.sets = in_place(set, &weights);
    }
    weighed.derivations.sort_by_key(|derived| (derived.node, derived.period));
    Ok(weighed)
}

/// The set of every slice with the weights that were derived so far; slices with the same weights share one.
fn in_place(set: &IndicatorSet, weights: &[BTreeMap<NodeIndex, f64>]) -> Vec<Arc<IndicatorSet>> {
    let mut sets: Vec<Arc<IndicatorSet>> = Vec::with_capacity(weights.len());
    for (at, of_slice) in weights.iter().enumerate() {
        let known = weights[..at].iter().position(|known| known == of_slice).map(|same| sets[same].clone());
        sets.push(known.unwrap_or_else(|| Arc::new(set.with_weights(of_slice))));
    }
    sets
}

/// How a node weighs its children, where it derives their weights.
pub(crate) fn derived_weighting(set: &IndicatorSet, node: NodeIndex) -> Option<&Weighting> {
    match &set.nodes()[node].kind {
        NodeKind::Inner { weighting, .. } => weighting.as_ref().filter(|weighting| **weighting != Weighting::Given),
        NodeKind::Leaf(_) => None,
    }
}

/// The nodes that derive weights, by height, the lowest first: what stands on one height weighs nothing of each other.
fn stages(set: &IndicatorSet) -> Vec<Vec<NodeIndex>> {
    let mut heights = vec![0usize; set.nodes().len()];
    for (index, node) in set.nodes().iter().enumerate().rev() {
        heights[index] = node.children.iter().map(|&child| heights[child] + 1).max().unwrap_or(0);
    }
    let deriving: Vec<NodeIndex> = (0..set.nodes().len()).filter(|&node| derived_weighting(set, node).is_some()).collect();
    let distinct: BTreeSet<usize> = deriving.iter().map(|&node| heights[node]).collect();
    distinct.into_iter().map(|height| deriving.iter().copied().filter(|&node| heights[node] == height).collect()).collect()
}

/// Whether a method, or a part of a mixture, is of a kind.
fn any(weighting: &Weighting, kind: &dyn Fn(&Weighting) -> bool) -> bool {
    match weighting {
        Weighting::Mix { of, .. } => of.iter().any(|part| kind(&part.weighting)),
        other => kind(other),
    }
}

/// The nodes whose scores some deriving nodes look at, with all that stands below them.
fn wanted(set: &IndicatorSet, nodes: &[NodeIndex]) -> Vec<bool> {
    let mut wanted = vec![false; set.nodes().len()];
    let looks = |&&node: &&NodeIndex| {
        let looks_at_scores = |method: &Weighting| method.cohort().is_some() && method.evidence() != Some(Evidence::Raw);
        derived_weighting(set, node).is_some_and(|weighting| any(weighting, &looks_at_scores))
    };
    for &node in nodes.iter().filter(looks) {
        counted_children(set, &set.nodes()[node]).for_each(|child| wanted[child] = true);
    }
    // A parent stands before its children.
    for index in 0..wanted.len() {
        if wanted[index] {
            set.nodes()[index].children.iter().for_each(|&child| wanted[child] = true);
        }
    }
    wanted
}

/// What a node's method gives.
enum Found {
    Weights(Derived),
    /// The cities that bound the weights, and how many were looked at.
    Frontier(Arc<Frontier>, usize),
}

/// A node that derives the weights of its children.
struct Place<'a> {
    set: &'a IndicatorSet,
    observations: &'a Observations,
    measured: &'a [Measured],
    /// The scores below, slice by slice; empty where no method looks at them.
    computed: &'a [Computed],
    node: NodeIndex,
    weighting: &'a Weighting,
    children: Vec<NodeIndex>,
}

impl<'a> Place<'a> {
    fn new(
        set: &'a IndicatorSet,
        observations: &'a Observations,
        measured: &'a [Measured],
        computed: &'a [Computed],
        node: NodeIndex,
    ) -> Self {
        let weighting = derived_weighting(set, node).unwrap_or(&Weighting::Given);
        let children = counted_children(set, &set.nodes()[node]).collect();
        Self { set, observations, measured, computed, node, weighting, children }
    }

    /// The slices for which weights are derived each by itself; a single `None` where they hold for all.
    fn periods(&self) -> Vec<Option<usize>> {
        if any(self.weighting, &|method| method.cohort() == Some(&Cohort::Period)) {
            (0..self.observations.slices.len()).map(Some).collect()
        } else {
            vec![None]
        }
    }

    fn derived(&self, at: Option<usize>) -> std::result::Result<Found, Obstacle> {
        if let Weighting::BenefitOfTheDoubt { shares, cohort } = self.weighting {
            let sample = self.sample(Evidence::Scores, cohort, at)?;
            if sample.cities() < FEWEST {
                return Err(Obstacle::TooFewCities(sample.cities()));
            }
            return Ok(Found::Frontier(Arc::new(Frontier::new(&sample, *shares)), sample.cities()));
        }
        let given: Vec<f64> = self.children.iter().map(|&child| self.set.nodes()[child].weight).collect();
        let sample = |evidence, cohort: &Cohort| self.sample(evidence, cohort, at);
        let children = Children { nodes: &self.children, given: &given, sample: &sample };
        children.weights(self.weighting).map(Found::Weights)
    }

    /// The values of the children in the cities that have all of them.
    fn sample(&self, evidence: Evidence, cohort: &Cohort, at: Option<usize>) -> std::result::Result<Sample, Obstacle> {
        let slices: Vec<usize> = match cohort {
            Cohort::Period => at.into_iter().collect(),
            Cohort::Pooled => (0..self.observations.slices.len()).collect(),
            Cohort::Base(base) => {
                let base: Period = base.parse().map_err(|_| Obstacle::NoPeriod)?;
                vec![self.observations.slice_of(base).ok_or(Obstacle::NoBase(base))?]
            }
        };
        let floor = match &self.set.nodes()[self.node].kind {
            NodeKind::Inner { aggregation, .. } if matches!(self.weighting, Weighting::BenefitOfTheDoubt { .. }) => {
                aggregation.floor.unwrap_or(f64::NEG_INFINITY)
            }
            _ => f64::NEG_INFINITY,
        };
        let value = |at: usize, child: NodeIndex, row: usize| match evidence {
            Evidence::Raw => self.measured[at].values.get(&child)?.get(row),
            Evidence::MinMax | Evidence::Scores => self.computed[at].actual.score(child, row).map(|score| score.max(floor)),
        };
        let rows = slices.into_iter().flat_map(|at| (0..self.observations.slices[at].height()).map(move |row| (at, row)));
        let rows = rows.filter_map(|(at, row)| self.children.iter().map(|&child| value(at, child, row)).collect());
        Ok(Sample::new(rows.collect(), self.children.len()))
    }

    /// Puts what was found in its place in one slice or in all.
    fn keep(
        &self,
        at: Option<usize>,
        period: Option<Period>,
        found: Found,
        weighed: &mut Weighed,
        weights: &mut [BTreeMap<NodeIndex, f64>],
    ) {
        let slices = at.map_or(0..weights.len(), |at| at..at + 1);
        let (cities, statistics) = match found {
            Found::Frontier(frontier, cities) => {
                let count = frontier.len() as f64;
                slices.for_each(|at| {
                    weighed.frontiers[at].insert(self.node, frontier.clone());
                });
                let told = Statistic { name: "frontier", part: None, child: None, matrix: None, value: count };
                (Some(cities), vec![told])
            }
            Found::Weights(derived) => {
                for at in slices {
                    for (&child, weight) in self.children.iter().zip(&derived.weights) {
                        weights[at].insert(child, rounded(*weight));
                    }
                    let period = self.observations.slices[at].period;
                    let constant = derived.constant.iter().map(|&child| self.children[child]);
                    weighed.warnings[at].extend(constant.map(|child| self.warning(child, period)));
                }
                (derived.cities, derived.statistics)
            }
        };
        let method = self.weighting.word();
        weighed.derivations.push(Derivation { node: self.node, period, method, cities, statistics });
    }

    fn warning(&self, child: NodeIndex, period: Period) -> Fault {
        faults::constant_child(self.set, self.node, child, period)
    }
}

/// A weight to twelve significant digits: the decimal that it is from here on.
fn rounded(weight: f64) -> f64 {
    format!("{weight:.*e}", DIGITS - 1).parse().unwrap_or(weight)
}
