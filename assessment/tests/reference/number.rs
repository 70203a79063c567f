//! Exact numbers: reading doubles as decimals, rounding, and going back to the nearest double.

use std::cmp::Ordering;

use citygauge_indicators::RoundingMode;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};

/// A number without any error.
pub type Exact = BigRational;

/// A whole number.
pub fn whole(value: impl Into<BigInt>) -> Exact {
    Exact::from_integer(value.into())
}

/// Ten to the power of `exponent`.
pub fn ten_to(exponent: i64) -> Exact {
    let power = whole(power_of_ten(exponent.abs()));
    if exponent < 0 { power.recip() } else { power }
}

fn power_of_ten(exponent: i64) -> BigInt {
    BigInt::from(10).pow(u32::try_from(exponent).expect("no number here has so many digits"))
}

/// The shortest decimal that reads back to a double: what the double means.
pub fn decimal(value: f64) -> Exact {
    // `{}` prints the shortest digits that read back to the same double, and never an exponent.
    let printed = format!("{value}");
    let (whole_part, fraction) = printed.split_once('.').unwrap_or((&printed, ""));
    let digits: BigInt = format!("{whole_part}{fraction}").parse().expect("a finite double prints as digits");
    Exact::new(digits, power_of_ten(i64::try_from(fraction.len()).expect("a double has few digits")))
}

/// A number rounded to `places` decimals; a negative number of places rounds to tens, hundreds and so on.
pub fn round(value: &Exact, places: i64, mode: RoundingMode) -> Exact {
    let (scaled, denominator) = times_ten_to(value, places);
    let below = &scaled / &denominator;
    let rest = scaled - &below * &denominator;
    let goes_up = match (rest * 2u8).cmp(&denominator) {
        Ordering::Greater => true,
        Ordering::Equal => mode == RoundingMode::HalfUp || below.bit(0),
        Ordering::Less => false,
    };
    let units = if goes_up { below + 1u8 } else { below };
    let unit = power_of_ten(places.abs());
    let magnitude = if places < 0 { whole(units * unit) } else { Exact::new(units, unit) };
    if value.is_negative() { -magnitude } else { magnitude }
}

/// The magnitude of a number times a power of ten, as two whole numbers: nothing has to be reduced.
fn times_ten_to(value: &Exact, exponent: i64) -> (BigInt, BigInt) {
    let (numerator, denominator) = (value.numer().abs(), value.denom());
    let power = power_of_ten(exponent.abs());
    if exponent < 0 { (numerator, denominator * power) } else { (numerator * power, denominator.clone()) }
}

/// The place of the first digit of a number that is not zero: `e` such that `10^e <= |value| < 10^(e+1)`.
pub fn first_digit(value: &Exact) -> i64 {
    let bits = |number: &BigInt| i64::try_from(number.bits()).expect("no number here has so many bits");
    // Whether the number is at least ten to a power.
    let reaches = |power: i64| {
        let (scaled, denominator) = times_ten_to(value, -power);
        scaled >= denominator
    };
    // log10(2) is close to 0.30103; what the guess misses is made good one step at a time.
    let mut place = (bits(value.numer()) - bits(value.denom())) * 30_103 / 100_000;
    while !reaches(place) {
        place -= 1;
    }
    while reaches(place + 1) {
        place += 1;
    }
    place
}

/// A number rounded half-even to so many significant digits.
pub fn significant(value: &Exact, digits: i64) -> Exact {
    if value.is_zero() {
        return value.clone();
    }
    round(value, digits - 1 - first_digit(value), RoundingMode::HalfEven)
}

/// The double nearest to a number: a reader of decimals that rounds correctly gets more digits than it can tell apart.
pub fn nearest_double(value: &Exact) -> f64 {
    if value.is_zero() {
        return 0.0;
    }
    let places = 60 - first_digit(value);
    let (scaled, denominator) = times_ten_to(value, places);
    let units = &scaled / &denominator;
    // A last digit that is not zero stands for all that was cut off.
    let rest = if &units * denominator == scaled { '0' } else { '1' };
    let sign = if value.is_negative() { "-" } else { "" };
    format!("{sign}{units}{rest}e{}", -places - 1).parse().expect("digits and an exponent are a number")
}
