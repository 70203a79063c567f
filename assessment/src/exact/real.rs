//! Roots, logarithms, exponentials and powers of fractions, to 50 significant digits.

use citygauge_indicators::exact::{nearest_double, scale_by_ten};
use dashu_float::FBig;
use dashu_float::round::mode::HalfEven;
use dashu_int::IBig;
use dashu_int::ops::BitTest as _;
use dashu_ratio::RBig;

use super::Failure;

/// A decimal float.
type Decimal = FBig<HalfEven, 10>;

/// The digits that a computation carries.
const WORKING: usize = 80;
/// The digits of a result.
const DIGITS: usize = 50;
/// A fraction of more bits than this is too long to be raised to a power exactly.
const MAX_BITS: usize = 20_000;
/// A fraction of more bits than this is narrowed where a computation over a whole cohort goes on with it.
const LONG_BITS: usize = 2_048;
/// The greatest whole exponent that is evaluated exactly.
const MAX_EXPONENT: i64 = 1_024;

/// A fraction as a decimal of working precision.
fn decimal(value: &RBig) -> Decimal {
    let numerator = Decimal::from(value.numerator().clone()).with_precision(WORKING + 10).value();
    let denominator = Decimal::from(IBig::from(value.denominator().clone())).with_precision(WORKING + 10).value();
    numerator / denominator
}

/// A decimal as a fraction, rounded to the digits of a result.
fn fraction(value: &Decimal) -> RBig {
    let rounded = value.clone().with_precision(DIGITS).value();
    let (significand, exponent) = rounded.into_repr().into_parts();
    scale_by_ten(RBig::from(significand), i64::try_from(exponent).unwrap_or(0))
}

/// The square root.
///
/// # Errors
/// Of a negative number.
pub fn sqrt(value: &RBig) -> Result<RBig, Failure> {
    if *value < RBig::ZERO {
        return Err(Failure::Domain);
    }
    if *value == RBig::ZERO {
        return Ok(RBig::ZERO);
    }
    Ok(fraction(&decimal(value).sqrt()))
}

/// The natural logarithm.
///
/// # Errors
/// Of zero and negative numbers.
pub fn ln(value: &RBig) -> Result<RBig, Failure> {
    if *value <= RBig::ZERO {
        return Err(Failure::Domain);
    }
    if *value == RBig::ONE {
        return Ok(RBig::ZERO);
    }
    Ok(fraction(&decimal(value).ln()))
}

/// The logarithm to base ten.
///
/// # Errors
/// Of zero and negative numbers.
pub fn log10(value: &RBig) -> Result<RBig, Failure> {
    if *value <= RBig::ZERO {
        return Err(Failure::Domain);
    }
    if *value == RBig::ONE {
        return Ok(RBig::ZERO);
    }
    let ten = Decimal::from(10).with_precision(WORKING + 10).value();
    Ok(fraction(&(decimal(value).ln() / ten.ln())))
}

/// The exponential.
///
/// # Errors
/// Beyond the range of doubles; far below it the result is 0.
pub fn exp(value: &RBig) -> Result<RBig, Failure> {
    if *value == RBig::ZERO {
        return Ok(RBig::ONE);
    }
    let limit = RBig::from(1_000_000);
    if *value > limit {
        return Err(Failure::Overflow);
    }
    if *value < -limit {
        return Ok(RBig::ZERO);
    }
    Ok(fraction(&decimal(value).exp()))
}

/// A power; exact where the exponent is a whole number of reasonable size.
///
/// # Errors
/// A division by zero (0 to a negative power), a negative base with a fraction as exponent, an overflow.
pub fn pow(base: &RBig, exponent: &RBig) -> Result<RBig, Failure> {
    if *exponent == RBig::ZERO {
        return Ok(RBig::ONE);
    }
    if *base == RBig::ZERO {
        return if *exponent > RBig::ZERO { Ok(RBig::ZERO) } else { Err(Failure::Domain) };
    }
    let whole = exponent.is_int();
    let small = whole.then(|| i64::try_from(exponent.numerator()).ok()).flatten().filter(|n| n.abs() <= MAX_EXPONENT);
    if let Some(n) = small
        && bits(base).saturating_mul(usize::try_from(n.unsigned_abs()).unwrap_or(usize::MAX)) <= MAX_BITS
    {
        return Ok(base.pow(n as isize));
    }
    if *base < RBig::ZERO && !whole {
        return Err(Failure::Domain);
    }
    let odd = whole && exponent.numerator() % IBig::from(2) != IBig::ZERO;
    let magnitude = if *base < RBig::ZERO { -base.clone() } else { base.clone() };
    let logarithm = decimal(&magnitude).ln() * decimal(exponent);
    let size = nearest_double(&fraction(&logarithm));
    if size > 1e6 {
        return Err(Failure::Overflow);
    }
    let power = if size < -1e6 { RBig::ZERO } else { fraction(&logarithm.exp()) };
    Ok(if *base < RBig::ZERO && odd { -power } else { power })
}

