//! Box and Cox' power transform of values shifted to a minimum of 1: ((x - min + 1)^lambda - 1) / lambda, and the
//! logarithm for a lambda of 0.
//!
//! Source: Box and Cox, An Analysis of Transformations, *Journal of the Royal Statistical Society* B 26 (1964); the shift is
//! that of COINr's `boxcox`.

use dashu_ratio::RBig;

use super::map::Map;
use super::sample::Sample;
use super::{Applied, Fitted};

pub(super) fn fit(sample: &Sample, lambda: f64) -> Fitted {
    let Some([smallest, _]) = sample.ends() else { return Fitted::Untouched };
    let offset = RBig::ONE - smallest;
    let map = if lambda == 0.0 { Map::Log { slope: RBig::ONE, offset, turned: false } } else { Map::Power { offset, lambda } };
    Fitted::Applied(Applied { method: "box_cox", map, moved: 0 })
}
