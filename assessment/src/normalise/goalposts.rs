//! `goalposts`: linear from `worst` (0) to `best` (full mark). `survey` and `scaled` are the same line.
//!
//! Source: the dimension index of the Human Development Report, (actual - minimum) / (maximum - minimum) (UNDP,
//! technical notes); COINr's `n_goalposts`.

use citygauge_indicators::exact::nearest_double;
use dashu_ratio::RBig;
use polars::prelude::*;

use super::{Raw, number};
use crate::numbers::line;
use crate::quantity::EPSILON;
use crate::sql::{Dialect, Fraction, Quantity, whole_parts};

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

/// The same in SQL.
pub(crate) fn sql(dialect: Dialect, raw: &Quantity, worst: f64, best: f64, clamp: bool, full_mark: f64) -> Quantity {
    line_sql(dialect, raw, [&number(worst), &number(best)], &number(full_mark), clamp)
}

/// The line from 0 at one value to `top` at another in SQL. Clamped, it is exact beyond its ends; on it the bound is that
/// of the raw value times the slope, and half units in the last place of what enters.
pub(crate) fn line_sql(dialect: Dialect, raw: &Quantity, [worst, best]: [&RBig; 2], top: &RBig, clamp: bool) -> Quantity {
    let n = |number: f64| dialect.number(number);
    let slope = top / (best - worst);
    let [from, to, rise, most] = [worst, best, &slope, top].map(nearest_double);
    let (v, vb) = (&raw.value, raw.bound(dialect));
    let on_line = format!("({v} - {}) * {}", n(from), n(rise));
    let (below, above) = if worst < best { ("<=", ">=") } else { (">=", "<=") };
    let value = if clamp {
        format!(
            "CASE WHEN {v} {below} {} THEN {} WHEN {v} {above} {} THEN {} ELSE {on_line} END",
            n(from),
            n(0.0),
            n(to),
            n(most)
        )
    } else {
        on_line.clone()
    };
    let reach = format!("({vb} + (ABS({v}) + {}) * {}) * {}", n(from.abs()), n(EPSILON), n(rise.abs()));
    let error = format!("{reach} + ABS({on_line}) * {}", n(EPSILON));
    let bound = if clamp {
        let (towards, away) = if worst < best { ("+", "-") } else { ("-", "+") };
        format!(
            "CASE WHEN {v} {towards} {vb} {below} {} OR {v} {away} {vb} {above} {} THEN {} ELSE {error} END",
            n(from),
            n(to),
            n(0.0)
        )
    } else {
        error
    };
    let fraction =
        raw.fraction.as_ref().and_then(|fraction| line_fraction(dialect, fraction, worst, &slope, clamp.then_some(top)));
    Quantity { value, bound: Some(bound), doubt: raw.doubt.clone(), fraction }
}

/// The same on whole numbers; none where the line has too many digits.
fn line_fraction(dialect: Dialect, raw: &Fraction, worst: &RBig, slope: &RBig, top: Option<&RBig>) -> Option<Fraction> {
    let n = |number: f64| dialect.number(number);
    let ([wp, wq], [sp, sq]) = (whole_parts(worst)?, whole_parts(slope)?);
    let Fraction { numerator, denominator } = raw;
    // A difference of numbers that are not told exactly would look as if it were.
    let is_told = format!("ABS({numerator}) * {} + {denominator} * {} < {}", n(wq), n(wp.abs()), n(9e15));
    let rise = format!("({numerator} * {} - {denominator} * {}) * {}", n(wq), n(wp), n(sp));
    let run = format!("{denominator} * {}", n(wq * sq));
    let Some(top) = top else {
        return Some(Fraction { numerator: rise, denominator: format!("CASE WHEN {is_told} THEN {run} END") });
    };
    let [tp, tq] = whole_parts(top)?;
    let (rise, limit) = (format!("({rise} * {})", n(tq)), format!("({run} * {})", n(tp)));
    let numerator = format!("CASE WHEN {rise} < {0} THEN {0} WHEN {rise} > {limit} THEN {limit} ELSE {rise} END", n(0.0));
    Some(Fraction { numerator, denominator: format!("CASE WHEN {is_told} THEN {run} * {} END", n(tq)) })
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
