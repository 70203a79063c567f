//! The natural logarithm, plain or of values that were shifted or scaled first.
//!
//! Source: COINr's `log_CT` (the JRC COIN Tool's with a shift in the values' own scale), `log_CT_plus`, `log_CT_orig`, and
//! `log_GII` as its documentation and the Global Innovation Index define it (the function of COINr 1.1.14 gives its input
//! back).

use citygauge_indicators::LogVariant;
use dashu_ratio::RBig;

use super::map::Map;
use super::sample::Sample;
use super::shape::is_right_skewed;
use super::{Applied, Fitted};

pub(super) fn fit(sample: &Sample, variant: LogVariant) -> Fitted {
    let applied = |slope: RBig, offset: RBig, turned: bool| {
        Fitted::Applied(Applied { method: "log", map: Map::Log { slope, offset, turned }, moved: 0 })
    };
    if variant == LogVariant::Plain {
        return applied(RBig::ONE, RBig::ZERO, false);
    }
    let Some([smallest, largest]) = sample.ends() else { return Fitted::Untouched };
    if smallest == largest && variant != LogVariant::CtOrig {
        return Fitted::Constant;
    }
    let span = &largest - &smallest;
    // So far beyond the end that no logarithm is of zero.
    let beyond = &span / RBig::from(100);
    match variant {
        LogVariant::Plain => applied(RBig::ONE, RBig::ZERO, false),
        LogVariant::CtOrig => applied(RBig::ONE, RBig::ONE - smallest, false),
        LogVariant::Ct => applied(RBig::ONE, beyond - smallest, false),
        LogVariant::CtPlus => {
            let exact = || (0..sample.len()).map(|place| sample.exact(place)).collect();
            if is_right_skewed(&sample.doubles, sample.bound, exact) {
                applied(RBig::ONE, beyond - smallest, false)
            } else {
                applied(-RBig::ONE, largest + beyond, true)
            }
        }
        LogVariant::Gii => {
            let slope = (largest - RBig::ONE) / span;
            let offset = RBig::ONE - &slope * smallest;
            applied(slope, offset, false)
        }
    }
}
