//! Entropy weights: a child that differs more between the cities tells more and weighs more.
//!
//! Source: C. E. Shannon, "A Mathematical Theory of Communication", Bell System Technical Journal 27 (1948), section 6, as a
//! weight in C. L. Hwang and K. Yoon, *Multiple Attribute Decision Making* (Springer 1981), section 2.3.2:
//! p_ij = x_ij / sum_i x_ij, e_j = -sum_i p_ij ln p_ij / ln m with 0 ln 0 = 0, w_j = (1 - e_j) / sum_j (1 - e_j). The
//! Chinese usage (熵值法) takes x from the min-max values plus a small shift; the shift is part of the method and is stated.

use super::sample::Sample;

/// The entropy of every child, 0..1, after adding `shift`; `Err` names a child that has a value below 0.
pub(crate) fn entropies(sample: &Sample, shift: f64) -> Result<Vec<f64>, usize> {
    let of = |(child, column): (usize, &Vec<f64>)| {
        if column.iter().any(|value| value + shift < 0.0) {
            return Err(child);
        }
        // What is the same everywhere tells nothing, also where it is zero.
        if sample.is_constant(child) {
            return Ok(1.0);
        }
        let sum: f64 = column.iter().map(|value| value + shift).sum();
        let parts = column.iter().map(|value| (value + shift) / sum).filter(|part| *part > 0.0);
        let entropy = -parts.map(|part| part * part.ln()).sum::<f64>() / (sample.cities() as f64).ln();
        // What differs less than the doubles tell is the same.
        Ok(if 1.0 - entropy < 1e-14 { 1.0 } else { entropy.max(0.0) })
    };
    sample.columns().iter().enumerate().map(of).collect()
}
