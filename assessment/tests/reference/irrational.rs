//! Roots, logarithms and powers: evaluated far beyond 50 digits and rounded to 50 significant digits, once.

use std::cell::RefCell;

use astro_float_num::{BigFloat, Consts, Radix, RoundingMode, Sign};
use num_bigint::{BigInt, BigUint};
use num_traits::{One, Signed, Zero};

use super::number::{Exact, significant, whole};

/// The significant digits of a result.
const DIGITS: i64 = 50;
/// The working precision in bits: 115 digits.
const BITS: usize = 384;
const MODE: RoundingMode = RoundingMode::ToEven;
/// Beyond this argument an exponential is far beyond any double, and below its negative it counts as 0.
const GREATEST_EXPONENT: i32 = 1_000_000;
/// A whole power whose fraction has more bits than this is evaluated as any other power.
const GREATEST_BITS: u64 = 20_000;
/// The greatest whole exponent of an exact power.
const GREATEST_WHOLE_EXPONENT: i32 = 1_024;

/// Why an operation has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoValue {
    /// The operation is not defined there.
    Domain,
    /// The value is beyond all doubles.
    Overflow,
}

/// The square root.
pub fn sqrt(x: &Exact) -> Result<Exact, NoValue> {
    if x.is_negative() {
        return Err(NoValue::Domain);
    }
    Ok(rounded(&with_constants(|constants| float(x, constants).sqrt(BITS, MODE))))
}

/// The natural logarithm.
pub fn ln(x: &Exact) -> Result<Exact, NoValue> {
    if !x.is_positive() {
        return Err(NoValue::Domain);
    }
    Ok(rounded(&with_constants(|constants| float(x, constants).ln(BITS, MODE, constants))))
}

/// The logarithm to base ten.
pub fn log10(x: &Exact) -> Result<Exact, NoValue> {
    if !x.is_positive() {
        return Err(NoValue::Domain);
    }
    Ok(rounded(&with_constants(|constants| float(x, constants).log10(BITS, MODE, constants))))
}

/// The exponential.
pub fn exp(x: &Exact) -> Result<Exact, NoValue> {
    exponential(&with_constants(|constants| float(x, constants)))
}

/// `x` to the power of `y`; `0^0` is 1.
pub fn power(x: &Exact, y: &Exact) -> Result<Exact, NoValue> {
    let is_whole = y.is_integer();
    if x.is_zero() {
        return match (y.is_zero(), y.is_negative()) {
            (true, _) => Ok(whole(1)),
            (_, true) => Err(NoValue::Domain),
            _ => Ok(Exact::zero()),
        };
    }
    if x.is_negative() && !is_whole {
        return Err(NoValue::Domain);
    }
    if is_whole && y.abs() <= whole(GREATEST_WHOLE_EXPONENT) {
        let exponent = i32::try_from(y.to_integer()).expect("it is at most 1,024");
        let exact = x.pow(exponent);
        if exact.numer().bits() + exact.denom().bits() <= GREATEST_BITS {
            return limited(exact);
        }
    }
    let magnitude = exponential(&with_constants(|constants| {
        float(&x.abs(), constants).ln(BITS, MODE, constants).mul(&float(y, constants), BITS, MODE)
    }))?;
    let is_odd = is_whole && (y.to_integer() % BigInt::from(2)) != BigInt::zero();
    Ok(if x.is_negative() && is_odd { -magnitude } else { magnitude })
}

/// The geometric mean of positive scores with weights that are above 0: one operation, rounded once.
pub fn geometric_mean(weighted: &[(Exact, Exact)]) -> Exact {
    let all: Exact = weighted.iter().map(|(weight, _)| weight).sum();
    let mean = with_constants(|constants| {
        let mut logarithm = BigFloat::from_word(0, BITS);
        for (weight, score) in weighted {
            let part = float(&(weight / &all), constants).mul(&float(score, constants).ln(BITS, MODE, constants), BITS, MODE);
            logarithm = logarithm.add(&part, BITS, MODE);
        }
        logarithm.exp(BITS, MODE, constants)
    });
    rounded(&mean)
}

