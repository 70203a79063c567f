//! Whether a series moves one way more than chance would have it: the test of Mann and Kendall.
//!
//! S is the number of pairs that rise less the number that fall. Sources: H. B. Mann, Nonparametric tests against trend,
//! Econometrica 13, 1945; M. G. Kendall, Rank Correlation Methods, 4th ed. 1970 (the exact distribution in chapter 5, the
//! variance with ties in chapter 4); R. O. Gilbert, Statistical Methods for Environmental Pollution Monitoring, 1987, 16.4.

use statrs::distribution::{ContinuousCDF, Normal};

/// From this many values on the normal approximation may be used where values are tied (Gilbert 1987).
const ENOUGH_FOR_TIES: usize = 10;

/// From this many values on it is used without ties too; the exact distribution differs from it by less than 0.001 there.
const ENOUGH: usize = 60;

/// The two-sided p-value of no trend; none of fewer than two values, and none where values are tied and too few.
pub(super) fn p_value(values: &[f64]) -> Option<f64> {
    let count = values.len();
    let pairs = values.iter().enumerate().flat_map(|(i, early)| values[i + 1..].iter().map(move |late| (early, late)));
    let s: i64 = pairs.map(|(early, late)| i64::from(late > early) - i64::from(late < early)).sum();
    let ties = ties(values);
    match () {
        () if count < 2 => None,
        () if ties.is_empty() && count < ENOUGH => Some(exact(count, s.unsigned_abs())),
        () if ties.is_empty() || count >= ENOUGH_FOR_TIES => Some(normal(count, s, &ties)),
        () => None,
    }
}

/// The sizes of the groups of equal values.
fn ties(values: &[f64]) -> Vec<usize> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.chunk_by(|one, other| one == other).map(<[f64]>::len).filter(|size| *size > 1).collect()
}

/// P(|S| >= s) over all orders of `count` different values. With k values falling pairs (inversions) number 0 to
/// k(k-1)/2; each further value adds 0 to k with equal chance. S = pairs - 2 x inversions.
fn exact(count: usize, s: u64) -> f64 {
    let mut chances = vec![1.0];
    for value in 1..count {
        let mut next = vec![0.0; chances.len() + value];
        for (inversions, chance) in chances.iter().enumerate() {
            for more in 0..=value {
                next[inversions + more] += chance / (value + 1) as f64;
            }
        }
        chances = next;
    }
    let pairs = (count * (count - 1) / 2) as i64;
    let is_as_far = |inversions: usize| (pairs - 2 * inversions as i64).unsigned_abs() >= s;
    let far: f64 = chances.iter().enumerate().filter(|(inversions, _)| is_as_far(*inversions)).map(|(_, chance)| chance).sum();
    far.min(1.0)
}

/// The normal approximation with the variance corrected for ties and S for continuity.
fn normal(count: usize, s: i64, ties: &[usize]) -> f64 {
    let term = |n: usize| (n * (n - 1) * (2 * n + 5)) as f64;
    let variance = (term(count) - ties.iter().map(|&size| term(size)).sum::<f64>()) / 18.0;
    if s == 0 || variance <= 0.0 {
        return 1.0;
    }
    let z = (s.unsigned_abs() as f64 - 1.0) / variance.sqrt();
    let standard = Normal::standard();
    (2.0 * standard.sf(z)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_have_the_exact_distribution() {
        // Of the 24 orders of four values one rises throughout and one falls: 2/24.
        assert_eq!(p_value(&[1.0, 2.0, 3.0, 4.0]), Some(1.0 / 12.0));
        assert_eq!(p_value(&[4.0, 3.0, 2.0, 1.0]), Some(1.0 / 12.0));
        // Kendall's table: with five values P(S >= 8) = 0.042.
        assert!((p_value(&[1.0, 2.0, 3.0, 5.0, 4.0]).expect("five values") - 2.0 * 5.0 / 120.0).abs() < 1e-15);
        assert_eq!((p_value(&[1.0]), p_value(&[1.0, 2.0]), p_value(&[2.0, 2.0, 3.0])), (None, Some(1.0), None));
    }

    #[test]
    fn many_values_with_ties_take_the_normal_approximation() {
        // n = 10, one pair of ties, S = 44: variance (10 x 9 x 25 - 2 x 1 x 9) / 18 = 124, z = 43 / sqrt(124) = 3.8615...
        let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 9.0];
        assert!((p_value(&values).expect("ten values") - 0.000_112_7).abs() < 1e-6);
        assert_eq!(p_value(&[5.0; 12]), Some(1.0));
    }

    #[test]
    fn the_approximation_takes_over_smoothly() {
        let zigzag = |count: usize| (0..count).map(|i| (i as f64) * 0.3 + [0.0, 4.0, -3.0][i % 3]).collect::<Vec<f64>>();
        let (values, ties) = (zigzag(59), Vec::new());
        let s: i64 = 59 * 58 / 2 / 5;
        assert!((exact(59, s as u64) - normal(59, s, &ties)).abs() < 0.001);
        assert!(p_value(&values).is_some());
    }
}
