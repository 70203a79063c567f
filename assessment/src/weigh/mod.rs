//! Derived weights: how the weights of a node's children come out of judgements or of the cohort (section 4.3).
//!
//! A set whose nodes derive weights is *resolved* before it is scored. From the deepest such node upwards, the scores of its
//! children are computed with the weights below already in place, the weights are derived, rounded to twelve significant
//! digits, and written into the set of each period. From there on a derived weight *is* that decimal: everything else (the
//! trees, exact arithmetic, coverage, explanations) reads the period's set and runs as with weights that were given. Benefit
//! of the doubt gives every city its own weights; there the score of the node is the decimal (`best_light`).
//!
//! **Adding a method:** a file with a function from [`Sample`] to raw weights, its arm in `method::weights`, its source.

pub(crate) mod best_light;
mod critic;
mod derivation;
mod entropy;
mod faults;
mod method;
mod optimised;
mod principal;
mod resolve;
mod sample;
mod spread;

use std::collections::BTreeMap;
use std::sync::Arc;

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{Fault, IndicatorSet, NodeIndex, Period, Weighting};

pub use derivation::{Derivation, Statistic, Weight};
pub(crate) use resolve::derived_weighting;
pub(crate) use resolve::resolve;

use best_light::Frontier;

/// The significant digits of a derived weight.
pub(crate) const DIGITS: usize = 12;

/// The set of every period with the weights that hold in it.
#[derive(Debug, Clone)]
pub(crate) struct Weighed {
    given: Arc<IndicatorSet>,
    /// Slice by slice; empty where nothing is derived.
    sets: Vec<Arc<IndicatorSet>>,
    /// The cities that bound the weights of nodes under benefit of the doubt, slice by slice; empty where there are none.
    frontiers: Vec<BTreeMap<NodeIndex, Arc<Frontier>>>,
    derivations: Vec<Derivation>,
    /// What deriving left to say, slice by slice.
    warnings: Vec<Vec<Fault>>,
}

impl Weighed {
    /// A set whose weights are all given.
    fn given(set: &IndicatorSet) -> Self {
        Self {
            given: Arc::new(set.clone()),
            sets: Vec::new(),
            frontiers: Vec::new(),
            derivations: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The set as it was written, shared.
    pub(crate) fn original(&self) -> Arc<IndicatorSet> {
        self.given.clone()
    }

    /// The set of a slice, with the weights that hold in it.
    pub(crate) fn set(&self, at: usize) -> &IndicatorSet {
        self.sets.get(at).unwrap_or(&self.given)
    }

    /// What bounds the weights of a node under benefit of the doubt.
    pub(crate) fn frontier(&self, at: usize, node: NodeIndex) -> Option<&Frontier> {
        self.frontiers.get(at)?.get(&node).map(Arc::as_ref)
    }

    /// What deriving the weights of a slice left to say.
    pub(crate) fn warnings(&self, at: usize) -> &[Fault] {
        self.warnings.get(at).map_or(&[], Vec::as_slice)
    }

    /// The weights of a slice, in the order of the tree.
    pub(crate) fn weights(&self, at: usize, period: Period) -> impl Iterator<Item = Weight<'_>> {
        let set = self.set(at);
        set.nodes().iter().map(move |node| {
            let method = node.parent.and_then(|parent| derived_weighting(set, parent)).map_or("given", Weighting::word);
            let by_city = method == "benefit_of_the_doubt";
            Weight {
                period,
                node: &node.code,
                parent: node.parent.map(|parent| set.nodes()[parent].code.as_str()),
                method,
                weight: (!by_city).then_some(node.weight),
                normalised_weight: (!by_city).then(|| nearest_double(&node.normalised_weight)),
                share: node.share_f64(),
            }
        })
    }

    /// How the weights below a node were derived that hold in a period.
    pub(crate) fn derivation(&self, node: NodeIndex, period: Period) -> Option<&Derivation> {
        self.derivations.iter().find(|derived| derived.node == node && derived.period.is_none_or(|of| of == period))
    }

    /// How the weights were derived, by node and period.
    pub(crate) fn derivations(&self) -> &[Derivation] {
        &self.derivations
    }
}
