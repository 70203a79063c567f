//! How the scores of many cities are distributed.

use citygauge_indicators::exact::{nearest_double, rational};
use dashu_ratio::RBig;

use crate::gap::quantile;

/// The distribution of some scores; what there is none of is `None`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Distribution {
    /// How many scores there are.
    pub count: usize,
    /// The least.
    pub least: Option<f64>,
    /// The 25th percentile (R's type 7).
    pub p25: Option<f64>,
    /// The median.
    pub median: Option<f64>,
    /// The 75th percentile (R's type 7).
    pub p75: Option<f64>,
    /// The greatest.
    pub greatest: Option<f64>,
    /// The arithmetic mean.
    pub mean: Option<f64>,
    /// The standard deviation of the sample (divided by n - 1); from two scores on.
    pub sd: Option<f64>,
    /// The bins of equal width from 0 to the full mark.
    pub bins: Vec<Bin>,
    /// How many scores lie below 0.
    pub below: usize,
    /// How many lie above the full mark.
    pub above: usize,
}

/// A bin of a histogram.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Where it begins; belongs to it.
    pub from: f64,
    /// Where it ends; belongs to the next bin, or to the last one.
    pub to: f64,
    /// How many scores lie in it.
    pub count: usize,
}

/// The distribution of scores with a histogram of so many bins, from 1. Everything is decided on the decimals.
#[must_use]
pub fn distribution(scores: &[f64], full_mark: f64, bins: usize) -> Distribution {
    let mut sorted: Vec<f64> = scores.iter().copied().filter(|score| score.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let at = |p: f64| quantile(&sorted, p, exactly).map(|value| nearest_double(&value));
    let mut found = Distribution {
        count: sorted.len(),
        least: sorted.first().copied(),
        p25: at(0.25),
        median: at(0.5),
        p75: at(0.75),
        greatest: sorted.last().copied(),
        ..Distribution::default()
    };
    let bins = bins.max(1);
    let (full, number) = (exactly(full_mark), RBig::from(bins));
    let edge = |bin: usize| nearest_double(&(&full * RBig::from(bin) / &number));
    found.bins = (0..bins).map(|bin| Bin { from: edge(bin), to: edge(bin + 1), count: 0 }).collect();
    for score in sorted.iter().map(|score| exactly(*score)) {
        if score < RBig::ZERO {
            found.below += 1;
        } else if score > full {
            found.above += 1;
        } else {
            let bin = usize::try_from((score * &number / &full).floor()).unwrap_or(0);
            found.bins[bin.min(bins - 1)].count += 1;
        }
    }
    let sum = sorted.iter().fold(RBig::ZERO, |sum, score| sum + exactly(*score));
    if !sorted.is_empty() {
        let mean = sum / RBig::from(sorted.len());
        if sorted.len() > 1 {
            let squares = sorted.iter().map(|score| exactly(*score) - &mean).fold(RBig::ZERO, |sum, off| sum + &off * &off);
            found.sd = Some(nearest_double(&(squares / RBig::from(sorted.len() - 1))).sqrt());
        }
        found.mean = Some(nearest_double(&mean));
    }
    found
}

/// The median of some scores.
#[must_use]
pub fn median(scores: &[f64]) -> Option<f64> {
    let mut sorted: Vec<f64> = scores.iter().copied().filter(|score| score.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    quantile(&sorted, 0.5, exactly).map(|value| nearest_double(&value))
}

fn exactly(value: f64) -> RBig {
    rational(value).unwrap_or(RBig::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_decimals() {
        let found = distribution(&[0.3, 0.1, 100.0, 50.0, 10.0], 100.0, 10);
        assert_eq!((found.count, found.least, found.greatest), (5, Some(0.1), Some(100.0)));
        assert_eq!((found.p25, found.median, found.p75, found.mean), (Some(0.3), Some(10.0), Some(50.0), Some(32.08)));
        // sd(c(0.3, 0.1, 100, 50, 10)) in R.
        assert!((found.sd.expect("five scores") - 43.169_630_528_879_9).abs() < 1e-9);
        let counts: Vec<usize> = found.bins.iter().map(|bin| bin.count).collect();
        assert_eq!(counts, [2, 1, 0, 0, 0, 1, 0, 0, 0, 1]);
        assert_eq!((found.bins[9].from, found.bins[9].to), (90.0, 100.0));
    }

    #[test]
    fn an_edge_belongs_to_the_bin_that_it_begins() {
        // 0.7 of ten bins of 1 is the beginning of the eighth, although 0.7 * 10 is less in doubles.
        let found = distribution(&[0.7, 1.0, 1.1, -0.1], 1.0, 10);
        assert_eq!((found.bins[7].count, found.bins[9].count, found.above, found.below), (1, 1, 1, 1));
    }

    #[test]
    fn nothing_has_no_distribution_but_bins() {
        let found = distribution(&[], 100.0, 4);
        assert_eq!((found.count, found.median, found.mean, found.sd, found.bins.len()), (0, None, None, None, 4));
        assert_eq!(distribution(&[5.0], 100.0, 4).sd, None);
    }
}
