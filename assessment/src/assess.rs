//! The assessment: from a set and observations to scores, levels and ranks.

mod parts;

use std::num::NonZeroUsize;

use citygauge_indicators::{IndicatorSet, MissingRule, NodeIndex, Period};
use dashu_ratio::RBig;

use crate::assessment::{Assessment, PeriodScores};
use crate::classify::{self, Evidence};
use crate::error::{AssessmentError, Result};
use crate::exact::node::Nodes;
use crate::fill;
use crate::fitted::Fitted;
use crate::measure::Measured;
use crate::observations::Observations;
use crate::parallel::in_parallel;
use crate::rank;
use crate::tree::{self, Computed, Inputs};
use crate::{normalise, weigh};

pub use parts::assess_parts;

/// The version of the engine; it is stored with every assessment.
pub const ENGINE_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Which measures are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Outputs {
    /// All of them.
    #[default]
    All,
    /// Values, scores, marks, points and levels; neither low and high, nor coverage, nor ranks.
    Scores,
}

/// What to compute.
#[derive(Clone, Default)]
pub struct Options<'o> {
    /// The periods whose results are wanted; all unless given. Each must have an observation. Earlier periods still serve fillings and base periods.
    pub periods: Option<Vec<Period>>,
    /// Which measures are computed.
    pub outputs: Outputs,
    /// How many threads the work is spread over; as many as there are cores unless given. The results are the same. What the
    /// columns of a period are made with has a pool of its own, whose size the variable `POLARS_MAX_THREADS` sets.
    pub threads: Option<NonZeroUsize>,
    /// Called as the work goes on, with the part that is done (0 to 1); `false` cancels.
    pub progress: Option<&'o (dyn Fn(f64) -> bool + Sync)>,
}

/// Scores every city in every period.
///
/// # Errors
/// Everything about the set or the observations that keeps them from being assessed, at once; a cancellation.
pub fn assess(set: &IndicatorSet, observations: &Observations, options: &Options) -> Result<Assessment> {
    let faults = observations.absent(options.periods.as_deref().unwrap_or_default());
    if !faults.is_empty() {
        return Err(AssessmentError::Refused(faults));
    }
    let report = |done: f64| match options.progress {
        Some(progress) if !progress(done) => Err(AssessmentError::Cancelled),
        _ => Ok(()),
    };
    let slices = observations.slices.len();
    let mut measured = in_parallel(options.threads, slices, |at| Measured::of(set, observations, at))?;
    report(0.3)?;
    let fitted = Fitted::from_cohort(set, observations, &mut measured, options.threads)?;
    let weighed = weigh::resolve(set, observations, &measured, &fitted, options.threads)?;
    let first = Inputs {
        set: weighed.set(0),
        weighed: &weighed,
        observations,
        fitted: &fitted,
        measured: &measured,
        at: 0,
        earlier: &[],
    };
    let mut computed = over_time(first, options.threads, |inputs| tree::compute(inputs, options.outputs))?;
    for (at, computed) in computed.iter_mut().enumerate() {
        computed.warnings.extend(weighed.warnings(at).iter().cloned());
    }
    report(0.8)?;
    let wanted: Vec<usize> = (0..slices)
        .filter(|&at| options.periods.as_ref().is_none_or(|periods| periods.contains(&observations.slices[at].period)))
        .collect();
    let periods = in_parallel(options.threads, wanted.len(), |i| {
        finish(Inputs { earlier: &computed, ..first }.of_slice(wanted[i]), options.outputs)
    })?;
    report(1.0)?;
    Ok(Assessment::new(weighed, observations.clone(), fitted, measured, computed, periods))
}

