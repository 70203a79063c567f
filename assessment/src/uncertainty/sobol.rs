//! First and total order sensitivity indices.
//!
//! Source: Saltelli et al., *Variance based sensitivity analysis of model output*, Computer Physics Communications 181
//! (2010), 259-270, table 2: first order (b), mean(yB (yABi - yA)) / V, and total order (f, after Jansen, 1999),
//! sum((yA - yABi)^2) / (2 n V), V being the sample variance of yA and yB together. COINr's `SA_estimate` is the same.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

use crate::sample::moments::{mean, variance};
use crate::sample::order::{quantile, sorted};

/// The indices of one choice, each with the bounds of its 90 % bootstrap interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Indices {
    /// The part of the variance that the choice makes by itself.
    pub first: f64,
    /// The 5th and 95th percentile of the first order index over bootstrap samples.
    pub first_interval: [f64; 2],
    /// The part that it makes by itself and together with others.
    pub total: f64,
    /// The same of the total order index.
    pub total_interval: [f64; 2],
}

/// How many bootstrap samples make an interval.
const BOOTSTRAP: usize = 1_000;
/// The stream of the bootstrap, which no row of a design has.
const STREAM: u64 = u64::MAX;

/// First and total order index of a choice; none where nothing varies.
pub(super) fn estimate(a: &[f64], b: &[f64], mixed: &[f64]) -> Option<[f64; 2]> {
    let together: Vec<f64> = a.iter().chain(b).copied().collect();
    let variance = variance(&together).filter(|variance| *variance > 0.0)?;
    let first = a.iter().zip(b).zip(mixed).map(|((a, b), mixed)| b * (mixed - a)).collect::<Vec<_>>();
    let total: f64 = a.iter().zip(mixed).map(|(a, mixed)| (a - mixed).powi(2)).sum();
    Some([mean(&first)? / variance, total / (2.0 * a.len() as f64 * variance)])
}

/// The indices of every choice out of the results of a design; none where nothing varies. `results` stand in the order
/// of the design's rows.
pub(super) fn indices(results: &[f64], choices: usize, seed: u64) -> Vec<Option<Indices>> {
    let base = results.len() / (choices + 2);
    let part = |i: usize| &results[i * base..(i + 1) * base];
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(STREAM);
    let mut samples: Vec<[Vec<f64>; 2]> = vec![[Vec::new(), Vec::new()]; choices];
    for _ in 0..BOOTSTRAP {
        // The whole part of a uniform number times the number of rows.
        let rows: Vec<usize> = (0..base).map(|_| ((u128::from(random.next_u64()) * base as u128) >> 64) as usize).collect();
        let resampled = |values: &[f64]| rows.iter().map(|&row| values[row]).collect::<Vec<_>>();
        let (a, b) = (resampled(part(0)), resampled(part(1)));
        for (choice, samples) in samples.iter_mut().enumerate() {
            if let Some([first, total]) = estimate(&a, &b, &resampled(part(choice + 2))) {
                samples[0].push(first);
                samples[1].push(total);
            }
        }
    }
    let interval = |sample: &[f64]| {
        let sample = sorted(sample);
        Some([quantile(&sample, 0.05)?, quantile(&sample, 0.95)?])
    };
    let of_choice = |choice: usize| {
        let [first, total] = estimate(part(0), part(1), part(choice + 2))?;
        let [first_sample, total_sample] = &samples[choice];
        Some(Indices { first, first_interval: interval(first_sample)?, total, total_interval: interval(total_sample)? })
    };
    (0..choices).map(of_choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_shared_by_the_variances_of_its_terms() {
        // y = 2 u + v with independent uniform u and v: first = total = 4/5 and 1/5.
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let mut uniform = || (random.next_u64() >> 11) as f64 * (-53f64).exp2();
        let rows: Vec<[f64; 4]> = (0..20_000).map(|_| [uniform(), uniform(), uniform(), uniform()]).collect();
        let y = |u: f64, v: f64| 2.0 * u + v - 1.5;
        let [a, b, ub, vb]: [Vec<f64>; 4] = [
            rows.iter().map(|r| y(r[0], r[1])).collect(),
            rows.iter().map(|r| y(r[2], r[3])).collect(),
            rows.iter().map(|r| y(r[2], r[1])).collect(),
            rows.iter().map(|r| y(r[0], r[3])).collect(),
        ];
        for (mixed, share) in [(&ub, 0.8), (&vb, 0.2)] {
            let [first, total] = estimate(&a, &b, mixed).expect("it varies");
            assert!((first - share).abs() < 0.02 && (total - share).abs() < 0.02, "{first} {total}");
        }
    }

    #[test]
    fn what_does_not_vary_has_no_index() {
        assert_eq!(estimate(&[1.0; 4], &[1.0; 4], &[1.0; 4]), None);
    }

    /// `sensitivity/ishigami_N1000_sample.csv` and `sensitivity/ishigami_N1000_sobol.csv`: the estimator alone.
    #[test]
    fn the_estimator_is_that_of_coinr_on_the_function_of_ishigami() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/oracles/asem/sensitivity");
        let (Ok(sample), Ok(expected)) = (
            std::fs::read_to_string(folder.join("ishigami_N1000_sample.csv")),
            std::fs::read_to_string(folder.join("ishigami_N1000_sobol.csv")),
        ) else {
            eprintln!("skipped: the results of COINr are not at {}", folder.display());
            return;
        };
        let numbers = |line: &str| line.split(',').filter_map(|cell| cell.parse::<f64>().ok()).collect::<Vec<_>>();
        let y: Vec<f64> = sample.lines().skip(1).filter_map(|line| numbers(line).last().copied()).collect();
        let part = |i: usize| &y[i * 1_000..(i + 1) * 1_000];
        for (i, line) in expected.lines().skip(1).enumerate() {
            let [first, total] = estimate(part(0), part(1), part(i + 2)).expect("it varies");
            let expected = numbers(line);
            assert!((first - expected[0]).abs() < 1e-9 && (total - expected[1]).abs() < 1e-9, "{line}");
        }
        let intervals = indices(&y, 3, 1);
        for indices in intervals.into_iter().flatten() {
            let [low, high] = indices.total_interval;
            assert!(low < indices.total && indices.total < high);
        }
    }
}
