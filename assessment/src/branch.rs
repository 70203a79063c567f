//! A branch of the tree on plain doubles, row by row: where a plan would cost more than its arithmetic, in replications
//! and for a single city.
//!
//! A column is a slice with a number per city; what is missing is NaN. The formulas are those of `aggregate`.

use citygauge_indicators::{Aggregation, CoverageBy, IndicatorSet, MinCoverage, MissingRule, NodeIndex};

use crate::aggregate::cohort::City;
use crate::tree::children_add_up_to_mark;
use crate::{aggregate, normalise};

/// A child as a row of its parent sees it.
pub(crate) struct Seen<'a> {
    pub weight: f64,
    pub own: &'a [f64],
    pub applies: Option<Vec<bool>>,
    pub filling: Option<Vec<f64>>,
    pub rule: &'a MissingRule,
}

/// A node that is more than a mean of what is there.
pub(crate) struct Branch<'a> {
    pub aggregation: &'a Aggregation,
    pub least: Option<MinCoverage>,
    pub is_points: bool,
    pub full_mark: f64,
}

impl Branch<'_> {
    /// What enters in a row, child by child; none where the node has no score whatever enters.
    fn entered(&self, children: &[Seen], row: usize) -> Option<Vec<Option<f64>>> {
        let (mut own_weight, mut applying_weight) = (0.0, 0.0);
        let mut entered = Vec::with_capacity(children.len());
        for child in children {
            let applies = child.applies.as_ref().is_none_or(|flags| flags[row]);
            let own = Some(child.own[row]).filter(|score| !score.is_nan());
            let counted = if self.least.is_some_and(|least| least.by == CoverageBy::Count) { 1.0 } else { child.weight };
            applying_weight += if applies { counted } else { 0.0 };
            own_weight += if own.is_some() { counted } else { 0.0 };
            let value = match own {
                Some(own) => Some(own),
                None if !applies => None,
                None if *child.rule == MissingRule::Zero => Some(0.0),
                None if *child.rule == MissingRule::NoScore => return None,
                None => child.filling.as_ref().map(|filling| filling[row]).filter(|score| !score.is_nan()),
            };
            entered.push(value.map(|value| self.aggregation.floor.map_or(value, |floor| value.max(floor))));
        }
        // A share that is the least share but for the rounding of its sums is covered.
        let is_covered = |least: MinCoverage| applying_weight == 0.0 || own_weight / applying_weight >= least.at_least - 1e-12;
        (entered.iter().any(Option::is_some) && self.least.is_none_or(is_covered)).then_some(entered)
    }

    /// The score of a city by a method that looks at it alone.
    pub(crate) fn city(&self, children: &[Seen], row: usize) -> Option<f64> {
        let entered = self.entered(children, row)?;
        let present = children.iter().zip(&entered).filter_map(|(child, score)| Some(((*score)?, child.weight)));
        let (scores, weights): (Vec<f64>, Vec<f64>) = present.unzip();
        if self.is_points {
            let all: f64 = children.iter().map(|child| child.weight).sum();
            let present: f64 = weights.iter().sum();
            let sum: f64 = scores.iter().sum();
            return Some(if present == all { sum } else { sum * all / present });
        }
        in_use(aggregate::of_city(&self.aggregation.method, &scores, &weights, self.full_mark).ok()?)
    }

    /// The scores of all cities by a method that compares them.
    pub(crate) fn cohort(&self, children: &[Seen], made: &mut [f64]) {
        // Cities that are level on paper must not be told apart by the last bits of their doubles.
        let scale = crate::round::scale(12);
        let told = |score: f64| match crate::round::number(score, 0.0, scale) {
            (_, true) => score,
            (told, false) => told,
        };
        let city = |row| Some(self.entered(children, row)?.into_iter().map(|score| score.map(told)).collect());
        let cities: Vec<City<f64>> = (0..made.len()).map(city).collect();
        let weights: Vec<f64> = children.iter().map(|child| child.weight).collect();
        let scores = aggregate::of_cohort(&self.aggregation.method, &cities, &weights, self.full_mark);
        made.fill(f64::NAN);
        for (made, score) in made.iter_mut().zip(scores.into_iter().flatten()) {
            *made = score.and_then(|score| in_use(score.ok()?)).unwrap_or(f64::NAN);
        }
    }
}

/// A score within the greatest magnitude of scores.
fn in_use(score: f64) -> Option<f64> {
    (score.abs() <= normalise::GREATEST).then_some(score)
}

/// Score and mark under points arithmetic of a node whose aggregate, or whose score as a leaf, is `made`.
pub(crate) fn of_points(
    set: &IndicatorSet,
    index: NodeIndex,
    weight: f64,
    coefficient: f64,
    made: f64,
    rounded: impl Fn(f64) -> f64,
) -> (f64, f64) {
    let node = &set.nodes()[index];
    if node.parent.is_none() || children_add_up_to_mark(set, node) {
        // What was made is the mark itself.
        let mark = rounded(made);
        let back = if node.parent.is_none() || weight == 0.0 { 1.0 } else { set.full_mark() / weight };
        return (mark * back, mark);
    }
    (made, rounded(made * coefficient))
}
