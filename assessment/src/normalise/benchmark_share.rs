//! `benchmark_share`: result over benchmark, then the score of its band.
//!
//! Source: U4SSC verification reports (ITU), shares below 0.33, 0.66, 0.95 and from 0.95 on give 25, 50, 75, 100.

use citygauge_indicators::BenchmarkBand;
use dashu_ratio::RBig;
use polars::prelude::*;

use super::{Raw, number};
use crate::quantity::EPSILON;
use crate::sql::{Dialect, Quantity, stairs};

/// The score of the last band whose lower limit the share reaches; the first band has none.
pub(crate) fn expression(value: Expr, benchmark: f64, bands: &[BenchmarkBand]) -> Expr {
    let share = value / lit(benchmark);
    bands.iter().skip(1).fold(share.clone() * lit(0.0) + lit(bands[0].score), |score, band| {
        let from = band.from.expect("a checked band above the first has a lower limit");
        when(share.clone().gt_eq(lit(from))).then(lit(band.score)).otherwise(score)
    })
}

pub(crate) fn exact(value: &RBig, benchmark: f64, bands: &[BenchmarkBand]) -> RBig {
    let share = value / number(benchmark);
    let reached = bands.iter().rev().find(|band| band.from.is_none_or(|from| share >= number(from)));
    number(reached.unwrap_or(&bands[0]).score)
}

/// The same in SQL: the raw value is compared with the limits times the benchmark.
pub(crate) fn sql(dialect: Dialect, raw: &Quantity, benchmark: f64, bands: &[BenchmarkBand]) -> Quantity {
    let limit = |band: &BenchmarkBand| Some((number(band.from?) * number(benchmark), band.score));
    let limits: Vec<(RBig, f64)> = bands.iter().filter_map(limit).collect();
    stairs(dialect, raw, &limits, false, bands[0].score)
}

/// A share within its bound of a limit.
pub(crate) fn doubt(value: Expr, raw: Raw, benchmark: f64, bands: &[BenchmarkBand]) -> Option<Expr> {
    let share = value / lit(benchmark);
    let limits = bands.iter().filter_map(|band| band.from);
    let near = limits.map(|from| {
        let error = raw.bound / benchmark * (1.0 + EPSILON) + 4.0 * EPSILON * (from.abs() + 1.0);
        (share.clone() - lit(from)).abs().lt_eq(lit(error) + share.clone().abs() * lit(2.0 * EPSILON))
    });
    near.reduce(Expr::or)
}

/// The lowest share that gives a score of at least this, times the benchmark.
pub(crate) fn invert(score: &RBig, benchmark: f64, bands: &[BenchmarkBand]) -> Option<RBig> {
    let band = bands.iter().find(|band| number(band.score) >= *score)?;
    Some(number(band.from?) * number(benchmark))
}
