//! Scoring rules: a leaf's raw value becomes a score (section 4.2 of the method).
//!
//! One file per rule; each holds the formula with its source, the expression over a column, the same in exact
//! arithmetic, the bound on the error of the expression, and the inverse that gap analysis needs. The rules of a cohort
//! that are lines share all but the formula with its source and the ends of the line (`cohort/line.rs`).
//!
//! **Adding a rule:** write its file with `expression`, `exact`, `bound`, `invert` and `sql`; add its arm to [`score`],
//! [`exact`], [`invert`] and [`sql`] (a rule that SQL cannot tell is refused in `sql/refuse.rs`); name its source and give
//! it a worked example.

pub(crate) mod benchmark_share;
pub(crate) mod checklist;
pub(crate) mod choice;
pub(crate) mod cohort;
pub(crate) mod goalposts;
pub(crate) mod piecewise;
pub(crate) mod ratio;
pub(crate) mod steps;

use citygauge_indicators::exact::rational;
use citygauge_indicators::{Direction, Fault, Leaf, Scoring};
use dashu_ratio::RBig;
use polars::prelude::*;

use crate::fitted::Fit;
use crate::numbers::Extent;
use crate::sql::{Dialect, Quantity};

/// A rule applied to a column.
pub(crate) struct Scored {
    /// The score; null where the raw value is.
    pub value: Expr,
    /// How far any double of it may lie from the exact score.
    pub bound: f64,
    /// The greatest magnitude that a score can have, where the rule limits it.
    pub largest: Option<f64>,
    /// Where a threshold lies within the bound of the raw value.
    pub doubt: Option<Expr>,
}

/// What is known of a column of raw values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Raw {
    /// How far any of them may lie from its exact value.
    pub bound: f64,
    /// The smallest and largest of them; none where there is no value.
    pub extent: Option<Extent>,
    /// The greatest magnitude among them.
    pub largest: f64,
    /// Whether each double stands for its own decimal.
    pub is_decimal: bool,
}

impl Raw {
    pub(crate) fn new(extent: Option<Extent>, bound: f64) -> Self {
        let largest = extent.map_or(0.0, Extent::magnitude);
        Self { bound, extent, largest, is_decimal: false }
    }

    /// Numbers that were read: each means its shortest decimal.
    pub(crate) fn decimal(extent: Option<Extent>) -> Self {
        let raw = Self::new(extent, 0.0);
        Self { bound: raw.largest * f64::EPSILON / 2.0, is_decimal: true, ..raw }
    }
}

/// A number that the check has accepted, as a fraction.
pub(crate) fn number(value: f64) -> RBig {
    rational(value).expect("a checked set holds finite numbers")
}

/// The greatest magnitude of a score. What a rule without limits makes beyond it is no score: sums and products of
/// such numbers would leave the range of doubles.
pub(crate) const GREATEST: f64 = 1e150;

/// Whether a score lies within the greatest magnitude.
pub(crate) fn is_in_use(score: &RBig) -> bool {
    let greatest = number(GREATEST);
    *score <= greatest && *score >= -greatest
}

/// Where a rule is defined, for explanations.
pub(crate) fn source(scoring: &Scoring) -> &'static str {
    match scoring {
        Scoring::Ratio { .. } => "2016 notice on new-type smart city evaluation indicators: score = ratio x 100",
        Scoring::Goalposts { .. } | Scoring::Scaled { .. } | Scoring::Survey { .. } => {
            "UNDP Human Development Report, technical notes; COINr n_goalposts"
        }
        Scoring::Piecewise { .. } => "membership functions of interval indicators",
        Scoring::Steps { .. } => "graded scoring of evaluation notices",
        Scoring::Choice { .. } => "maturity questionnaires",
        Scoring::Checklist { .. } => "GB/T 33356 mechanism items; U4SSC checklists",
        Scoring::BenchmarkShare { .. } => "U4SSC verification reports (ITU)",
        Scoring::MinMax { .. } => "COINr n_minmax",
        Scoring::ZScore { .. } => "COINr n_zscore; OECD/JRC Handbook on Constructing Composite Indicators (2008), step 5",
        Scoring::Rank { .. } => "COINr n_rank; OECD/JRC Handbook on Constructing Composite Indicators (2008), step 5",
        Scoring::Borda { .. } => "COINr n_borda",
        Scoring::PercentileRank { .. } => "COINr n_prank",
        Scoring::TargetDistance { .. } => "COINr n_dist2targ",
        Scoring::ReferenceDistance { .. } => "COINr n_dist2ref",
        Scoring::MaxDistance { .. } => "COINr n_dist2max",
        Scoring::MaxFraction { .. } => "COINr n_fracmax",
    }
}

/// A fault that says which method this engine does not compute.
pub(crate) fn not_computed(method: &str) -> Fault {
    Fault::error(
        "method.unsupported",
        format!("本引擎版本尚不能计算“{method}”"),
        format!("this version of the engine does not compute '{method}'"),
    )
    .value(method)
    .hint("请改用已支持的方法，或升级 CityGauge", "use a method that it computes, or a newer CityGauge")
}