/// What is made of every period: side by side unless a rule reads the scores of an earlier one.
pub(crate) fn over_time(
    inputs: Inputs,
    threads: Option<NonZeroUsize>,
    one: impl Fn(Inputs) -> Result<Computed> + Sync,
) -> Result<Vec<Computed>> {
    let looks_back =
        inputs.set.nodes().iter().any(|node| fill::looks_elsewhere(node) && matches!(node.missing, MissingRule::Previous { .. }));
    let slices = inputs.observations.slices.len();
    if !looks_back {
        return in_parallel(threads, slices, |at| one(inputs.of_slice(at)));
    }
    let mut computed = Vec::new();
    for at in 0..slices {
        let next = one(Inputs { earlier: &computed, ..inputs.of_slice(at) })?;
        computed.push(next);
    }
    Ok(computed)
}

/// Ranks and levels of one period.
fn finish(inputs: Inputs, outputs: Outputs) -> Result<PeriodScores> {
    let Inputs { set, observations, at, earlier: computed, .. } = inputs;
    let slice = &observations.slices[at];
    let of_period = &computed[at];
    let nodes = Nodes::new(inputs, &of_period.applicability, &of_period.actual, &of_period.actual);
    let ranks = match outputs {
        Outputs::All => rank::ranks(set, &of_period.actual, |node, row| published(inputs, &nodes, of_period, node, row)),
        Outputs::Scores => Vec::new(),
    };
    let mut levels: Vec<(NodeIndex, Vec<Option<usize>>)> = Vec::new();
    for row in 0..slice.height() {
        let evidence = OfRow { inputs, nodes: &nodes, computed: of_period, row };
        for (place, (node, level)) in classify::levels(set, &evidence).into_iter().enumerate() {
            if levels.len() <= place {
                levels.push((node, Vec::with_capacity(slice.height())));
            }
            levels[place].1.push(level);
        }
    }
    Ok(PeriodScores { at, ranks, levels })
}

/// The published score of a node, exactly. A total with adjustments is rounded or computed exactly already.
fn published(inputs: Inputs, nodes: &Nodes, computed: &Computed, node: NodeIndex, row: usize) -> Option<RBig> {
    let adjusted = node == 0 && !inputs.set.document().adjustments.is_empty();
    if !adjusted {
        return nodes.score(node, row);
    }
    computed.actual.score(0, row)?;
    let total = nodes.make(0, row).score?;
    Some(crate::adjust::adjusted(inputs, total, &crate::adjust::sums(inputs, row).0))
}

/// The evidence of one city for its levels. Doubles decide where they are further than their bound from every
/// threshold; that is nearly always, so the exact score is made only when a double is near one.
pub(crate) struct OfRow<'a> {
    pub inputs: Inputs<'a>,
    pub nodes: &'a Nodes<'a>,
    pub computed: &'a Computed,
    pub row: usize,
}

impl Evidence for OfRow<'_> {
    fn score(&self, node: NodeIndex) -> Option<RBig> {
        let double = self.computed.actual.score(node, self.row)?;
        let bound = self.computed.actual.bounds[node] + double.abs() * f64::EPSILON;
        let near = thresholds(self.inputs.set).any(|threshold| (double - threshold).abs() <= bound);
        if near { published(self.inputs, self.nodes, self.computed, node, self.row) } else { Some(normalise::number(double)) }
    }

    fn item(&self, item: usize) -> Option<f64> {
        self.inputs.observations.slices[self.inputs.at].number(item, self.row)
    }
}

/// Every score with which a level or a requirement compares.
fn thresholds(set: &IndicatorSet) -> impl Iterator<Item = f64> + '_ {
    use citygauge_indicators::Requirement;
    let levels = set.levels().into_iter();
    let bands = levels.clone().flat_map(|levels| levels.bands.iter().map(|band| band.from));
    let required = levels
        .flat_map(|levels| levels.gates.iter().map(|gate| &gate.require).chain(levels.staged.iter().map(|stage| &stage.require)));
    let requirements = required.flatten().filter_map(|requirement| match requirement {
        Requirement::Node { at_least, .. } => Some(*at_least),
        _ => None,
    });
    bands.chain(requirements)
}
