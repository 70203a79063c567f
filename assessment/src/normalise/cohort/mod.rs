//! Rules that look at the whole cohort (section 4.2): they read what [`Fitted`](crate::Fitted) holds of it.
//!
//! Direction `lower` turns the value's sign first, so that the greatest value becomes the worst; `constant` says what is
//! scored where a rule would divide by zero.

mod borda;
pub(crate) mod line;
mod max_distance;
mod max_fraction;
mod min_max;
mod percentile_rank;
mod rank;
mod reference_distance;
mod standing;
mod target_distance;
mod told;
mod z_score;

use citygauge_indicators::{Cohort, Constant, Leaf, Scoring};
use dashu_ratio::RBig;
use polars::prelude::{DataType, Expr, NULL, lit};

use super::{Raw, Scored, number};
use crate::fitted::Fit;
use line::Line;
use standing::ByStanding;
use z_score::ZScore;

/// The rule of a leaf with what was fitted for it.
pub(crate) struct Rule<'f> {
    shape: Shape<'f>,
    constant: Constant,
    full_mark: f64,
}

/// What rules have in common.
enum Shape<'f> {
    /// A line through two ends.
    Line(Line),
    /// Deviations from the mean.
    ZScore(ZScore<'f>),
    /// The place among the values of the cohort.
    Standing(ByStanding),
}

/// The rule of a leaf; `None` where it lacks what it is fitted on.
pub(crate) fn rule<'f>(leaf: &Leaf, fit: &'f Fit, full_mark: f64) -> Option<Rule<'f>> {
    let rising = super::is_rising(leaf.direction);
    let is_frozen = matches!(leaf.scoring.cohort(), Some(Cohort::Base(_)));
    let by_standing = |score| Some(Shape::Standing(ByStanding { order: fit.order.clone()?, rising, is_frozen, score }));
    let shape = match &leaf.scoring {
        Scoring::MinMax { range, .. } => Shape::Line(min_max::line(fit, rising, range.unwrap_or([0.0, full_mark]))),
        Scoring::MaxDistance { .. } => Shape::Line(max_distance::line(fit, rising, full_mark)),
        Scoring::MaxFraction { .. } => Shape::Line(max_fraction::line(fit, rising, full_mark)),
        Scoring::TargetDistance { target, cap, .. } => Shape::Line(target_distance::line(fit, rising, *target, *cap, full_mark)),
        Scoring::ReferenceDistance { cap, .. } => Shape::Line(reference_distance::line(fit, rising, *cap, full_mark)?),
        Scoring::ZScore { mean, sd, .. } => {
            Shape::ZScore(ZScore { fit, spread: fit.spread.as_ref()?, rising, mean: *mean, sd: *sd })
        }
        Scoring::Rank { ties, .. } => by_standing(rank::of(*ties))?,
        Scoring::Borda { .. } => by_standing(borda::of())?,
        Scoring::PercentileRank { .. } => by_standing(percentile_rank::of(full_mark))?,
        _ => return None,
    };
    Some(Rule { shape, constant: constant(&leaf.scoring), full_mark })
}

impl Rule<'_> {
    /// Whether the rule would divide by zero.
    pub(crate) fn is_degenerate(&self) -> bool {
        match &self.shape {
            Shape::Line(line) => line.is_degenerate(),
            Shape::ZScore(z_score) => z_score.is_degenerate(),
            Shape::Standing(standing) => standing.is_degenerate(),
        }
    }

    /// The scores of a column.
    pub(crate) fn scored(&self, value: Expr, raw: Raw) -> Scored {
        if self.is_degenerate() {
            let value = match self.constant {
                Constant::Half => value * lit(0.0) + lit(self.full_mark / 2.0),
                Constant::Full => value * lit(0.0) + lit(self.full_mark),
                Constant::Missing | Constant::Refuse => value * lit(NULL).cast(DataType::Float64),
            };
            return Scored { value, bound: 0.0, largest: None, doubt: None };
        }
        match &self.shape {
            Shape::Line(line) => {
                Scored { value: line.expression(value), bound: line.bound(raw), largest: line.largest(raw), doubt: None }
            }
            Shape::ZScore(z_score) => {
                Scored { value: z_score.expression(value), bound: z_score.bound(raw), largest: None, doubt: None }
            }
            Shape::Standing(standing) => standing.scored(value, raw),
        }
    }

    /// The score of an exact value, exactly.
    pub(crate) fn exact(&self, value: &RBig) -> Option<RBig> {
        if self.is_degenerate() {
            let full_mark = number(self.full_mark);
            return match self.constant {
                Constant::Half => Some(full_mark / RBig::from(2)),
                Constant::Full => Some(full_mark),
                Constant::Missing | Constant::Refuse => None,
            };
        }
        Some(match &self.shape {
            Shape::Line(line) => line.exact(value),
            Shape::ZScore(z_score) => z_score.exact(value),
            Shape::Standing(standing) => standing.exact(value),
        })
    }

    /// The raw values at which the slope of the score changes or its scale ends; `None` where the score goes by places or is the
    /// same for every value.
    pub(crate) fn kinks(&self) -> Option<Vec<RBig>> {
        match &self.shape {
            _ if self.is_degenerate() => None,
            Shape::Line(line) => Some(vec![line.to.exact.clone()]),
            Shape::ZScore(_) => Some(Vec::new()),
            Shape::Standing(_) => None,
        }
    }

    /// The raw value that reaches a score; among several, as where ranks go by places, the worst.
    pub(crate) fn invert(&self, score: &RBig) -> Option<RBig> {
        if self.is_degenerate() {
            return None;
        }
        match &self.shape {
            Shape::Line(line) => line.invert(score),
            Shape::ZScore(z_score) => Some(z_score.invert(score)),
            Shape::Standing(standing) => standing.invert(score),
        }
    }
}

/// What a rule scores where it would divide by zero.
pub(crate) fn constant(scoring: &Scoring) -> Constant {
    match scoring {
        Scoring::MinMax { constant, .. }
        | Scoring::ZScore { constant, .. }
        | Scoring::PercentileRank { constant, .. }
        | Scoring::TargetDistance { constant, .. }
        | Scoring::ReferenceDistance { constant, .. }
        | Scoring::MaxDistance { constant, .. }
        | Scoring::MaxFraction { constant, .. } => *constant,
        _ => Constant::Missing,
    }
}