/// The score of a leaf with a formula, over the column of its raw values.
pub(crate) fn score(leaf: &Leaf, value: Expr, raw: Raw, fit: Option<&Fit>, full_mark: f64) -> Scored {
    let continuous = |value: Expr, bound: f64| Scored { value, bound, largest: None, doubt: None };
    match &leaf.scoring {
        Scoring::Ratio { cap } => continuous(ratio::expression(value, *cap, full_mark), ratio::bound(raw, *cap, full_mark)),
        Scoring::Goalposts { worst, best, clamp } => continuous(
            goalposts::expression(value, *worst, *best, *clamp, full_mark),
            goalposts::bound(raw, *worst, *best, *clamp, full_mark),
        ),
        Scoring::Survey { scale: [low, high] } => continuous(
            goalposts::expression(value, *low, *high, true, full_mark),
            goalposts::bound(raw, *low, *high, true, full_mark),
        ),
        Scoring::Scaled { range: [low, high] } => continuous(
            goalposts::expression(value, *low, *high, false, full_mark),
            goalposts::bound(raw, *low, *high, false, full_mark),
        ),
        Scoring::Piecewise { points } => continuous(piecewise::expression(value, points), piecewise::bound(raw, points)),
        Scoring::Steps { steps, edge, otherwise } => Scored {
            value: steps::expression(value.clone(), steps, *edge, *otherwise),
            bound: 0.0,
            largest: None,
            doubt: steps::doubt(value, raw, steps),
        },
        Scoring::BenchmarkShare { benchmark, bands } => Scored {
            value: benchmark_share::expression(value.clone(), *benchmark, bands),
            bound: 0.0,
            largest: None,
            doubt: benchmark_share::doubt(value, raw, *benchmark, bands),
        },
        Scoring::Choice { scores } => continuous(choice::expression(value, scores, choice::options(leaf)), 0.0),
        rule if rule.cohort().is_some() => match fit.and_then(|fit| cohort::rule(leaf, fit, full_mark)) {
            Some(rule) => rule.scored(value, raw),
            None => continuous(value * lit(NULL).cast(DataType::Float64), 0.0),
        },
        other => unreachable!("the engine refuses '{}' before it computes", other.word()),
    }
}

/// The same in exact arithmetic.
pub(crate) fn exact(leaf: &Leaf, value: &RBig, fit: Option<&Fit>, full_mark: f64) -> Option<RBig> {
    let full = number(full_mark);
    Some(match &leaf.scoring {
        Scoring::Ratio { cap } => ratio::exact(value, &number(*cap), &full),
        Scoring::Goalposts { worst, best, clamp } => goalposts::exact(value, &number(*worst), &number(*best), *clamp, &full),
        Scoring::Survey { scale: [low, high] } => goalposts::exact(value, &number(*low), &number(*high), true, &full),
        Scoring::Scaled { range: [low, high] } => goalposts::exact(value, &number(*low), &number(*high), false, &full),
        Scoring::Piecewise { points } => piecewise::exact(value, points),
        Scoring::Steps { steps, edge, otherwise } => steps::exact(value, steps, *edge, *otherwise),
        Scoring::BenchmarkShare { benchmark, bands } => benchmark_share::exact(value, *benchmark, bands),
        Scoring::Choice { scores } => return choice::exact(value, scores, choice::options(leaf)),
        rule if rule.cohort().is_some() => {
            return cohort::rule(leaf, fit?, full_mark)?.exact(value);
        }
        other => unreachable!("the engine refuses '{}' before it computes", other.word()),
    })
}

/// The same in SQL; none for the rules that are fitted on a cohort, and for checklists, which have no raw value of a
/// formula.
pub(crate) fn sql(leaf: &Leaf, dialect: Dialect, raw: &Quantity, full_mark: f64) -> Option<Quantity> {
    Some(match &leaf.scoring {
        Scoring::Ratio { cap } => ratio::sql(dialect, raw, *cap, full_mark),
        Scoring::Goalposts { worst, best, clamp } => goalposts::sql(dialect, raw, *worst, *best, *clamp, full_mark),
        Scoring::Survey { scale: [low, high] } => goalposts::sql(dialect, raw, *low, *high, true, full_mark),
        Scoring::Scaled { range: [low, high] } => goalposts::sql(dialect, raw, *low, *high, false, full_mark),
        Scoring::Piecewise { points } => piecewise::sql(dialect, raw, points),
        Scoring::Steps { steps, edge, otherwise } => steps::sql(dialect, raw, steps, *edge, *otherwise),
        Scoring::BenchmarkShare { benchmark, bands } => benchmark_share::sql(dialect, raw, *benchmark, bands),
        Scoring::Choice { scores } => choice::sql(dialect, raw, scores, choice::options(leaf)),
        _ => return None,
    })
}

/// The raw value that reaches `score` and is nearest to `value`; `None` where no raw value does.
pub(crate) fn invert(leaf: &Leaf, score: &RBig, value: Option<&RBig>, fit: Option<&Fit>, full_mark: f64) -> Option<RBig> {
    let full = number(full_mark);
    match &leaf.scoring {
        Scoring::Ratio { cap } => ratio::invert(score, &number(*cap), &full),
        Scoring::Goalposts { worst, best, clamp } => goalposts::invert(score, &number(*worst), &number(*best), *clamp, &full),
        Scoring::Survey { scale: [low, high] } => goalposts::invert(score, &number(*low), &number(*high), true, &full),
        Scoring::Scaled { range: [low, high] } => goalposts::invert(score, &number(*low), &number(*high), false, &full),
        Scoring::Piecewise { points } => piecewise::invert(score, value, points),
        Scoring::Steps { steps, edge, otherwise } => steps::invert(score, value, steps, *edge, *otherwise),
        Scoring::BenchmarkShare { benchmark, bands } => benchmark_share::invert(score, *benchmark, bands),
        _ => cohort::rule(leaf, fit?, full_mark)?.invert(score),
    }
}

/// Whether a higher raw value scores higher, for the nearest value that closes a gap.
pub(crate) fn is_rising(direction: Direction) -> bool {
    direction != Direction::Lower
}
