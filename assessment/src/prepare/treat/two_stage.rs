//! A sample that passes the test for outliers stays as it is. One that fails is treated by the first treatment; where it
//! still fails, that is given up and the second treats the sample as it was.
//!
//! Source: COINr's `Treat`, with winsorising first and the logarithm second.

use citygauge_indicators::Treatment;

use super::sample::Sample;
use super::shape::{Thresholds, passes};
use super::{Fitted, fit as fit_stage};

pub(super) fn fit(sample: &Sample, first: &Treatment, second: &Treatment, skewness: f64, kurtosis: f64) -> Fitted {
    let thresholds = Thresholds { skewness, kurtosis };
    let passes = |sample: &Sample| {
        let exact = || (0..sample.len()).map(|place| sample.exact(place)).collect();
        passes(&sample.doubles, sample.bound, thresholds, exact)
    };
    if passes(sample) {
        return Fitted::Untouched;
    }
    match fit_stage(first, sample) {
        Fitted::Applied(step) if passes(&sample.treated(&step.map)) => Fitted::Applied(step),
        _ => fit_stage(second, sample),
    }
}
