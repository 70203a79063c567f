//! The score of a data item by a panel of experts: a trimmed mean, with the spread of what the experts said.

mod scale;
#[cfg(test)]
mod tests;

use citygauge_indicators::exact::{nearest_double, rational, round};
use citygauge_indicators::{RoundingMode, exact::Rational};

pub use self::scale::{OffScale, Scale, ScaleFault};
use crate::exact::real::sqrt;
use crate::exact::sums::{mean, sum, variance};

/// The part of the scores that is left out at each end: from 0 (the plain mean) to below one half, as an exact decimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trim(Rational);

impl Trim {
    /// The part as its shortest decimal says it; `None` unless it lies from 0 to below 0.5.
    #[must_use]
    pub fn new(part: f64) -> Option<Self> {
        let below = rational(0.5)?;
        rational(part).filter(|part| *part >= Rational::ZERO && *part < below).map(Self)
    }

    /// How many of `n` scores are left out at each end: the product rounded down. At least one score is always left.
    ///
    /// The product is that of the decimals: 0.29 of 100 is 29, where doubles say 28.999999999999996.
    #[must_use]
    pub fn left_out(&self, n: usize) -> usize {
        let product = &self.0 * Rational::from(n);
        usize::try_from(product.floor()).unwrap_or(0)
    }
}

/// What a panel says of an item: the mean of the scores that are left after trimming, and the spread of all of them.
///
/// Source: R 4.5, `base::mean.default(x, trim)`: `floor(n * trim)` of the sorted values are left out at each end. Where
/// the product of the doubles falls short of that of the decimals, the decimals count.
#[derive(Debug, Clone, PartialEq)]
pub struct PanelScore {
    /// How many scores there are.
    pub count: usize,
    /// How many of them are left out at each end.
    pub left_out: usize,
    /// The least score of all.
    pub least: f64,
    /// The greatest score of all.
    pub greatest: f64,
    /// The median of all scores.
    pub median: f64,
    /// The standard deviation of all scores (divisor n - 1); none of a single one.
    pub standard_deviation: Option<f64>,
    mean: Rational,
}

impl PanelScore {
    /// What these scores say, in whatever order they stand; `None` of no scores, or where one is not finite.
    #[must_use]
    pub fn of(scores: &[f64], trim: &Trim) -> Option<Self> {
        let mut sorted: Vec<Rational> = scores.iter().map(|score| rational(*score)).collect::<Option<_>>()?;
        sorted.sort_unstable();
        let (count, left_out) = (sorted.len(), trim.left_out(sorted.len()));
        let (least, greatest) = (nearest_double(sorted.first()?), nearest_double(sorted.last()?));
        // One score in the middle of an odd number, two of an even one.
        let median = mean(&sorted[(count - 1) / 2..=count / 2])?;
        // A variance is no root of a negative number.
        let deviation = variance(&sorted).and_then(|variance| sqrt(&variance).ok());
        Some(Self {
            count,
            left_out,
            least,
            greatest,
            median: nearest_double(&median),
            standard_deviation: deviation.as_ref().map(nearest_double),
            mean: sum(&sorted[left_out..count - left_out]) / Rational::from(count - 2 * left_out),
        })
    }

    /// The trimmed mean, to the nearest double.
    #[must_use]
    pub fn mean(&self) -> f64 {
        nearest_double(&self.mean)
    }

    /// The trimmed mean rounded half up, away from zero, to these decimals; decided on the exact fraction.
    #[must_use]
    pub fn rounded_mean(&self, places: u32) -> f64 {
        nearest_double(&round(&self.mean, places, RoundingMode::HalfUp))
    }
}
