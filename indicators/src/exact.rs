//! Exact arithmetic on the decimals that doubles stand for.
//!
//! A number in a document or a data file is read to the nearest double and *means* that double's
//! shortest decimal. Decisions (a threshold, a tie, a rounding) are made on those decimals.

use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;

use crate::document::rounding::RoundingMode;

/// A fraction of whole numbers of any size.
pub type Rational = RBig;

/// The shortest decimal of a finite double, as a fraction; `None` for NaN and infinities.
#[must_use]
pub fn rational(value: f64) -> Option<RBig> {
    if !value.is_finite() {
        return None;
    }
    // `{:e}` prints the shortest digits that read back to the same double.
    let text = format!("{value:e}");
    let (mantissa, exponent) = text.split_once('e')?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: IBig = format!("{whole}{fraction}").parse().ok()?;
    let places = i64::try_from(fraction.len()).ok()? - exponent.parse::<i64>().ok()?;
    Some(scale_by_ten(RBig::from(digits), -places))
}

/// The longest decimal that [`decimal`] reads, in characters, and its largest exponent: beyond any double.
const LONGEST_DECIMAL: usize = 400;

/// A decimal as it is written, `-12.5` or `1e-3`, as a fraction and without passing through a double; `None` where it is none
/// or longer than any number in use.
#[must_use]
pub fn decimal(text: &str) -> Option<RBig> {
    if text.len() > LONGEST_DECIMAL {
        return None;
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let unsigned = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) || exponent.unsigned_abs() > LONGEST_DECIMAL as u64
    {
        return None;
    }
    let number = RBig::from(digits.parse::<IBig>().ok()?);
    let number = if mantissa.starts_with('-') { -number } else { number };
    Some(scale_by_ten(number, exponent - i64::try_from(fraction.len()).ok()?))
}

/// `value` times ten to the power of `exponent`.
#[must_use]
pub fn scale_by_ten(value: RBig, exponent: i64) -> RBig {
    let power = RBig::from(UBig::from(10u8).pow(usize::try_from(exponent.unsigned_abs()).unwrap_or(usize::MAX)));
    if exponent >= 0 { value * power } else { value / power }
}

/// The double nearest to a fraction.
#[must_use]
pub fn nearest_double(value: &RBig) -> f64 {
    value.to_f64().value()
}

/// `value` rounded to `places` decimals, as an exact fraction.
#[must_use]
pub fn round(value: &RBig, places: u32, mode: RoundingMode) -> RBig {
    let scaled = scale_by_ten(value.clone(), i64::from(places));
    let two = IBig::from(2);
    let doubled = scaled.numerator() * &two;
    let denominator = IBig::from(scaled.denominator().clone());
    let magnitude = if doubled < IBig::ZERO { -doubled.clone() } else { doubled.clone() };
    // floor(|x| + 1/2), the half going away from zero
    let base = (&magnitude + &denominator) / (&denominator * &two);
    let is_half = (&magnitude + &denominator) % (&denominator * &two) == IBig::ZERO;
    let rounded = match mode {
        RoundingMode::HalfEven if is_half && &base % &two != IBig::ZERO => base - IBig::ONE,
        _ => base,
    };
    let signed = if doubled < IBig::ZERO { -rounded } else { rounded };
    scale_by_ten(RBig::from(signed), -i64::from(places))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(numerator: i64, denominator: u64) -> RBig {
        RBig::from_parts(IBig::from(numerator), UBig::from(denominator))
    }

    #[test]
    fn a_double_means_its_shortest_decimal() {
        assert_eq!(rational(0.1).expect("finite"), ratio(1, 10));
        assert_eq!(rational(-2.675).expect("finite"), ratio(-2675, 1000));
        assert_eq!(rational(1e21).expect("finite"), RBig::from(UBig::from(10u8).pow(21)));
        assert_eq!(rational(0.0).expect("finite"), RBig::ZERO);
        assert!(rational(f64::NAN).is_none() && rational(f64::INFINITY).is_none());
    }

    #[test]
    fn a_decimal_is_read_digit_by_digit() {
        assert_eq!(decimal("-12.50"), Some(ratio(-25, 2)));
        assert_eq!(decimal("1e-3"), Some(ratio(1, 1000)));
        assert_eq!((decimal(".5"), decimal("5."), decimal("+7E2")), (Some(ratio(1, 2)), Some(ratio(5, 1)), Some(ratio(700, 1))));
        let exact = decimal("0.1").expect("a decimal") * decimal("30000").expect("a decimal");
        assert_eq!(nearest_double(&exact), 3_000.0);
        for text in ["", "-", ".", "1,5", "1e", "0x1", "--1", "1.2.3", "1e999", "１", &"9".repeat(401)] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    #[test]
    fn rounding_follows_the_decimal_not_the_double() {
        let rounded = |x: f64, mode| nearest_double(&round(&rational(x).expect("finite"), 2, mode));
        assert_eq!(rounded(2.675, RoundingMode::HalfUp), 2.68);
        assert_eq!(rounded(2.675, RoundingMode::HalfEven), 2.68);
        assert_eq!(rounded(2.665, RoundingMode::HalfUp), 2.67);
        assert_eq!(rounded(2.665, RoundingMode::HalfEven), 2.66);
        assert_eq!(rounded(-2.665, RoundingMode::HalfUp), -2.67);
        assert_eq!(rounded(-0.004, RoundingMode::HalfUp), 0.0);
    }

    #[test]
    fn the_nearest_double_of_a_fraction_reads_back() {
        for x in [0.1, 47.57, 4.63, 1e-300, 123_456_789.123_456_79] {
            assert_eq!(nearest_double(&rational(x).expect("finite")), x);
        }
    }
}
