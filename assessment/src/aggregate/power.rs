//! The weighted power mean (generalised mean).
//!
//! Source: Hardy, Littlewood and Polya, *Inequalities*, section 2.2; COINr's `a_genmean`. The exponent 1 gives the
//! arithmetic mean, 0 the geometric, -1 the harmonic; the smaller it is, the less a good score makes up for a bad one.
//! Below 0 every score has to be above 0, otherwise none may be below.

use std::cmp::Ordering;

use super::number::{Number, Why, shares, sum};
use crate::quantity::EPSILON;
use crate::sql::{Dialect, MethodSql};

/// (sum(w x^p))^(1/p), the weights adding up to 1.
pub(crate) fn of<N: Number>(scores: &[N], weights: &[N], p: f64) -> Result<N, Why> {
    if p == 1.0 {
        return super::arithmetic::of(scores, weights);
    }
    for score in scores {
        match score.sign()? {
            Ordering::Less if p > 0.0 => return Err(Why::Negative),
            Ordering::Less | Ordering::Equal if p <= 0.0 => return Err(Why::NotPositive),
            _ => {}
        }
    }
    if p == 0.0 {
        return Ok(N::geometric(scores, weights));
    }
    // Over the score that dominates the sum, no power leaves the range of doubles.
    let extreme = if p > 0.0 { N::greatest } else { N::least };
    let Some(unit) = scores.iter().cloned().reduce(extreme) else { return Err(Why::DivisionByZero) };
    if unit.sign()? == Ordering::Equal {
        return Ok(unit);
    }
    let powers = shares(weights)?.into_iter().zip(scores).map(|(share, score)| {
        let relative = score.clone().over(unit.clone())?;
        Ok(share * relative.power(p))
    });
    let powers: Vec<N> = powers.collect::<Result<_, Why>>()?;
    Ok((sum(powers.into_iter()).inverse_power(p) * unit).settled())
}

/// The mean in SQL, of scores over the full mark, so that powers stay within the range of doubles. The errors of the two
/// powers grow with the exponent and its inverse.
pub(crate) fn sql(dialect: Dialect, key: usize, p: f64, full_mark: f64) -> MethodSql {
    let n = |number: f64| dialect.number(number);
    let part = format!("powers_{key}");
    let is_valid = if p > 0.0 { "x >= 0" } else { "x > 0" };
    let power = format!("POWER(CASE WHEN {is_valid} THEN x END / {}, {})", n(full_mark), n(p));
    let least = if p > 0.0 { "smallest >= 0" } else { "smallest > 0" };
    let mean = format!("POWER({part} / NULLIF(sum_w, {}), {})", n(0.0), n(1.0 / p));
    let value = format!("CASE WHEN {least} THEN {} * {mean} END", n(full_mark));
    let growth = (1.0 + p.abs()) * (1.0 + 1.0 / p.abs());
    let relative = format!("({} * COALESCE(worst, {}) + {} * (count_x + {}))", n(2.0), n(0.0), n(EPSILON * growth), n(40.0));
    MethodSql {
        gathered: vec![(part, format!("SUM(w * {power})"))],
        bound: format!("{value} * {relative}"),
        value,
        doubt: Some("close > 0".to_owned()),
    }
}
