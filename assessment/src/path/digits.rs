//! Decimals of fifteen digits, which every double tells apart.

use citygauge_indicators::exact::{nearest_double, scale_by_ten};
use dashu_ratio::RBig;

use crate::rates::Way;

/// The digits that a double always keeps.
const DIGITS: i64 = 15;

/// The digits of a decimal that a solver can be taken to mean.
const SHORT: i64 = 12;

/// How far a solver may lie beside it, in units of the last of its digits.
const NOISE: f64 = 0.01;

/// The first decimal of fifteen digits from a value on the way; the value itself where it is one.
pub(super) fn onwards(value: &RBig, way: Way) -> RBig {
    let exponent = exponent(value);
    let scaled = scale_by_ten(value.clone(), -exponent);
    let whole = match way {
        Way::Up => scaled.ceil(),
        Way::Down => scaled.floor(),
    };
    scale_by_ten(RBig::from(whole), exponent)
}

/// The decimal of twelve digits that a value of the solver stands for, where it lies within the last digits of one.
pub(super) fn meant(value: &RBig) -> Option<RBig> {
    let exponent = exponent(value) + DIGITS - SHORT;
    let scaled = scale_by_ten(value.clone(), -exponent);
    let whole = scaled.round();
    let near = nearest_double(&(scaled - RBig::from(whole.clone()))).abs() <= NOISE;
    near.then(|| scale_by_ten(RBig::from(whole), exponent))
}

/// The last decimal of fifteen digits before a value on the way; the value itself where it is one.
pub(super) fn up_to(value: &RBig, way: Way) -> RBig {
    onwards(value, opposite(way))
}

/// The next decimal of fifteen digits beyond a value.
pub(super) fn beyond(value: &RBig, way: Way) -> RBig {
    let unit = scale_by_ten(RBig::ONE, exponent(value));
    let step = if way == Way::Up { unit } else { -unit };
    onwards(&(value + step), way)
}

/// The nearest double whose shortest decimal is a decimal of fifteen digits.
pub(super) fn as_double(value: &RBig) -> f64 {
    nearest_double(value)
}

pub(super) fn opposite(way: Way) -> Way {
    if way == Way::Up { Way::Down } else { Way::Up }
}

/// The exponent of the last of the digits.
fn exponent(value: &RBig) -> i64 {
    let magnitude = nearest_double(value).abs();
    if magnitude == 0.0 { -DIGITS } else { magnitude.log10().floor() as i64 - DIGITS + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::number;

    #[test]
    fn a_solver_that_comes_near_a_short_decimal_means_it() {
        assert_eq!(meant(&number(55.000_000_000_000_1)), Some(number(55.0)));
        assert_eq!(meant(&number(12.5)), Some(number(12.5)));
        assert_eq!(meant(&(RBig::ONE / RBig::from(3))), None);
    }

    #[test]
    fn fifteen_digits_lie_around_a_value() {
        let third = RBig::ONE / RBig::from(3);
        assert_eq!(as_double(&onwards(&third, Way::Up)), 0.333_333_333_333_334);
        assert_eq!(as_double(&up_to(&third, Way::Up)), 0.333_333_333_333_333);
        assert_eq!(as_double(&onwards(&-third, Way::Down)), -0.333_333_333_333_334);
        for value in [0.0, 12.5, -3.0, 1e20, 0.1] {
            assert_eq!(as_double(&onwards(&number(value), Way::Up)), value);
            assert!(as_double(&beyond(&number(value), Way::Up)) > value);
            assert!(as_double(&beyond(&number(value), Way::Down)) < value);
        }
    }
}
