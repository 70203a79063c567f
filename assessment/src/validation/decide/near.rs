//! A number as a double with a bound of its error.
//!
//! |true value - double| <= error, the true value being that of the formula in exact arithmetic on decimals. An error of 0
//! stands for a whole number of at most 2^53, which doubles add, subtract and multiply without rounding. Other operations
//! follow the standard model of floating-point arithmetic, fl(x op y) = (x op y)(1 + d) with |d| <= u = 2^-53 (Higham,
//! *Accuracy and Stability of Numerical Algorithms*, 2nd edition, 2002, section 2.2); a bound is enlarged by 16 u, more than
//! the roundings of its own computation.

use citygauge_indicators::formula::Operator;

/// The unit roundoff of doubles.
const U: f64 = f64::EPSILON / 2.0;
/// Covers the roundings in the computation of a bound.
const SLACK: f64 = 1.0 + 16.0 * U;
/// The greatest number up to which doubles hold every whole number.
const WHOLE: f64 = 9_007_199_254_740_992.0;
/// Beyond it an exact value might be no double any more, and so missing.
const HUGE: f64 = 1e300;

/// A number that is not known exactly enough for a decision.
pub(super) struct Open;

/// A number, missing or not, if doubles know it.
pub(super) type Known = Result<Option<Near>, Open>;

#[derive(Debug, Clone, Copy)]
pub(super) struct Near {
    pub value: f64,
    /// Not below 0.
    pub error: f64,
}

impl Near {
    fn new(value: f64, error: f64) -> Result<Self, Open> {
        // Written so that what is no number is open.
        if value.abs() < HUGE && error < HUGE { Ok(Self { value, error }) } else { Err(Open) }
    }

    /// The shortest decimal of a double, which lies within half a unit in its last place.
    pub(super) fn decimal(value: f64) -> Result<Self, Open> {
        Self::new(value, if is_whole(value) { 0.0 } else { rounding(value) })
    }

    fn of_truth(holds: bool) -> Self {
        Self { value: f64::from(u8::from(holds)), error: 0.0 }
    }

    fn is_exact(self) -> bool {
        self.error == 0.0
    }

    pub(super) fn is_zero(self) -> Result<bool, Open> {
        if self.is_exact() {
            Ok(self.value == 0.0)
        } else if self.value.abs() > self.error {
            Ok(false)
        } else {
            Err(Open)
        }
    }

    pub(super) fn binary(self, operator: Operator, other: Self) -> Known {
        let truth = |holds: bool| Ok(Some(Self::of_truth(holds)));
        match operator {
            Operator::Add => self.plus(other).map(Some),
            Operator::Subtract => self.plus(Self { value: -other.value, ..other }).map(Some),
            Operator::Multiply => self.times(other).map(Some),
            Operator::Divide => self.divided_by(other),
            Operator::Power => Err(Open),
            Operator::Equal => truth(self.compared(other)?.is_eq()),
            Operator::NotEqual => truth(self.compared(other)?.is_ne()),
            Operator::Less => truth(self.compared(other)?.is_lt()),
            Operator::LessEqual => truth(self.compared(other)?.is_le()),
            Operator::Greater => truth(self.compared(other)?.is_gt()),
            Operator::GreaterEqual => truth(self.compared(other)?.is_ge()),
        }
    }

    pub(super) fn plus(self, other: Self) -> Result<Self, Open> {
        let value = self.value + other.value;
        if self.is_exact() && other.is_exact() && is_whole(value) {
            return Self::new(value, 0.0);
        }
        Self::new(value, (self.error + other.error + rounding(value)) * SLACK)
    }

    fn times(self, other: Self) -> Result<Self, Open> {
        let value = self.value * other.value;
        if self.is_exact() && other.is_exact() && is_whole(value) {
            return Self::new(value, 0.0);
        }
        let carried = self.value.abs() * other.error + other.value.abs() * self.error + self.error * other.error;
        Self::new(value, (carried + rounding(value)) * SLACK)
    }

    /// Missing where the divisor is 0.
    pub(super) fn divided_by(self, other: Self) -> Known {
        if other.is_zero()? {
            return Ok(None);
        }
        let value = self.value / other.value;
        if self.is_exact() && other.is_exact() && self.value % other.value == 0.0 {
            return Self::new(value, 0.0).map(Some);
        }
        // |x'/y' - x/y| <= (ex + |x/y| ey) / (|y| - ey)
        let least = other.value.abs() - other.error;
        let carried = (self.error + value.abs() * SLACK * other.error) / least;
        Self::new(value, (carried + rounding(value)) * SLACK).map(Some)
    }

    fn compared(self, other: Self) -> Result<std::cmp::Ordering, Open> {
        let ordering = self.value.partial_cmp(&other.value).ok_or(Open)?;
        let distance = (self.value - other.value).abs();
        let is_certain = self.is_exact() && other.is_exact();
        if is_certain || distance > (self.error + other.error + rounding(distance)) * SLACK { Ok(ordering) } else { Err(Open) }
    }
}

fn is_whole(value: f64) -> bool {
    value.fract() == 0.0 && value.abs() <= WHOLE
}

/// How far a number may be from the double it was rounded to; the constant covers what lies below the normal doubles.
fn rounding(value: f64) -> f64 {
    value.abs() * U + f64::MIN_POSITIVE
}