/// The weighted geometric mean of positive numbers, as one operation.
///
/// # Panics
/// When there are no weights; a checked set has a weight above 0 in every branch.
#[must_use]
pub fn geometric_mean(terms: &[(RBig, RBig)]) -> RBig {
    let weights: RBig = terms.iter().fold(RBig::ZERO, |sum, (weight, _)| sum + weight);
    let logarithms = terms
        .iter()
        .map(|(weight, value)| decimal(value).ln() * decimal(weight))
        .reduce(|sum, next| sum + next)
        .expect("a branch has a weight above 0");
    fraction(&(logarithms / decimal(&weights)).exp())
}

/// The square root to working precision, for a computation that goes on; what is below zero counts as zero.
#[must_use]
pub(crate) fn wide_root(value: &RBig) -> RBig {
    if *value <= RBig::ZERO { RBig::ZERO } else { wide(&decimal(value).sqrt()) }
}

/// A power to working precision, for a computation that goes on, of a base that is not negative; exact where that is
/// short. A power below e^-10,000 counts as zero, so does any of zero.
#[must_use]
pub(crate) fn wide_power(base: &RBig, exponent: &RBig) -> RBig {
    if *base <= RBig::ZERO {
        return RBig::ZERO;
    }
    let whole = if exponent.is_int() { i64::try_from(exponent.numerator()).ok() } else { None };
    if let Some(n) = whole.filter(|n| n.abs() <= MAX_EXPONENT)
        && bits(base).saturating_mul(usize::try_from(n.unsigned_abs()).unwrap_or(usize::MAX)) <= MAX_BITS
    {
        return base.pow(n as isize);
    }
    let logarithm = decimal(base).ln() * decimal(exponent);
    if nearest_double(&fraction(&logarithm)) < -1e4 { RBig::ZERO } else { wide(&logarithm.exp()) }
}

/// A fraction with a denominator of a reasonable length: rounded to working precision where it is longer.
#[must_use]
pub(crate) fn narrowed(value: RBig) -> RBig {
    if bits(&value) > LONG_BITS { wide(&decimal(&value)) } else { value }
}

/// The digits of a result: 50 significant ones.
#[must_use]
pub(crate) fn settled(value: &RBig) -> RBig {
    if *value == RBig::ZERO { RBig::ZERO } else { fraction(&decimal(value)) }
}

/// A decimal as a fraction, with all of its digits.
fn wide(value: &Decimal) -> RBig {
    let (significand, exponent) = value.clone().with_precision(WORKING).value().into_repr().into_parts();
    scale_by_ten(RBig::from(significand), i64::try_from(exponent).unwrap_or(0))
}

/// Whether the magnitude is beyond the range of doubles.
#[must_use]
pub fn overflows(value: &RBig) -> bool {
    !nearest_double(value).is_finite()
}

/// The bits of the longer of numerator and denominator.
fn bits(value: &RBig) -> usize {
    value.numerator().bit_len().max(value.denominator().bit_len())
}

#[cfg(test)]
mod tests {
    use citygauge_indicators::exact::rational;
    use dashu_int::IBig;

    use super::*;

    fn number(value: f64) -> RBig {
        rational(value).expect("finite")
    }

    #[test]
    fn what_is_rational_comes_out_exactly() {
        assert_eq!(sqrt(&number(4.0)), Ok(number(2.0)));
        assert_eq!(sqrt(&number(0.0625)), Ok(number(0.25)));
        assert_eq!(log10(&number(1000.0)), Ok(number(3.0)));
        assert_eq!(pow(&number(2.0), &number(-2.0)), Ok(number(0.25)));
        assert_eq!(pow(&number(9.0), &number(0.5)), Ok(number(3.0)));
        assert_eq!(geometric_mean(&[(number(1.0), number(4.0)), (number(1.0), number(9.0))]), number(6.0));
    }

    #[test]
    fn what_is_not_has_fifty_digits() {
        let root = sqrt(&number(2.0)).expect("positive");
        let text = "1.4142135623730950488016887242096980785696718753769";
        let digits: IBig = text.replace('.', "").parse().expect("digits");
        assert_eq!(root, scale_by_ten(RBig::from(digits), -49));
    }

    #[test]
    fn failures_are_named() {
        assert_eq!(sqrt(&number(-1.0)), Err(Failure::Domain));
        assert_eq!(ln(&number(0.0)), Err(Failure::Domain));
        assert_eq!(pow(&number(0.0), &number(-1.0)), Err(Failure::Domain));
        assert_eq!(pow(&number(-8.0), &number(0.5)), Err(Failure::Domain));
        assert_eq!(exp(&number(1e9)), Err(Failure::Overflow));
        assert_eq!(exp(&number(-1e9)), Ok(RBig::ZERO));
        assert!(pow(&number(10.0), &number(1e9)).is_err());
    }
}
