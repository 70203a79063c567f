//! What is fitted on the cohort: an explicit value, kept with the result, with which one city can be scored
//! again without its cohort.

mod faults;
mod fit;
mod members;
pub(crate) mod order;
pub(crate) mod spread;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use citygauge_indicators::{Cohort, Constant, Faults, IndicatorSet, NodeIndex, Period, Scoring};
use dashu_ratio::RBig;

pub(crate) use fit::Fit;

use crate::error::Result;
use crate::exact::leaf::Cells;
use crate::measure::Measured;
use crate::normalise::cohort;
use crate::observations::Observations;
use crate::parallel::in_parallel;
use crate::prepare::Preparation;
use fit::Fitting;
use members::Origin;

/// The fits of every leaf with a cohort rule: per period, or one for all periods under `None`.
#[derive(Debug, Clone, Default)]
pub struct Fitted {
    leaves: BTreeMap<NodeIndex, BTreeMap<Option<Period>, Fit>>,
    /// What imputation and treatment were fitted to.
    pub(crate) preparation: Arc<Preparation>,
}

/// What was fitted for one leaf, for people and files.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// The code of the leaf.
    pub node: String,
    /// The period it holds for; all periods where there is none.
    pub period: Option<Period>,
    /// The cities and periods it was fitted on.
    pub cohort: Cohort,
    /// How many raw values it was fitted on.
    pub count: usize,
    /// The smallest raw value of the cohort.
    pub smallest: f64,
    /// The largest raw value of the cohort.
    pub largest: f64,
    /// The raw value of the reference city, for the rule that has one.
    pub reference: Option<f64>,
    /// The mean of the raw values, for `z_score`.
    pub mean: Option<f64>,
    /// The standard deviation of the raw values (divisor n - 1), for `z_score`.
    pub sd: Option<f64>,
}

/// One treatment of a leaf's raw values as it was fitted, for people and files.
#[derive(Debug, Clone, PartialEq)]
pub struct AppliedTreatment {
    /// The code of the leaf.
    pub node: String,
    /// The period it holds for; all periods where there is none.
    pub period: Option<Period>,
    /// The word of the method; of `two_stage` that of the stage that was taken.
    pub method: &'static str,
    /// What it does to a value x; of winsorising the ends that values beyond are moved to.
    pub formula: String,
    /// How many values of the cohort were moved, where the method moves single ones.
    pub moved: usize,
}

/// The fits of one leaf, and what keeps it from being fitted.
type OfLeaf = (Vec<(Option<Period>, Fit)>, Faults);

impl Fitted {
    /// Prepares the raw values of a set, then fits every cohort rule.
    pub(crate) fn from_cohort(
        set: &IndicatorSet,
        observations: &Observations,
        measured: &mut [Measured],
        threads: Option<NonZeroUsize>,
    ) -> Result<Self> {
        let preparation = Arc::new(Preparation::of_cohort(set, observations, measured, threads)?);
        let leaves: Vec<(NodeIndex, &Cohort)> =
            set.leaves().filter_map(|(node, leaf)| Some((node, leaf.scoring.cohort()?))).collect();
        let keeps_values = set.leaves().any(|(_, leaf)| fit::keeps_values(&leaf.scoring));
        let origin = keeps_values.then(|| {
            Arc::new(Origin { set: set.clone(), observations: observations.clone(), preparation: Arc::clone(&preparation) })
        });
        let fitting = Fitting { set, observations, measured, preparation: &preparation, origin };
        let of_leaves = in_parallel(threads, leaves.len(), |place| of_leaf(&fitting, leaves[place].0, leaves[place].1))?;
        let mut fitted = Self { leaves: BTreeMap::new(), preparation: Arc::clone(&preparation) };
        let mut faults = Faults::default();
        for ((node, _), (fits, found)) in leaves.into_iter().zip(of_leaves) {
            fitted.leaves.insert(node, fits.into_iter().collect());
            faults.0.extend(found.0);
        }
        if faults.is_empty() { Ok(fitted) } else { Err(faults.into()) }
    }

    /// The fit of a leaf that holds in a period.
    pub(crate) fn of(&self, node: NodeIndex, period: Period) -> Option<&Fit> {
        let fits = self.leaves.get(&node)?;
        fits.get(&Some(period)).or_else(|| fits.get(&None))
    }

    /// Every fitted parameter, by node and period.
    #[must_use]
    pub fn parameters(&self, set: &IndicatorSet) -> Vec<Parameter> {
        let all = self.leaves.iter().flat_map(|(&node, fits)| fits.iter().map(move |(period, fit)| (node, period, fit)));
        all.map(|(node, &period, fit)| fit.parameter(set, node, period)).collect()
    }
}

impl Fitted {
    /// The value of a leaf that its rule scores, exactly.
    pub(crate) fn value(&self, cells: Cells, node: NodeIndex, row: usize) -> Option<RBig> {
        self.preparation.value(cells, node, row)
    }

    /// Every treatment that was applied, by node and period; one that left the values as they were is none.
    #[must_use]
    pub fn treatments(&self, set: &IndicatorSet) -> Vec<AppliedTreatment> {
        let applied = self.preparation.treatments();
        applied
            .map(|(node, period, step)| AppliedTreatment {
                node: set.nodes()[node].code.clone(),
                period,
                method: step.method,
                formula: crate::prepare::told::formula(&step.map),
                moved: step.moved,
            })
            .collect()
    }
}

fn of_leaf(fitting: &Fitting, node: NodeIndex, cohort: &Cohort) -> Result<OfLeaf> {
    let Fitting { set, observations, .. } = *fitting;
    let code = &set.nodes()[node].code;
    let leaf = set.nodes()[node].leaf().expect("only leaves have cohort rules");
    let all: Vec<usize> = (0..observations.slices.len()).collect();
    let groups: Vec<(Option<Period>, Vec<usize>)> = match cohort {
        Cohort::Period => all.iter().map(|&at| (Some(observations.slices[at].period), vec![at])).collect(),
        Cohort::Pooled => vec![(None, all)],
        Cohort::Base(base) => {
            let base: Period = base.parse()?;
            match observations.slice_of(base) {
                Some(at) => vec![(None, vec![at])],
                None => return Ok((Vec::new(), faults::no_base(code, base).into())),
            }
        }
    };
    let (mut fits, mut faults) = (Vec::new(), Faults::default());
    for (period, slices) in groups {
        // A base period is named although its fit holds for all periods.
        let named = match cohort {
            Cohort::Base(_) => slices.first().map(|&at| observations.slices[at].period),
            _ => period,
        };
        let Some(fit) = fitting.of(node, leaf, &slices) else {
            // What has values, but none in its base period, could not be scored anywhere.
            if let (Cohort::Base(_), Some(base)) = (cohort, named)
                && fitting.measured.iter().any(|measured| measured.to_score(node).1.extent.is_some())
            {
                faults.push(faults::no_base(code, base));
            }
            continue;
        };
        if let Scoring::ReferenceDistance { city, .. } = &leaf.scoring
            && fit.reference.is_none()
        {
            faults.push(faults::no_reference(code, named, city));
        }
        let rule = cohort::rule(leaf, &fit, set.full_mark());
        if rule.is_some_and(|rule| rule.is_degenerate()) && cohort::constant(&leaf.scoring) == Constant::Refuse {
            faults.push(faults::constant(code, named, &leaf.scoring, &fit));
        }
        fits.push((period, fit));
    }
    Ok((fits, faults))
}

#[cfg(test)]
mod tests;
