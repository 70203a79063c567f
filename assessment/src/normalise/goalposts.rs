//! `goalposts`: linear from `worst` (0) to `best` (full mark). `survey` and `scaled` are the same line.
//!
//! Source: the dimension index of the Human Development Report, (actual - minimum) / (maximum - minimum) (UNDP,
//! technical notes); COINr's `n_goalposts`.

use dashu_ratio::RBig;
use polars::prelude::*;

use super::Raw;
use crate::numbers::line;
use crate::quantity::EPSILON;

/// (value - worst) / (best - worst) x full mark; clamped to 0..full mark where asked for. Worst above best means
/// that less is better. A checked set guarantees that they differ.
pub(crate) fn expression(value: Expr, worst: f64, best: f64, clamp: bool, full_mark: f64) -> Expr {
    let score = line(value, worst, full_mark / (best - worst), 0.0);
    if clamp { score.clip(lit(0.0), lit(full_mark)) } else { score }
}

pub(crate) fn exact(value: &RBig, worst: &RBig, best: &RBig, clamp: bool, full_mark: &RBig) -> RBig {
    let share = (value - worst) / (best - worst);
    let share = if clamp { share.max(RBig::ZERO).min(RBig::ONE) } else { share };
    share * full_mark
}

/// The raw value enters with its own bound; worst, best and their difference with half a unit in the last place of
/// the larger; the share then rounds twice.
pub(crate) fn bound(raw: Raw, worst: f64, best: f64, clamp: bool, full_mark: f64) -> f64 {
    let span = (best - worst).abs();
    let ends = worst.abs() + best.abs();
    let span_error = EPSILON * ends;
    // A clamped value counts only between the goalposts; what lies beyond comes out exactly.
    let reach = if clamp { 2.0 * span } else { raw.largest + raw.bound + worst.abs() };
    let numerator_error = raw.bound + EPSILON * (ends + reach);
    let margin = span - span_error;
    if margin <= 0.0 {
        return f64::INFINITY;
    }
    let share = reach / margin;
    full_mark * (numerator_error / margin + share * (span_error / margin + 4.0 * EPSILON))
}

pub(crate) fn invert(score: &RBig, worst: &RBig, best: &RBig, clamp: bool, full_mark: &RBig) -> Option<RBig> {
    let share = score / full_mark;
    let reachable = !clamp || (share >= RBig::ZERO && share <= RBig::ONE);
    reachable.then(|| worst + share * (best - worst))
}
