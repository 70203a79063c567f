//! The test for outliers: a sample passes where the magnitude of its skewness, or its kurtosis, lies below a threshold.
//!
//! Source: COINr's `check_SkewKurt`, after the practice of the Global Innovation Index; skewness and kurtosis are the
//! sample-corrected ones (see `sample::moments`). A sample of fewer than four values, and one in which nothing differs,
//! has no kurtosis and passes.

use dashu_ratio::RBig;

use crate::normalise::number;
use crate::quantity::EPSILON;
use crate::sample::moments::mean;

/// The thresholds of the test.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thresholds {
    pub skewness: f64,
    pub kurtosis: f64,
}

/// Whether a sample passes. The doubles decide where they lie further from the thresholds than their bounds.
pub(super) fn passes(doubles: &[f64], bound: f64, thresholds: Thresholds, exact: impl Fn() -> Vec<RBig>) -> bool {
    if doubles.len() < 4 {
        return true;
    }
    let Some(moments) = Moments::of(doubles, bound) else {
        return Exact::of(&exact()).is_none_or(|exact| exact.passes(thresholds));
    };
    let below = |(value, bound): (f64, f64), threshold: f64| match value - threshold {
        distance if distance.abs() > bound => Some(distance < 0.0),
        _ => None,
    };
    let (skewness, error) = moments.skewness();
    match (below((skewness.abs(), error), thresholds.skewness), below(moments.kurtosis(), thresholds.kurtosis)) {
        (Some(true), _) | (_, Some(true)) => true,
        (Some(false), Some(false)) => false,
        _ => Exact::of(&exact()).is_none_or(|exact| exact.passes(thresholds)),
    }
}

/// Whether the outliers are those above: the third moment, which has the sign of the skewness, is not below 0.
pub(super) fn is_right_skewed(doubles: &[f64], bound: f64, exact: impl Fn() -> Vec<RBig>) -> bool {
    match Moments::of(doubles, bound).map(|moments| moments.third) {
        Some((third, error)) if third.abs() > error => third > 0.0,
        _ => Exact::of(&exact()).is_none_or(|exact| exact.third >= RBig::ZERO),
    }
}

/// The sums of powers of the distances from the mean, each with its bound.
struct Moments {
    count: f64,
    second: (f64, f64),
    third: (f64, f64),
    fourth: (f64, f64),
}

impl Moments {
    /// `None` where the doubles do not tell that anything differs.
    fn of(doubles: &[f64], bound: f64) -> Option<Self> {
        let count = doubles.len() as f64;
        let mean = mean(doubles)?;
        let largest = doubles.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        // How far any distance from the mean may lie from the exact one.
        let error = 2.0 * bound + EPSILON * largest * (count + 2.0);
        let (mut sums, mut errors) = ([0.0; 3], [0.0; 3]);
        for value in doubles {
            let distance = value - mean;
            let reach = distance.abs() + error;
            let mut power = distance;
            for (place, exponent) in (2..5).enumerate() {
                power *= distance;
                sums[place] += power;
                // |d^k - (d + e)^k| <= k e (|d| + e)^(k - 1), and the rounding of the terms and of their sum.
                let own = f64::from(exponent) * error * reach.powi(exponent - 1);
                errors[place] += own + EPSILON * (count + 4.0) * reach.powi(exponent);
            }
        }
        let [second, third, fourth] = [0, 1, 2].map(|place| (sums[place], errors[place]));
        (second.0.is_finite() && fourth.0.is_finite() && second.0 > 8.0 * second.1 && second.1 > 0.0).then_some(Self {
            count,
            second,
            third,
            fourth,
        })
    }

    /// n / ((n-1)(n-2)) sum(d^3) / s^3, with its bound.
    fn skewness(&self) -> (f64, f64) {
        let n = self.count;
        let scale = n * (n - 1.0).sqrt() / (n - 2.0);
        let ratio = |third: f64| scale * third / self.second.0.powf(1.5);
        let value = ratio(self.third.0);
        // The second sum may be off by an eighth of itself at most, so that its power 3/2 is off by less than twice 3/2.
        let error = 2.0 * ratio(self.third.1) + 3.0 * value.abs() * self.second.1 / self.second.0;
        (value, error + 16.0 * EPSILON * value.abs())
    }

