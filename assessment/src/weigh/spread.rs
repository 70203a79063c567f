//! Weights by spread: the standard deviation of the sample (divisor n - 1), or its ratio to the mean.
//!
//! Source: D. Diakoulaki, G. Mavrotas and L. Papayannakis, "Determining objective weights in multiple criteria problems: the
//! CRITIC method", Computers & Operations Research 22 (1995), 763-770, section 2 (standard deviation); the coefficient of
//! variation (变异系数法) is Pearson's, *Philosophical Transactions A* 187 (1896), section 3.

use super::sample::Sample;
use crate::sample::moments;

/// The standard deviation of every child; 0 where nothing differs.
pub(crate) fn deviations(sample: &Sample) -> Vec<f64> {
    let of = |child: usize| if sample.is_constant(child) { 0.0 } else { moments::sd(&sample.columns()[child]).unwrap_or(0.0) };
    (0..sample.children()).map(of).collect()
}

/// The standard deviation of every child over the magnitude of its mean; `Err` names a child that differs around a mean
/// of 0.
pub(crate) fn variations(sample: &Sample) -> Result<Vec<f64>, usize> {
    let of = |(child, sd): (usize, f64)| match moments::mean(&sample.columns()[child]) {
        _ if sd == 0.0 => Ok(0.0),
        Some(mean) if mean != 0.0 => Ok(sd / mean.abs()),
        _ => Err(child),
    };
    deviations(sample).into_iter().enumerate().map(of).collect()
}