/// The weighted power mean of scores that are not below 0 (above 0 for an exponent below 0): one operation, rounded once.
pub fn power_mean(weighted: &[(Exact, Exact)], p: &Exact) -> Exact {
    let all: Exact = weighted.iter().map(|(weight, _)| weight).sum();
    if weighted.iter().all(|(_, score)| score.is_zero()) {
        return Exact::zero();
    }
    let mean = with_constants(|constants| {
        let mut sum = BigFloat::from_word(0, BITS);
        for (weight, score) in weighted.iter().filter(|(_, score)| !score.is_zero()) {
            let logarithm = float(score, constants).ln(BITS, MODE, constants).mul(&float(p, constants), BITS, MODE);
            let power = logarithm.exp(BITS, MODE, constants);
            sum = sum.add(&float(&(weight / &all), constants).mul(&power, BITS, MODE), BITS, MODE);
        }
        let logarithm = sum.ln(BITS, MODE, constants).div(&float(p, constants), BITS, MODE);
        logarithm.exp(BITS, MODE, constants)
    });
    rounded(&mean)
}

/// The square root of what is not negative to the working precision, for a computation that goes on.
pub fn unrounded_root(x: &Exact) -> Exact {
    if x.is_zero() {
        return Exact::zero();
    }
    fraction(&with_constants(|constants| float(x, constants).sqrt(BITS, MODE)))
}

/// A value beyond 1.7e308 is none.
pub fn limited(value: Exact) -> Result<Exact, NoValue> {
    let greatest = whole(BigInt::from(17) * BigInt::from(10).pow(307));
    if value.abs() > greatest { Err(NoValue::Overflow) } else { Ok(value) }
}

fn exponential(x: &BigFloat) -> Result<Exact, NoValue> {
    let greatest = BigFloat::from_i32(GREATEST_EXPONENT, BITS);
    if x.cmp(&greatest).is_some_and(|order| order > 0) {
        return Err(NoValue::Overflow);
    }
    if x.cmp(&greatest.neg()).is_some_and(|order| order < 0) {
        return Ok(Exact::zero());
    }
    limited(rounded(&with_constants(|constants| x.exp(BITS, MODE, constants))))
}

/// The constants that `astro-float` keeps between computations.
fn with_constants<T>(compute: impl FnOnce(&mut Consts) -> T) -> T {
    thread_local! {
        static CONSTANTS: RefCell<Consts> = RefCell::new(Consts::new().expect("there is memory for a few constants"));
    }
    CONSTANTS.with_borrow_mut(compute)
}

/// A fraction as a float of the working precision.
fn float(x: &Exact, constants: &mut Consts) -> BigFloat {
    let mut part = |number: &BigInt| BigFloat::parse(&number.to_string(), Radix::Dec, BITS, MODE, constants);
    let (numerator, denominator) = (part(x.numer()), part(x.denom()));
    numerator.div(&denominator, BITS, MODE)
}

/// The fraction that a float is, rounded to 50 digits.
fn rounded(x: &BigFloat) -> Exact {
    significant(&fraction(x), DIGITS)
}

/// The fraction that a float is: a mantissa between 1/2 and 1, times a power of two.
fn fraction(x: &BigFloat) -> Exact {
    if x.is_zero() {
        return Exact::zero();
    }
    let (words, _, sign, exponent, _) = x.as_raw_parts().expect("the arguments are finite, and so is the result");
    let mantissa = words.iter().rev().fold(BigUint::zero(), |number, word| (number << u64::BITS) + word);
    let shift = i64::from(exponent) - i64::try_from(words.len() * 64).expect("a float has few words");
    let two_to_shift = BigInt::one() << shift.unsigned_abs();
    let magnitude = Exact::from_integer(BigInt::from(mantissa));
    let magnitude =
        if shift < 0 { magnitude / Exact::from_integer(two_to_shift) } else { magnitude * Exact::from_integer(two_to_shift) };
    if sign == Sign::Neg { -magnitude } else { magnitude }
}
