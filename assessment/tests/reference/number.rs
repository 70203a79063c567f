//! Exact numbers: reading doubles as decimals, rounding, and going back to the nearest double.

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
    let power = whole(BigInt::from(10).pow(u32::try_from(exponent.unsigned_abs()).expect("no number here has so many digits")));
    if exponent < 0 { power.recip() } else { power }
}

/// The shortest decimal that reads back to a double: what the double means.
pub fn decimal(value: f64) -> Exact {
    // `{}` prints the shortest digits that read back to the same double, and never an exponent.
    let printed = format!("{value}");
    let (whole_part, fraction) = printed.split_once('.').unwrap_or((&printed, ""));
    let digits: BigInt = format!("{whole_part}{fraction}").parse().expect("a finite double prints as digits");
    whole(digits) / ten_to(i64::try_from(fraction.len()).expect("a double has few digits"))
}

/// A number rounded to `places` decimals; a negative number of places rounds to tens, hundreds and so on.
pub fn round(value: &Exact, places: i64, mode: RoundingMode) -> Exact {
    let unit = ten_to(-places);
    let units = value.abs() / &unit;
    let below = units.floor();
    let rest = &units - &below;
    let half = Exact::new(1.into(), 2.into());
    let is_odd = !(below.to_integer() % BigInt::from(2)).is_zero();
    let goes_up = match mode {
        RoundingMode::HalfUp => rest >= half,
        RoundingMode::HalfEven => rest > half || (rest == half && is_odd),
    };
    let magnitude = (if goes_up { below + whole(1) } else { below }) * unit;
    if value.is_negative() { -magnitude } else { magnitude }
}

/// The place of the first digit of a number that is not zero: `e` such that `10^e <= |value| < 10^(e+1)`.
pub fn first_digit(value: &Exact) -> i64 {
    let magnitude = value.abs();
    let bits = |number: &BigInt| i64::try_from(number.bits()).expect("no number here has so many bits");
    // log10(2) is close to 0.30103; what the guess misses is made good one step at a time.
    let mut place = (bits(magnitude.numer()) - bits(magnitude.denom())) * 30_103 / 100_000;
    while ten_to(place) > magnitude {
        place -= 1;
    }
    while ten_to(place + 1) <= magnitude {
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
    let units = value.abs() * ten_to(places);
    // A last digit that is not zero stands for all that was cut off.
    let rest = if units.is_integer() { '0' } else { '1' };
    let sign = if value.is_negative() { "-" } else { "" };
    format!("{sign}{}{rest}e{}", units.to_integer(), -places - 1).parse().expect("digits and an exponent are a number")
}