    /// n(n+1) / ((n-1)(n-2)(n-3)) sum(d^4) / s^4 - 3 (n-1)^2 / ((n-2)(n-3)), with its bound.
    fn kurtosis(&self) -> (f64, f64) {
        let n = self.count;
        let scale = n * (n + 1.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0));
        let shift = 3.0 * (n - 1.0).powi(2) / ((n - 2.0) * (n - 3.0));
        let ratio = |fourth: f64| scale * fourth / self.second.0.powi(2);
        let whole = ratio(self.fourth.0);
        let error = 2.0 * ratio(self.fourth.1) + 4.0 * whole * self.second.1 / self.second.0;
        (whole - shift, error + 16.0 * EPSILON * (whole + shift))
    }
}

/// The same sums exactly.
struct Exact {
    count: RBig,
    second: RBig,
    third: RBig,
    fourth: RBig,
}

impl Exact {
    /// `None` where nothing differs.
    fn of(values: &[RBig]) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        let count = RBig::from(values.len());
        let mean = values.iter().fold(RBig::ZERO, |sum, value| sum + value) / &count;
        let zero = || RBig::ZERO;
        let mut exact = Self { count, second: zero(), third: zero(), fourth: zero() };
        for value in values {
            let distance = value - &mean;
            let square = &distance * &distance;
            exact.third += &square * &distance;
            exact.fourth += &square * &square;
            exact.second += square;
        }
        (exact.second != RBig::ZERO).then_some(exact)
    }

    fn passes(&self, thresholds: Thresholds) -> bool {
        let less = |by: u8| &self.count - RBig::from(by);
        let [one, two, three] = [1, 2, 3].map(less);
        let n = &self.count;
        // Squared, so that there is no root: n^2 (n-1) / (n-2)^2 sum(d^3)^2 / sum(d^2)^3.
        let skewness = n * n * &one * &self.third * &self.third / (&two * &two * &self.second * &self.second * &self.second);
        let threshold = number(thresholds.skewness);
        if skewness < &threshold * &threshold {
            return true;
        }
        let scale = n * (n + RBig::ONE) * &one / (&two * &three);
        let kurtosis = scale * &self.fourth / (&self.second * &self.second) - RBig::from(3) * &one * &one / (&two * &three);
        kurtosis < number(thresholds.kurtosis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_doubles(values: &[f64], thresholds: Thresholds) -> bool {
        passes(values, 0.0, thresholds, || panic!("the doubles decide"))
    }

    #[test]
    fn an_outlier_fails_the_test_and_is_above() {
        let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 30.0, 100.0];
        let thresholds = Thresholds { skewness: 2.0, kurtosis: 3.5 };
        assert!(!by_doubles(&values, thresholds));
        assert!(by_doubles(&values[..10], thresholds));
        assert!(is_right_skewed(&values, 0.0, || panic!("the doubles decide")));
    }

    #[test]
    fn a_threshold_that_is_met_exactly_is_not_passed() {
        // Zeros and one 1: skewness sqrt(n), kurtosis n. Nine values meet a threshold of 3, whatever the doubles say.
        let values = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
        let exact = || values.iter().map(|value| number(*value)).collect::<Vec<RBig>>();
        let passes = |skewness, kurtosis| passes(&values, 0.0, Thresholds { skewness, kurtosis }, exact);
        assert!(!passes(3.0, 9.0));
        assert!(passes(3.000_000_000_000_001, 9.0));
        assert!(passes(3.0, 9.000_000_000_000_002));
    }

    #[test]
    fn too_few_values_and_equal_ones_pass() {
        let thresholds = Thresholds { skewness: 0.1, kurtosis: -9.0 };
        let exact = || vec![RBig::ONE; 4];
        assert!(passes(&[1.0; 4], 0.0, thresholds, exact));
        assert!(passes(&[1.0, 2.0, 9.0], 0.0, thresholds, exact));
    }
}
