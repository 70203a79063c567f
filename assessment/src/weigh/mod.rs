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
mod method;
mod optimised;
mod principal;
mod resolve;
mod sample;
mod spread;

use std::collections::BTreeMap;
use std::sync::Arc;

use citygauge_indicators::{IndicatorSet, NodeIndex};

pub use derivation::{Derivation, Statistic, Weight};
pub(crate) use resolve::resolve;

use best_light::Frontier;

/// The set of every period with the weights that hold in it.
#[derive(Debug, Clone)]
pub(crate) struct Weighed {
    given: Arc<IndicatorSet>,
    /// Slice by slice; empty where nothing is derived.
    sets: Vec<Arc<IndicatorSet>>,
    /// The cities that bound the weights of nodes under benefit of the doubt, slice by slice; empty where there are none.
    frontiers: Vec<BTreeMap<NodeIndex, Arc<Frontier>>>,
    derivations: Vec<Derivation>,
}

impl Weighed {
    /// A set whose weights are all given.
    fn given(set: &IndicatorSet) -> Self {
        Self { given: Arc::new(set.clone()), sets: Vec::new(), frontiers: Vec::new(), derivations: Vec::new() }
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

    /// How the weights were derived, by node and period.
    pub(crate) fn derivations(&self) -> &[Derivation] {
        &self.derivations
    }
}
