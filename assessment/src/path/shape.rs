//! A scoring rule as a function of the raw value: where its slope changes, where it jumps, and what it gives in between.

use citygauge_indicators::{Leaf, NodeIndex, Period, Scoring};
use dashu_ratio::RBig;

use super::stuck::Stuck;
use crate::assessment::Assessment;
use crate::fitted::Fit;
use crate::normalise::{self, cohort, number};
use crate::prepare::treat::Map;

/// The rule of a leaf in one period.
pub(super) struct Shape<'a> {
    leaf: &'a Leaf,
    fit: Option<&'a Fit>,
    full_mark: f64,
    clamps: Vec<&'a Map>,
    /// The raw values at which something changes, rising.
    pub kinks: Vec<RBig>,
    /// Whether the score jumps there and stays the same in between.
    pub jumps: bool,
    /// The raw value beyond which the scale ends although the rule goes on.
    pub end: Option<RBig>,
}

impl<'a> Shape<'a> {
    pub(super) fn of(assessment: &'a Assessment, node: NodeIndex, period: Period) -> Result<Self, Stuck> {
        let set = assessment.set();
        let leaf = set.nodes()[node].leaf().ok_or(Stuck::NoScale)?;
        let fit = assessment.fitted.of(node, period);
        let (mut kinks, jumps) = kinks(leaf, fit, set.full_mark())?;
        // A line of a cohort has a single kink, its best end; a deviation from the mean has none.
        let best = kinks.first().filter(|_| leaf.scoring.cohort().is_some()).cloned();
        let mut clamps = Vec::new();
        for applied in assessment.fitted.preparation.applied(node, period) {
            let Map::Clamp { low, high } = &applied.map else { return Err(Stuck::Treated) };
            kinks.extend(low.iter().chain(high).cloned());
            clamps.push(&applied.map);
        }
        kinks.sort();
        kinks.dedup();
        let end = match &leaf.scoring {
            Scoring::Goalposts { best, clamp: false, .. } => Some(number(*best)),
            Scoring::Scaled { range: [_, high] } => Some(number(*high)),
            _ => best,
        };
        Ok(Self { leaf, fit, full_mark: set.full_mark(), clamps, kinks, jumps, end })
    }

    /// The score of a raw value; none where it is beyond all use.
    pub(super) fn score(&self, value: &RBig) -> Option<RBig> {
        let prepared = self.clamps.iter().try_fold(value.clone(), |value, map| map.exact(&value).ok())?;
        normalise::exact(self.leaf, &prepared, self.fit, self.full_mark).filter(normalise::is_in_use)
    }
}

fn kinks(leaf: &Leaf, fit: Option<&Fit>, full_mark: f64) -> Result<(Vec<RBig>, bool), Stuck> {
    let lines = |values: &[f64]| Ok((values.iter().copied().map(number).collect(), false));
    match &leaf.scoring {
        Scoring::Ratio { cap } => lines(&[0.0, *cap]),
        Scoring::Goalposts { worst, best, .. } => lines(&[*worst, *best]),
        Scoring::Survey { scale: [low, high] } | Scoring::Scaled { range: [low, high] } => lines(&[*low, *high]),
        Scoring::Piecewise { points } => lines(&points.iter().map(|point| point[0]).collect::<Vec<_>>()),
        Scoring::Steps { steps, .. } => Ok((steps.iter().map(|step| number(step.from)).collect(), true)),
        Scoring::BenchmarkShare { benchmark, bands } => {
            let limits = bands.iter().filter_map(|band| band.from);
            Ok((limits.map(|from| number(from) * number(*benchmark)).collect(), true))
        }
        Scoring::Choice { .. } | Scoring::Checklist { .. } => Err(Stuck::NoScale),
        Scoring::Rank { .. } | Scoring::Borda { .. } | Scoring::PercentileRank { .. } => Err(Stuck::ByPlace),
        _ => {
            let rule = fit.and_then(|fit| cohort::rule(leaf, fit, full_mark)).ok_or(Stuck::Constant)?;
            Ok((rule.kinks().ok_or(Stuck::Constant)?, false))
        }
    }
}
